"""When guests left last, and when they are here or expected: as features above know of it."""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

Span = tuple[date, date]
"""Arrival and departure."""


@dataclass(frozen=True)
class Times:
    """left: the last departure that is over. ahead: the stays of who is in house or booked, by
    arrival; that of a guest in house, however long booked, ends today at the earliest. here: until
    when, for who is in house."""

    left: date | None = None
    ahead: tuple[Span, ...] = ()
    here: date | None = None


UNKNOWN = Times()
Source = Callable[[Collection[uuid.UUID]], Mapping[uuid.UUID, Times]]
sources: list[Source] = []


def whereabouts(guest_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Times]:
    """The times of these guests; all are in it. A constant number of statements."""
    found = dict.fromkeys(guest_ids, UNKNOWN)
    for source in sources:
        for who, times in source(guest_ids).items():
            found[who] = _both(found[who], times)
    return found


def _both(one: Times, other: Times) -> Times:
    left, here = (
        max((day for each in (one, other) if (day := getattr(each, name))), default=None)
        for name in ("left", "here")
    )
    return Times(left, tuple(sorted({*one.ahead, *other.ahead})), here)
