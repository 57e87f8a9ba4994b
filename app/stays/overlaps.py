"""Bookings that share nights: of one guest, which somebody has to confirm, and of one room."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core.errors import Conflict
from app.core.i18n import day
from app.extensions import db
from app.stays.models import STAYING, Booking


class Overlap(Conflict):
    """The guest has another booking for some of these nights; `details["overlaps"]` lists them."""


def of_guest(booking: Booking) -> list[Booking]:
    """Other bookings of the same guest, not over, that share a night."""
    query = select(Booking).where(
        Booking.customer_id == booking.customer_id, Booking.id != booking.id,
        Booking.status.in_(STAYING), Booking.check_in_date < booking.check_out_date,
        Booking.check_out_date > booking.check_in_date,
    )  # fmt: skip
    with db.session.no_autoflush:
        return list(db.session.scalars(query.order_by(Booking.check_in_date)))


def refuse(booking: Booking) -> None:
    """Raise Overlap where the guest has another booking for some of the nights.

    Guests who take two rooms do; whoever sees the list may pass it over.
    """
    found = of_guest(booking)
    if found:
        said = ", ".join(in_short(each) for each in found)
        sentence = _l(
            "This guest has another booking for some of these nights: %(said)s.", said=said
        )
        raise Overlap(sentence, overlaps=[_listed(each) for each in found])


def in_room(room: str, but: Booking) -> Booking | None:
    """Whose guest is in the room now, other than this booking's."""
    query = select(Booking).where(
        Booking.room_number == room, Booking.status == "checked_in", Booking.id != but.id
    )
    with db.session.no_autoflush:
        return db.session.scalar(query.limit(1))


def refuse_taken_room(booking: Booking, room: str) -> None:
    """Raise Conflict where somebody else is in the room."""
    other = in_room(room, booking)
    if other is not None:
        raise Conflict(
            _l("%(name)s is still in room %(room)s. Check that booking out first, or take another"
               " room.", name=other.customer.called, room=room),
            booking=str(other.id),
        )  # fmt: skip


def in_short(booking: Booking) -> str:
    """A booking in a few words: its reference and dates."""
    return f"{booking.reference} ({span(booking.check_in_date, booking.check_out_date)})"


def span(start: date, end: date) -> str:
    """Two days in the reader's language."""
    return f"{day(start)} – {day(end)}"


def _listed(booking: Booking) -> dict[str, str]:
    start, end = booking.check_in_date.isoformat(), booking.check_out_date.isoformat()
    return {
        "id": str(booking.id),
        "reference": booking.reference,
        "check_in": start,
        "check_out": end,
    }
