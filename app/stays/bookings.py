"""What may happen to a booking before and after its guest comes: made, changed, cancelled."""

import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError
from sqlalchemy import select

from app.core import audit
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.i18n import day
from app.core.inputs import flat
from app.customers import rights
from app.customers import services as guests
from app.customers.models import Customer
from app.extensions import db
from app.stays import overlaps, statistics, stops
from app.stays.inputs import check_dates
from app.stays.models import OWN_SOURCE, STAYING, Booking, Companion
from app.stays.vocabulary import MOVES, STATUSES

Values = Mapping[str, Any]
PLAIN = (
    "check_in_date", "check_out_date", "room_type", "room_number", "rate_type", "room_rate",
    "total_amount", "adults", "children", "purpose_of_visit", "special_requests", "notes",
    "channel", "company_id", "booked_by_id",
)  # fmt: skip
"""What of a booking is written as it was sent."""


class Told(NamedTuple):
    """A booking after news of it, and whether the news changed anything."""

    booking: Booking
    applied: bool


def get(booking_id: uuid.UUID) -> Booking:
    """The booking. Raises NotFound."""
    booking = db.session.get(Booking, booking_id)
    if booking is None:
        raise NotFound(str(booking_id))
    return booking


def hold(booking_id: uuid.UUID) -> Booking:
    """Like `get`, for a change: its guest and it are locked, in this order. Raises NotFound."""
    for _ in range(3):
        owner = get(booking_id).customer_id
        guests.hold(owner)
        booking = db.session.get_one(
            Booking, booking_id, with_for_update={"of": Booking}, populate_existing=True
        )
        if booking.customer_id == owner:
            return booking
    raise Conflict(_l("This booking is moving to another guest. Try again in a moment."))


def by_reference(source: str, reference: str) -> Booking | None:
    """The booking that a source calls so."""
    query = select(Booking).where(Booking.source == source, Booking.reference == reference)
    return db.session.scalar(query)


def create(
    guest: Customer, values: Values, *, by: Actor, source: str = OWN_SOURCE,
    reference: str | None = None, override: str | None = None, despite_overlap: bool = False,
    told_at: datetime | None = None,
) -> Booking:  # fmt: skip
    """A new booking for a held guest. `values` as `BookingInput` gives them.

    Raises Stopped for a blacklisted or warned guest on it without an `override` reason, Overlap
    for nights that the guest has booked already, Invalid for an unknown company or companion.
    """
    by.must("bookings.update")
    booking = Booking(
        customer_id=guest.id, source=source, reference=reference or own_reference(),
        told_at=told_at, status="confirmed", adults=1, children=0, special_requests=[],
    )  # fmt: skip
    _check_dates(booking, values)
    _assign(booking, values)
    _check(booking)
    overridden = stops.hold_or_override(booking, override, by=by)
    if not despite_overlap:
        overlaps.refuse(booking)
    db.session.add(booking)
    db.session.flush()
    facts: dict[str, Any] = {"stops": [stop.kind for stop in overridden]} if overridden else {}
    _record("booking.created", booking, by=by, changes=_news(booking), **facts)
    return booking


def own_reference() -> str:
    """A reference for a booking made here: short enough to be told on the phone."""
    alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "GB" + "".join(secrets.choice(alphabet) for _ in range(8))


def change(
    booking: Booking, values: Values, *, by: Actor, override: str | None = None,
    despite_overlap: bool = False,
) -> dict[str, tuple[Any, Any]]:  # fmt: skip
    """Write the values into a held booking; what changed, as {field: (old, new)}.

    Raises Conflict for a booking that is over, and what `create` raises.
    """
    by.must("bookings.update")
    if booking.status not in STAYING:
        raise Conflict(_l("This booking is over (%(status)s); it cannot be changed any more.",
                          status=STATUSES[booking.status]))  # fmt: skip
    _check_dates(booking, values)
    changes = _assign(booking, values)
    if not changes:
        return {}
    _check(booking)
    stops.hold_or_override(booking, override, by=by)
    if not despite_overlap and {"check_in_date", "check_out_date"} & set(changes):
        overlaps.refuse(booking)
    db.session.flush()
    _record("booking.changed", booking, by=by, changes=changes)
    return changes


def cancel(booking: Booking, reason: str | None, *, by: Actor) -> Told:
    """Cancel a held booking; again is no change. Raises Conflict once the guest has come."""
    return _end(booking, "cancelled", reason, by=by)


