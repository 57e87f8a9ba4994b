"""The guest leaves: a booking becomes a stay, once, with what is known of it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Conflict, Invalid
from app.extensions import db
from app.stays import bookings
from app.stays.models import Booking, Stay

COPIED = ("company_id", "check_in_date", "room_type", "room_number", "rate_type", "room_rate")
PLAIN = (
    "satisfaction_score", "would_recommend", "would_return", "minibar_consumption",
    "services_used", "staff_notes", "memorable_experiences", "preferences_during_stay",
)  # fmt: skip

Values = Mapping[str, Any]


def stay_of(booking: Booking) -> Stay | None:
    """The stay that the booking became; None before check-out."""
    return db.session.scalar(select(Stay).where(Stay.booking_id == booking.id))


def check_out(booking: Booking, outcome: Values, *, by: Actor) -> Stay:
    """Make a held booking's stay and count the guest's figures. `outcome` as `OutcomeInput` has it,
    with `preferences_during_stay` and `special_requests_fulfilled` as the desk ticked them.

    Without a day the guest left as booked, or today if that is earlier. Raises Conflict for a
    guest who is not in house, Invalid for a day that cannot be.
    """
    by.must("bookings.update")
    if booking.status == "checked_out":
        raise Conflict(_l("This guest has been checked out already."), present=booking.status)
    bookings.move(booking, "checked_out")
    booking.checked_out_at = now()
    stay = _stay(booking, outcome)
    db.session.add(stay)
    bookings.settle(booking, "stay.recorded", by=by, stay=str(stay.id))
    return stay


def _stay(booking: Booking, outcome: Values) -> Stay:
    left = _day_left(booking, outcome.get("check_out_date"))
    nights = (left - booking.check_in_date).days
    copied = {name: getattr(booking, name) for name in COPIED}
    told = {name: outcome[name] for name in PLAIN if outcome.get(name) is not None}
    return Stay(
        customer_id=booking.customer_id, booking_id=booking.id, check_out_date=left, nights=nights,
        purpose_of_visit=outcome.get("purpose_of_visit") or booking.purpose_of_visit,
        special_requests_fulfilled=outcome.get("special_requests_fulfilled"), version=1,
        **copied, **told, **_amounts(booking, outcome, nights), **remarks(outcome),
    )  # fmt: skip


def _day_left(booking: Booking, told: date | None) -> date:
    left = told or max(booking.check_in_date, min(today(), booking.check_out_date))
    refuse_day(booking.check_in_date, left)
    return left


def refuse_day(arrival: date, left: date) -> None:
    """Raise Invalid for a day on which nobody who came then can have left."""
    if left < arrival:
        raise Invalid({"check_out": _l("Departure comes before arrival.")})
    if left > today():
        raise Invalid({"check_out": _l("This day is still to come.")})


def _amounts(booking: Booking, outcome: Values, nights: int) -> dict[str, Any]:
    """Room and extras as told; the room else by the price in all, or by the nights."""
    room = outcome.get("total_room_charge")
    if room is None and booking.total_amount is not None:
        room = booking.total_amount
    elif room is None and booking.room_rate is not None:
        room = booking.room_rate * max(nights, 1)
    extras = outcome.get("total_extras")
    total = (room or Decimal(0)) + (extras or Decimal(0))
    return {"total_room_charge": room, "total_extras": extras, "total_amount": total}


def remarks(outcome: Values) -> dict[str, Any]:
    """Complaint, compliment and compensation in the shapes of a stay."""
    complaint, compliment = outcome.get("complaint"), outcome.get("compliment")
    given = outcome.get("compensation")
    complaints = [{"text": complaint, "resolved": bool(given), "resolution": given}]
    return {
        "complaints": complaints if complaint else None,
        "compliments": [{"text": compliment}] if compliment else None,
        "compensation_provided": [{"what": given}] if given else None,
        "issues_reported": [complaint] if complaint else None,
        "has_open_complaint": bool(complaint and not given),
    }
