"""Which bookings the desk shows on a day, and in which of its three columns.

Each condition is a SELECT of its own, that one index answers: engines read everything where an OR
joins them.
"""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, select, union

from app.core.clock import today, zone
from app.stays.inputs import MOST_NIGHTS
from app.stays.models import STAYING, Booking

SHOWN = (*STAYING, "checked_out")
AWAITED = timedelta(days=14)
"""How long the desk waits for who did not come and was not noted as such."""
OVERDUE = timedelta(days=7)
"""How late somebody may leave and still be found among those who left today."""
LONGEST = timedelta(days=MOST_NIGHTS)
LATELY = timedelta(days=365)
"""Later than so long ago, fewer guests have left since than came in the longest stay before."""

HERE = Booking.status == "checked_in"
AWAITING = Booking.status == "confirmed"
GONE = Booking.status == "checked_out"


def of_day(day: date) -> CompoundSelect[uuid.UUID]:
    """The bookings of a day: of today by how they stand, of any other by their dates."""
    here = today()
    parts = _of_today(day) if day == here else _by_dates(day, here)
    return union(*(_ids(*each) for each in parts))


def _ids(*conditions: ColumnElement[bool]) -> Select[uuid.UUID]:
    return select(Booking.id).where(*conditions)


def _of_today(day: date) -> list[tuple[ColumnElement[bool], ...]]:
    since = Booking.check_in_date > day - AWAITED
    lately = Booking.check_out_date >= day - OVERDUE
    return [
        (HERE,),
        (AWAITING, since, Booking.check_in_date <= day, Booking.check_out_date >= day),
        (GONE, lately, Booking.checked_out_at >= _midnight(day)),
    ]


def _by_dates(day: date, here: date) -> list[tuple[ColumnElement[bool], ...]]:
    shown = Booking.status.in_(SHOWN)
    begun, goes_on = Booking.check_in_date < day, Booking.check_out_date > day
    between = (
        (AWAITING, Booking.check_in_date > here - AWAITED) if day > here
        else (GONE, _bound(day, here))
    )  # fmt: skip
    return [
        (shown, Booking.check_in_date == day), (shown, Booking.check_out_date == day),
        (HERE, begun, goes_on), (*between, begun, goes_on),
    ]  # fmt: skip


def _bound(day: date, here: date) -> ColumnElement[bool]:
    """What no stay that covers a past day goes beyond; it gives the index with less to read."""
    if here - day < LATELY:
        return Booking.check_out_date < day + LONGEST
    return Booking.check_in_date > day - LONGEST


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
