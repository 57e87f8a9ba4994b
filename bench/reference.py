"""The brute force that search is compared with: reads every document, knows no index."""

import uuid
from collections.abc import Callable, Iterable, Iterator

from app.core.text import terms

Row = tuple[int, uuid.UUID, str, str]


class BruteForce:
    """All documents as (key, whom they lead to, words, names), each text between spaces."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = sorted(rows, key=lambda row: row[0])

    def best(self, typed: str, limit: int = 10) -> list[tuple[uuid.UUID, int]]:
        """(guest, rung) of the best `limit`: 0 whole words, 1 beginnings, 2 parts."""
        asked, found = terms(typed), dict[uuid.UUID, int]()
        for rung, fits in enumerate((_whole, _beginning, _part)):
            for guest in self._read(fits(asked)) if asked else ():
                found.setdefault(guest, rung)
                if len(found) == limit:
                    return list(found.items())
        return list(found.items())

    def _read(self, fits: Callable[[str, str], bool]) -> Iterator[uuid.UUID]:
        return (leads_to for _, leads_to, words, names in self.rows if fits(words, names))


def _whole(asked: list[str]) -> Callable[[str, str], bool]:
    wanted = [f" {term} " for term in asked]
    return lambda words, _names: all(want in words for want in wanted)


def _beginning(asked: list[str]) -> Callable[[str, str], bool]:
    wanted = [_ways(term, len(asked)) for term in asked]
    return lambda words, _names: all(any(way in words for way in ways) for ways in wanted)


def _ways(term: str, count: int) -> list[str]:
    """A word's beginning, a phone's last four digits or more, initials."""
    ways = [f" {term}"]
    if term.isdecimal() and len(term) >= 4:
        ways.append(f" ~{term[::-1]}")
    if term.isalpha() and len(term) in ((2, 3, 4, 5, 6) if count == 1 else (3, 4, 5, 6)):
        ways.append(f" .{term} ")
    return ways


def _part(asked: list[str]) -> Callable[[str, str], bool]:
    if any("@" in term for term in asked) or all(len(term) < 3 for term in asked):
        return lambda _words, _names: False
    wanted = [term if len(term) > 2 else f" {term}" for term in asked]
    host = f" @{asked[0]}" if len(asked) == 1 else None
    return lambda words, names: (
        all(want in names for want in wanted) or (host is not None and host in words)
    )
