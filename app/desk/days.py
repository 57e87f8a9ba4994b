"""Which bookings the desk shows on a day, and in which of its three columns."""

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from app.core.clock import today, zone
from app.stays.inputs import MOST_NIGHTS
from app.stays.models import STAYING, Booking

SHOWN = (*STAYING, "checked_out")
AWAITED = timedelta(days=14)
"""How long the desk waits for who did not come and was not noted as such."""
OVERDUE = timedelta(days=7)
"""How late somebody may leave and still be found among those who left today."""


def of_day(day: date) -> ColumnElement[bool]:
    """The bookings of a day: of today by how they stand, of any other by their dates."""
    return _of_today(day) if day == today() else _by_dates(day)


def _of_today(day: date) -> ColumnElement[bool]:
    waited_for = and_(
        Booking.status == "confirmed", Booking.check_in_date <= day,
        Booking.check_in_date > day - AWAITED, Booking.check_out_date >= day,
    )  # fmt: skip
    left = and_(
        Booking.status == "checked_out", Booking.check_out_date >= day - OVERDUE,
        Booking.checked_out_at >= _midnight(day),
    )  # fmt: skip
    return or_(Booking.status == "checked_in", waited_for, left)


def _by_dates(day: date) -> ColumnElement[bool]:
    between = and_(
        Booking.check_in_date < day, Booking.check_in_date >= day - timedelta(days=MOST_NIGHTS),
        Booking.check_out_date > day, Booking.status.in_(SHOWN),
    )  # fmt: skip
    begins = and_(Booking.check_in_date == day, Booking.status.in_(SHOWN))
    ends = and_(Booking.check_out_date == day, Booking.status.in_(SHOWN))
    return or_(begins, ends, between)


def touching(day: date) -> ColumnElement[bool]:
    """Bookings that may be on the board of that day, however they stand now."""
    dates = or_(Booking.check_in_date == day, Booking.check_out_date == day)
    return or_(dates, Booking.status == "checked_in")


def _midnight(day: date) -> datetime:
    """The instant at which the day begins at the property."""
    return datetime.combine(day, time(), zone())


def column_of(booking: Any, day: date, here: date) -> str:
    """The column in which a booking stands on a day, `here` being today; each stands in one."""
    if day != here:
        if booking.check_in_date == day:
            return "arriving"
        return "leaving" if booking.check_out_date == day else "house"
    if booking.status == "confirmed":
        return "arriving"
    staying = booking.status == "checked_in" and booking.check_out_date > day
    return "house" if staying else "leaving"
