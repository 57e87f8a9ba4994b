"""What the last stay suggests for a new booking, and the words for rooms and rates in use."""

import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import select

from app.extensions import db
from app.stays import history
from app.stays.models import Booking, Stay

TAKEN_OVER = ("room_type", "rate_type", "room_rate", "purpose_of_visit", "company_id")
LOOKED_AT = 400
MOST_OFFERED = 20


class Past(NamedTuple):
    """What a new booking may take over: by the field of a booking, and from which stay."""

    stay: Stay
    values: dict[str, Any]


def from_last_stay(guest_id: uuid.UUID) -> Past | None:
    """What the guest's last stay suggests; None for who never stayed."""
    stays = history.latest(guest_id, 1)
    if not stays:
        return None
    values = {name: getattr(stays[0], name) for name in TAKEN_OVER}
    wanted = [str(each["request"]) for each in stays[0].special_requests_fulfilled or []]
    values["special_requests"] = wanted
    return Past(stays[0], {name: value for name, value in values.items() if value})


def in_use() -> Mapping[str, list[str]]:
    """Room types and rates of the latest bookings, those most in use first."""
    newest = select(Booking.room_type, Booking.rate_type).order_by(Booking.id.desc())
    rows = db.session.execute(newest.limit(LOOKED_AT)).all()
    return {
        "room_type": _by_use([row.room_type for row in rows]),
        "rate_type": _by_use([row.rate_type for row in rows]),
    }


def _by_use(words: list[str | None]) -> list[str]:
    found: dict[str, int] = {}
    for word in filter(None, words):
        found[word] = found.get(word, 0) + 1
    return sorted(found, key=lambda word: (-found[word], word))[:MOST_OFFERED]
