"""Days of the property's calendar: nights are counted in dates, whatever the clocks do."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.core.actor import HOUSE
from app.core.clock import today
from app.core.errors import Conflict
from app.customers import services as guests
from app.extensions import db
from app.stays import arrivals, bookings, departures
from app.stays.models import Stay

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def berlin(app, monkeypatch):
    """A house in Berlin whose clock says what the test wants."""
    from dataclasses import replace

    changed = replace(app.extensions["settings"], timezone=BERLIN)
    monkeypatch.setitem(app.extensions, "settings", changed)

    def at(year, month, day, hour=12, minute=0, fold=0):
        local = datetime(year, month, day, hour, minute, tzinfo=BERLIN, fold=fold)
        monkeypatch.setattr("app.core.clock.now", lambda: local.astimezone(UTC))

    return at


def booked(guest, start: date, end: date):
    held = guests.hold(guest.id)
    dates = {"check_in_date": start, "check_out_date": end}
    made = bookings.create(held, dates, by=HOUSE, despite_overlap=True)
    db.session.commit()
    return made.id


@pytest.mark.parametrize(
    ("start", "end"),
    [(date(2027, 3, 27), date(2027, 3, 28)), (date(2027, 10, 30), date(2027, 10, 31)),
     (date(2028, 2, 28), date(2028, 2, 29)), (date(2027, 12, 31), date(2028, 1, 1))],
)  # fmt: skip
def test_a_night_is_one_night_also_when_it_has_23_or_25_hours(berlin, guest, start, end):
    berlin(start.year, start.month, start.day, 15)
    booking_id = booked(guest(), start, end)
    arrivals.check_in(bookings.hold(booking_id), by=HOUSE)
    berlin(end.year, end.month, end.day, 11)
    stay = departures.check_out(bookings.hold(booking_id), {}, by=HOUSE)
    db.session.commit()
    assert (stay.nights, stay.check_out_date) == (1, end)
    assert guests.get(stay.customer_id).total_nights == 1


def test_who_comes_after_midnight_is_checked_in_for_the_night_before(berlin, guest):
    berlin(2027, 3, 27, 10)
    booking_id = booked(guest(), date(2027, 3, 27), date(2027, 3, 28))
    berlin(2027, 3, 28, 0, 40)
    assert arrivals.check_in(bookings.hold(booking_id), by=HOUSE).applied
    stay = departures.check_out(bookings.hold(booking_id), {}, by=HOUSE)
    assert (stay.check_in_date, stay.nights) == (date(2027, 3, 27), 1)
    db.session.rollback()


def test_a_minute_before_midnight_the_day_is_still_the_propertys(berlin, guest):
    berlin(2027, 7, 1, 23, 59)  # 21:59 in UTC
    assert today() == date(2027, 7, 1)
    booking_id = booked(guest(), date(2027, 7, 2), date(2027, 7, 3))
    with pytest.raises(Conflict):
        arrivals.check_in(bookings.hold(booking_id), by=HOUSE)
    db.session.rollback()
    berlin(2027, 7, 2, 0, 1)  # still the first of July in UTC
    assert arrivals.check_in(bookings.hold(booking_id), by=HOUSE).applied


def test_the_hour_that_comes_twice_is_one_day(berlin, guest):
    for fold in (0, 1):
        berlin(2027, 10, 31, 2, 30, fold=fold)
        assert today() == date(2027, 10, 31)


def test_a_guest_is_missing_only_from_the_propertys_day_of_arrival_on(berlin, guest):
    berlin(2027, 7, 1, 12)
    booking_id = booked(guest(), date(2027, 7, 2), date(2027, 7, 3))
    berlin(2027, 7, 1, 23, 59)
    with pytest.raises(Conflict):
        bookings.mark_no_show(bookings.hold(booking_id), None, by=HOUSE)
    db.session.rollback()
    berlin(2027, 7, 2, 0, 0)
    assert bookings.mark_no_show(bookings.hold(booking_id), None, by=HOUSE).applied


def test_a_day_room_has_no_night_and_is_a_stay_all_the_same(berlin, guest):
    berlin(2027, 7, 1, 12)
    booking_id = booked(guest(), date(2027, 7, 1), date(2027, 7, 1))
    arrivals.check_in(bookings.hold(booking_id), by=HOUSE)
    departures.check_out(bookings.hold(booking_id), {}, by=HOUSE)
    db.session.commit()
    stay = db.session.query(Stay).one()
    found = guests.get(stay.customer_id)
    assert (stay.nights, found.total_stays, found.total_nights) == (0, 1, 0)