def mark_no_show(booking: Booking, reason: str | None, *, by: Actor) -> Told:
    """Note that the guest of a held booking did not come; again is no change.

    Raises Conflict before the day of arrival.
    """
    if booking.status != "no_show" and booking.check_in_date > today():
        raise Conflict(_l("The guest is to arrive on %(day)s, which is still to come.",
                          day=day(booking.check_in_date)))  # fmt: skip
    return _end(booking, "no_show", reason, by=by)


def _end(booking: Booking, status: str, reason: str | None, *, by: Actor) -> Told:
    by.must("bookings.update")
    if booking.status == status:
        return Told(booking, applied=False)
    move(booking, status)
    booking.ended_at, booking.end_reason = now(), reason
    settle(booking, f"booking.{status}", by=by, reason=reason)
    return Told(booking, applied=True)


def reinstate(
    booking: Booking, *, by: Actor, override: str | None = None, despite_overlap: bool = False
) -> Told:
    """Make a cancelled booking, a no-show or a check-in by mistake a confirmed one again."""
    by.must("bookings.update")
    if booking.status == "confirmed":
        return Told(booking, applied=False)
    move(booking, "confirmed")
    booking.ended_at = booking.end_reason = booking.checked_in_at = None
    stops.hold_or_override(booking, override, by=by)
    if not despite_overlap:
        overlaps.refuse(booking)
    settle(booking, "booking.reinstated", by=by)
    return Told(booking, applied=True)


def move(booking: Booking, status: str) -> None:
    """Set the status. Raises Conflict where the present one does not lead there."""
    if status not in MOVES[booking.status]:
        raise Conflict(
            _l("This booking is %(present)s, so it cannot become %(wanted)s.",
               present=STATUSES[booking.status], wanted=STATUSES[status]),
            status=booking.status,
        )  # fmt: skip
    booking.status = status


def settle(booking: Booking, action: str, *, by: Actor, **facts: Any) -> None:
    """Count the guest's figures anew after a change of status, and write it down."""
    changes = statistics.refresh(booking.customer)
    _record(action, booking, by=by, changes=changes, version=booking.customer.version, **facts)


def _assign(booking: Booking, values: Values) -> dict[str, tuple[Any, Any]]:
    plain = {name: values[name] for name in PLAIN if name in values}
    changes = {n: (old, v) for n, v in plain.items() if (old := getattr(booking, n)) != v}
    for name in changes:
        setattr(booking, name, plain[name])
    if "companions" in values:
        before = sorted(each.name for each in booking.companions)
        booking.companions = [_companion(booking, each) for each in values["companions"]]
        after = sorted(each.name for each in booking.companions)
        if before != after:
            changes["companions"] = (before, after)
    return changes


def _companion(booking: Booking, values: Values) -> Companion:
    known = {each.companion_id or each.name: each for each in booking.companions}
    guest_id = values.get("customer_id")
    if guest_id is None:
        name = values["name"]
        return known.get(name) or Companion(customer_id=booking.customer_id, name=name)
    if guest_id == booking.customer_id:
        raise Invalid({"companions": _l("The guest of the booking need not come along as well.")})
    try:
        other = guests.get(guest_id)
    except NotFound:
        raise Invalid({"companions": _l("A companion is not known as a guest.")}) from None
    return known.get(other.id) or Companion(
        customer_id=booking.customer_id, companion_id=other.id, name=other.full_name
    )


def _check_dates(booking: Booking, values: Values) -> None:
    """Raise Invalid for dates that will not do, before they are in the booking."""
    dates = (values.get(name) or getattr(booking, name)
             for name in ("check_in_date", "check_out_date"))  # fmt: skip
    try:
        check_dates(*dates)
    except ValidationError as wrong:
        raise Invalid(flat({"check_out": wrong.messages})) from None


def _check(booking: Booking) -> None:
    """Raise Invalid for somebody named twice, NotAllowed for booking without the right to."""
    ids = [each.companion_id for each in booking.companions if each.companion_id]
    if len(ids) != len(set(ids)):
        raise Invalid({"companions": _l("Somebody is named twice.")})
    booker = booking.booked_by_id
    if booker and not rights.holds(booker, booking.customer_id, "bookings"):
        raise NotAllowed("booked_by_id")


def _news(booking: Booking) -> dict[str, tuple[Any, Any]]:
    names = [n for n in PLAIN if getattr(booking, n) not in (None, [], "")]
    return {name: (None, getattr(booking, name)) for name in names}


def _record(
    action: str, booking: Booking, *, by: Actor, changes: audit.Changes, **facts: Any
) -> None:
    told = {name: value for name, value in facts.items() if value is not None}
    audit.record(
        action, ("customer", booking.customer_id), by=by, changes=changes,
        booking=str(booking.id), reference=booking.reference, **told,
    )  # fmt: skip
