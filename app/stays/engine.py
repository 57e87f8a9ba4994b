"""Bookings as an engine tells of them: known by source and reference, told twice or out of order.

A source may send the same booking any number of times. Without a time of its own, a repeated
booking only changes what stands in it, and brings back nothing that was cancelled meanwhile; with
`occurred_at`, the latest news counts, whenever it arrives.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from app.core.actor import Actor
from app.core.database import alone
from app.core.errors import Conflict, Invalid, NotFound
from app.customers import services as guests
from app.stays import bookings
from app.stays.models import STAYING, Booking

Values = Mapping[str, Any]
OF_THE_MESSAGE = (
    "source", "reference", "customer_id", "status", "occurred_at", "override_reason",
    "allow_overlap",
)  # fmt: skip
"""What of an `EngineInput` is about the message rather than in the booking."""


class Received(NamedTuple):
    """A booking after a message: whether it was made by it, and whether anything changed."""

    booking: Booking
    created: bool
    applied: bool


def receive(message: Values, *, by: Actor) -> Received:
    """Take a message of an engine; `message` as `EngineInput` gives it.

    Raises what making and changing a booking raises, and Conflict for a reference that belongs to
    another guest.
    """
    by.must("bookings.update")
    alone(f"booking {message['source']} {message['reference']}")
    known = bookings.by_reference(message["source"], message["reference"])
    if known is None:
        return Received(_make(message, by=by), created=True, applied=True)
    booking = bookings.hold(known.id)
    return Received(booking, created=False, applied=_apply(booking, message, by=by))


def update(booking_id: uuid.UUID, message: Values, *, by: Actor) -> Received:
    """Take news of a booking known by id: only what is sent is changed."""
    by.must("bookings.update")
    booking = bookings.hold(booking_id)
    return Received(booking, created=False, applied=_apply(booking, message, by=by))


def _make(message: Values, *, by: Actor) -> Booking:
    guest = guests.hold(_guest(message["customer_id"]))
    booking = bookings.create(
        guest, _content(message), by=by, source=message["source"], reference=message["reference"],
        override=message.get("override_reason"), told_at=message.get("occurred_at"),
        despite_overlap=message["allow_overlap"], ended=message["status"] != "confirmed",
    )  # fmt: skip
    _end(booking, message["status"], message.get("occurred_at"), by=by)
    return booking


def _guest(guest_id: uuid.UUID) -> uuid.UUID:
    try:
        return guests.get(guest_id).id
    except NotFound:
        raise Invalid({"customer_id": _l("This guest is not known.")}) from None


def _content(message: Values) -> dict[str, Any]:
    return {name: value for name, value in message.items() if name not in OF_THE_MESSAGE}


def _apply(booking: Booking, message: Values, *, by: Actor) -> bool:
    """Whether the message changed anything; old news and news of what is over does not."""
    _same_booking(booking, message)
    told: datetime | None = message.get("occurred_at")
    if told and booking.told_at and told <= booking.told_at:
        return False
    wanted = message.get("status", booking.status)
    brings_back = wanted == "confirmed" and booking.status in ("cancelled", "no_show")
    if booking.status not in STAYING and not (brings_back and _is_news(booking, told)):
        return False
    booking.told_at = told or booking.told_at
    if _end(booking, wanted, told, by=by):
        return True
    how: dict[str, Any] = {
        "by": by, "override": message.get("override_reason"),
        "despite_overlap": bool(message.get("allow_overlap")),
    }  # fmt: skip
    if brings_back:
        return bookings.reinstate(booking, values=_content(message), **how).applied
    return bool(bookings.change(booking, _content(message), **how))


def _is_news(booking: Booking, told: datetime | None) -> bool:
    """True for a message from after the booking's end, whoever ended it."""
    return told is not None and (booking.ended_at is None or told > booking.ended_at)


def _same_booking(booking: Booking, message: Values) -> None:
    for name in ("source", "reference"):
        if message.get(name, getattr(booking, name)) != getattr(booking, name):
            raise Invalid({name: _l("This is what the booking is known by; it cannot change.")})
    named = message.get("customer_id")
    if named is not None and _guest(named) != booking.customer_id:
        raise Conflict(
            _l("%(reference)s is another guest's booking. Cancel it, or send another reference.",
               reference=booking.reference),
            booking=str(booking.id),
        )  # fmt: skip


def _end(booking: Booking, status: str, told: datetime | None, *, by: Actor) -> bool:
    if status == "cancelled":
        return bookings.cancel(booking, None, by=by, at=told).applied
    if status == "no_show":
        return bookings.mark_no_show(booking, None, by=by, at=told).applied
    return False
