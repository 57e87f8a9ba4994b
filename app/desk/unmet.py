"""What a guest wanted and did not get on earlier stays, as the desk noted it at check-out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Unmet:
    """A wish that was not honoured, why not, and the day on which that stay ended."""

    words: str
    reason: str
    day: date


def unmet(stays: Iterable[Any]) -> list[Unmet]:
    """What the latest stay that tells of a wish says was not possible; `stays` newest first.

    A wish that was honoured since is out of it.
    """
    latest: dict[str, Unmet | None] = {}
    for stay in stays:
        for words, honoured, reason in _told(stay):
            missed = None if honoured else Unmet(words, reason or "", stay.check_out_date)
            latest.setdefault(words, missed)
    return [each for each in latest.values() if each]


def _told(stay: Any) -> Iterator[tuple[str, bool, str | None]]:
    for each in stay.preferences_during_stay or ():
        if each.get("outcome") in ("done", "not_possible"):
            yield each["task"], each["outcome"] == "done", each.get("reason")
    for each in stay.special_requests_fulfilled or ():
        if each.get("fulfilled") is not None:
            yield each["request"], bool(each["fulfilled"]), each.get("reason")
