"""The brute force that search is compared with: reads every document, knows no index."""

import uuid
from collections.abc import Iterable, Iterator

from app.core.text import terms

Row = tuple[int, uuid.UUID, str, str]
Wanted = list[list[str]]
"""Each list holds texts of which one has to be found."""


class BruteForce:
    """All documents as (key, whom they lead to, words, names), each text between spaces."""

    def __init__(self, rows: Iterable[Row]) -> None:
        ordered = sorted(rows, key=lambda row: row[0])
        self.leads_to = [row[1] for row in ordered]
        self.words = [row[2] for row in ordered]
        self.names = [row[3] for row in ordered]

    def best(self, typed: str, limit: int = 10) -> list[tuple[uuid.UUID, int]]:
        """(guest, rung) of the best `limit`: 0 whole words, 1 beginnings, 2 parts."""
        found = dict[uuid.UUID, int]()
        asked = terms(typed)
        for rung, places in enumerate(self._rungs(asked)):
            if rung == 2 and found and len(asked) > 2:
                break  # of three words or more, parts count only where nothing else is found
            for place in places:
                found.setdefault(self.leads_to[place], rung)
            if len(found) >= limit:
                break
        return list(found.items())[:limit]

    def _rungs(self, asked: list[str]) -> Iterator[Iterable[int]]:
        if not asked:
            return
        yield _read(self.words, [[f" {term} "] for term in asked])
        yield _read(self.words, [_ways(term, asked) for term in asked])
        if not set("@0123456789").isdisjoint("".join(asked)) or max(map(len, asked)) < 3:
            return
        parts = _read(self.names, [[term if len(term) > 2 else f" {term}"] for term in asked])
        hosts = _read(self.words, [[f" @{asked[0]}"]]) if len(asked) == 1 else []
        yield sorted({*parts, *hosts})


def _read(texts: list[str], wanted: Wanted) -> list[int]:
    """Which texts hold one of each, in order."""
    places: Iterable[int] = range(len(texts))
    for first, *others in wanted:
        places = [p for p in places if first in (t := texts[p]) or any(o in t for o in others)]
    return list(places)


def _ways(term: str, asked: list[str]) -> list[str]:
    """A word's beginning, a phone's last four digits or more, initials as the only word."""
    ways = [f" {term}"]
    if term.isdecimal() and len(term) >= 4:
        ways.append(f" ~{term[::-1]}")
    if term.isalpha() and 2 <= len(term) <= 6 and sum(other.isalpha() for other in asked) == 1:
        ways.append(f" .{term} ")
    return ways
