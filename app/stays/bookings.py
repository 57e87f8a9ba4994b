"""What may happen to a booking before and after its guest comes: made, changed, cancelled."""

import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import set_committed_value

from app.core import audit
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Conflict, Invalid, NotFound
from app.core.i18n import day
from app.core.inputs import flat
from app.customers import services as guests
from app.customers.models import Customer
from app.extensions import db
from app.stays import overlaps, party, statistics, stops, trail
from app.stays.inputs import check_dates
from app.stays.models import OWN_SOURCE, STAYING, Booking
from app.stays.stops import Stop
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
        guest = guests.hold(owner)
        booking = db.session.get_one(
            Booking, booking_id, with_for_update={"of": Booking}, populate_existing=True
        )
        if booking.customer_id == owner:
            set_committed_value(booking, "customer", guest)  # else it would be read once more
            return booking
    raise Conflict(_l("This booking is moving to another guest. Try again in a moment."))


def by_reference(source: str, reference: str) -> Booking | None:
    """The booking that a source calls so."""
    query = select(Booking).where(Booking.source == source, Booking.reference == reference)
    return db.session.scalar(query)


def create(
    guest: Customer, values: Values, *, by: Actor, source: str = OWN_SOURCE,
    reference: str | None = None, override: str | None = None, despite_overlap: bool = False,
    told_at: datetime | None = None, ended: bool = False, **origin: Any,
) -> Booking:  # fmt: skip
    """A new booking for a held guest. `values` as `BookingInput` gives them; `origin` sets columns
    that no caller may send, such as an id that came with the form. `ended`: it came to nothing
    before it was told here, so nothing stands in its way.

    Raises Stopped for a blacklisted or warned guest on it without an `override` reason, Overlap
    for nights that the guest has booked already, Invalid for an unknown company or companion.
    """
    by.must("bookings.update")
    booking = Booking(
        customer_id=guest.id, source=source, reference=reference or own_reference(),
        told_at=told_at, status="confirmed", adults=1, children=0, special_requests=[], **origin,
    )  # fmt: skip
    _check_dates(booking, values)
    _assign(booking, values, by)
    party.check_booker(booking)
    overridden = [] if ended else stops.hold_or_override(booking, override, by=by)
    if not (despite_overlap or ended):
        overlaps.refuse(booking)
    db.session.add(booking)
    db.session.flush()
    trail.record(
        "booking.created", booking, by=by, changes=_news(booking), **passed(booking, overridden)
    )
    return booking


def passed(booking: Booking, overridden: list[Stop]) -> dict[str, Any]:
    """What the log says of stops that were let pass; nothing without any."""
    if not overridden:
        return {}
    who = [{"guest": str(stop.customer_id), "kind": stop.kind} for stop in overridden]
    return {"stops": who, "override": booking.override_reason}


def own_reference() -> str:
    """A reference for a booking made here: short enough to be told on the phone."""
    alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "GB" + "".join(secrets.choice(alphabet) for _ in range(8))


def change(
    booking: Booking, values: Values, *, by: Actor, override: str | None = None,
    despite_overlap: bool = False,
) -> dict[str, tuple[Any, Any]]:  # fmt: skip
    """Write the values into a held booking; what changed, as {field: (old, new)}.

    Raises Conflict for a booking that is over or a room that somebody is in, and what `create`
    raises.
    """
    by.must("bookings.update")
    if booking.status not in STAYING:
        raise Conflict(_l("This booking is over (%(status)s); it cannot be changed any more.",
                          status=STATUSES[booking.status]))  # fmt: skip
    changes, overridden = _rewrite(booking, values, by, override, despite_overlap)
    if changes:
        trail.record(
            "booking.changed", booking, by=by, changes=changes, **passed(booking, overridden)
        )
    return changes


def _rewrite(
    booking: Booking, values: Values, by: Actor, override: str | None, despite_overlap: bool
) -> tuple[dict[str, tuple[Any, Any]], list[Stop]]:
    _check_dates(booking, values)
    there = stops.people(booking)
    changes = _assign(booking, values, by)
    if not changes:
        return {}, []
    if "booked_by_id" in changes:
        party.check_booker(booking)
    if booking.status == "checked_in":
        _check_in_house(booking, changes)
    overridden = stops.hold_or_override(booking, override, by=by, passed=there)
    if not despite_overlap and {"check_in_date", "check_out_date"} & set(changes):
        overlaps.refuse(booking)
    booking.updated_at = now()  # counts as a change of the booking when only companions changed
    flush_room(booking.room_number)
    return changes, overridden


def _check_in_house(booking: Booking, changes: Mapping[str, Any]) -> None:
    if booking.check_in_date > today():
        raise Invalid({"check_in": _l("The guest is in house, so the arrival cannot be to come.")})
    if "room_number" in changes and booking.room_number:
        overlaps.refuse_taken_room(booking, booking.room_number)


