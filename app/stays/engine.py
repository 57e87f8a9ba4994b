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
from app.core.errors import Conflict
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
    guest = guests.hold(guests.get(message["customer_id"]).id)
    booking = bookings.create(
        guest, _content(message), by=by, source=message["source"], reference=message["reference"],
        override=message.get("override_reason"), told_at=message.get("occurred_at"),
        despite_overlap=message["allow_overlap"] or message["status"] != "confirmed",
    )  # fmt: skip
    _become(booking, message["status"], by=by, override=None, overlap=True)
    return booking


def _content(message: Values) -> dict[str, Any]:
    return {name: value for name, value in message.items() if name not in OF_THE_MESSAGE}


def _apply(booking: Booking, message: Values, *, by: Actor) -> bool:
    """Whether the message changed anything; old news and news of what is over does not."""
    _same_guest(booking, message)
    told: datetime | None = message.get("occurred_at")
    if told and booking.told_at and told <= booking.told_at:
        return False
    wanted = message.get("status", booking.status)
    brings_back = wanted == "confirmed" and booking.status in ("cancelled", "no_show")
    if booking.status not in STAYING and not (brings_back and told):
        return False
    override, overlap = message.get("override_reason"), bool(message.get("allow_overlap"))
    booking.told_at = told or booking.told_at
    moved = _become(booking, wanted, by=by, override=override, overlap=overlap)
    content = _content(message)
    if booking.status not in STAYING:
        return moved
    changes = bookings.change(booking, content, by=by, override=override, despite_overlap=overlap)
    return moved or bool(changes)


def _same_guest(booking: Booking, message: Values) -> None:
    named = message.get("customer_id")
    if named is not None and guests.get(named).id != booking.customer_id:
        raise Conflict(
            _l("%(reference)s is another guest's booking. Cancel it, or send another reference.",
               reference=booking.reference),
            booking=str(booking.id),
        )  # fmt: skip


def _become(
    booking: Booking, status: str, *, by: Actor, override: str | None, overlap: bool
) -> bool:
    if status == "cancelled":
        return bookings.cancel(booking, None, by=by).applied
    if status == "no_show":
        return bookings.mark_no_show(booking, None, by=by).applied
    if booking.status in ("cancelled", "no_show"):
        return bookings.reinstate(
            booking, by=by, override=override, despite_overlap=overlap
        ).applied
    return False
