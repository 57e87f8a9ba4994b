"""The guest comes: a booking is checked in, in a room that nobody else is in."""

from flask_babel import lazy_gettext as _l

from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Conflict
from app.core.i18n import day
from app.stays import bookings, overlaps, stops
from app.stays.bookings import Told
from app.stays.models import Booking

HERE = ("checked_in", "checked_out")


def check_in(
    booking: Booking, *, by: Actor, room: str | None = None, override: str | None = None
) -> Told:
    """Check a held booking in, in its room or in `room`; again is no change.

    The arrival stays the booked one, also for who comes after midnight. Raises Conflict before the
    day of arrival, after the day of departure, and for a room in which somebody still is; Stopped
    for a guest who was blacklisted or warned since the booking was let pass.
    """
    by.must("bookings.update")
    if booking.status in HERE:
        return Told(booking, applied=False)
    _refuse_wrong_day(booking)
    room = room or booking.room_number
    if room:
        overlaps.refuse_taken_room(booking, room)
    overridden = stops.hold_or_override(booking, override, by=by)
    bookings.move(booking, "checked_in")
    booking.room_number = room
    booking.checked_in_at, booking.ended_at, booking.end_reason = now(), None, None
    bookings.flush_room(room)
    more = bookings.passed(booking, overridden)
    bookings.settle(booking, "booking.checked_in", by=by, room=room, **more)
    return Told(booking, applied=True)


def _refuse_wrong_day(booking: Booking) -> None:
    if today() < booking.check_in_date:
        raise Conflict(
            _l("This booking begins on %(day)s. Change its dates for a guest who comes earlier.",
               day=day(booking.check_in_date))
        )  # fmt: skip
    if today() > booking.check_out_date:
        raise Conflict(
            _l("This booking ended on %(day)s. Change its dates for a guest who comes later.",
               day=day(booking.check_out_date))
        )  # fmt: skip