def flush_room(room: str | None) -> None:
    """Flush; the database itself keeps two bookings out of one room. Raises Conflict."""
    said = str(_l("Somebody has just been checked in to room %(room)s.", room=room))
    try:
        db.session.flush()
    except IntegrityError:  # another desk took the room in the same moment
        raise Conflict(
            said
        ) from None  # after the fault even the reader's language is not to be had


def cancel(booking: Booking, reason: str | None, *, by: Actor, at: datetime | None = None) -> Told:
    """Cancel a held booking; again is no change. Raises Conflict once the guest has come.

    `at` is when the source says that it was cancelled, by its clock.
    """
    return _end(booking, "cancelled", reason, by=by, at=at)


def mark_no_show(
    booking: Booking, reason: str | None, *, by: Actor, at: datetime | None = None
) -> Told:
    """Note that the guest of a held booking did not come; again is no change.

    Raises Conflict before the day of arrival.
    """
    if booking.status != "no_show" and booking.check_in_date > today():
        raise Conflict(_l("The guest is to arrive on %(day)s, which is still to come.",
                          day=day(booking.check_in_date)))  # fmt: skip
    return _end(booking, "no_show", reason, by=by, at=at)


def _end(
    booking: Booking, status: str, reason: str | None, *, by: Actor, at: datetime | None
) -> Told:
    by.must("bookings.update")
    if booking.status == status:
        return Told(booking, applied=False)
    move(booking, status)
    booking.ended_at, booking.end_reason = at or now(), reason
    settle(booking, f"booking.{status}", by=by, reason=reason)
    return Told(booking, applied=True)


def reinstate(
    booking: Booking, *, by: Actor, override: str | None = None, despite_overlap: bool = False,
    values: Values | None = None,
) -> Told:  # fmt: skip
    """Make a cancelled booking, a no-show or a check-in by mistake a confirmed one again.

    With `values` it comes back changed. Raises what `create` raises; a check-in that is taken back
    is not held to that, since the guest is in house already.
    """
    by.must("bookings.update")
    if booking.status == "confirmed":
        return Told(booking, applied=False)
    mistaken = booking.status == "checked_in"
    move(booking, "confirmed")
    booking.ended_at = booking.end_reason = booking.checked_in_at = None
    changes, overridden = _rewrite(booking, values or {}, by, override, despite_overlap=True)
    if not mistaken:
        overridden += stops.hold_or_override(booking, override, by=by)
        if not despite_overlap:
            overlaps.refuse(booking)
    settle(booking, "booking.reinstated", by=by, changed=changes, **passed(booking, overridden))
    return Told(booking, applied=True)


def move(booking: Booking, status: str) -> None:
    """Set the status. Raises Conflict where the present one does not lead there."""
    if status not in MOVES[booking.status]:
        raise Conflict(
            _l("This booking is “%(present)s”, so it cannot become “%(wanted)s”.",
               present=STATUSES[booking.status], wanted=STATUSES[status]),
            present=booking.status,
        )  # fmt: skip
    booking.status = status


def settle(
    booking: Booking, action: str, *, by: Actor, changed: audit.Changes | None = None, **facts: Any
) -> None:
    """Count the guest's figures anew after a change of status, and write it down."""
    figures = statistics.refresh(booking.customer)
    trail.record(
        action, booking, by=by, changes=dict(changed or {}) | figures,
        version=booking.customer.version, **facts,
    )  # fmt: skip


def _assign(booking: Booking, values: Values, by: Actor) -> dict[str, tuple[Any, Any]]:
    values = party.resolved(booking, values)
    plain = {name: values[name] for name in PLAIN if name in values}
    changes = {n: (old, v) for n, v in plain.items() if (old := getattr(booking, n)) != v}
    if changes.get("notes", (None,))[0]:
        by.must("guests.notes")  # nobody writes over what they cannot read
    for name in changes:
        setattr(booking, name, plain[name])
    if "companions" in values:
        before = sorted(each.name for each in booking.companions)
        booking.companions = party.companions(booking, values["companions"])
        after = sorted(each.name for each in booking.companions)
        if before != after:
            changes["companions"] = (before, after)
    return changes


def _check_dates(booking: Booking, values: Values) -> None:
    """Raise Invalid for dates that will not do, before they are in the booking."""
    dates = (values.get(name) or getattr(booking, name)
             for name in ("check_in_date", "check_out_date"))  # fmt: skip
    try:
        check_dates(*dates)
    except ValidationError as wrong:
        raise Invalid(flat({"check_out": wrong.messages})) from None


def _news(booking: Booking) -> dict[str, tuple[Any, Any]]:
    values = {name: getattr(booking, name) for name in PLAIN}
    values["companions"] = [each.name for each in booking.companions]
    return {name: (None, value) for name, value in values.items() if value not in (None, [], "")}
