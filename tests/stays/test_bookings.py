"""Bookings: their dates and states, who stops them, and what an engine tells twice or too late."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.core.actor import HOUSE
from app.core.errors import Conflict, Invalid, NotAllowed
from app.customers import marks
from app.customers import services as guests
from app.extensions import db
from app.stays import arrivals, bookings, departures, engine
from app.stays.inputs import BookingInput, EngineInput
from app.stays.models import Booking, Stay
from app.stays.overlaps import Overlap
from app.stays.stops import Stopped


def message(guest, day, **more):
    sent = {
        "source": "booking.com", "reference": "R-1", "customer_id": str(guest.id),
        "check_in": day(3).isoformat(), "check_out": day(5).isoformat(),
    }  # fmt: skip
    return EngineInput.read(sent | more)


def at(minute: int) -> str:
    return datetime(2026, 1, 1, 12, minute, tzinfo=UTC).isoformat()


def test_a_departure_before_the_arrival_is_refused_at_its_field(app, day):
    with pytest.raises(Invalid) as fault:
        BookingInput.read({"check_in": day(2).isoformat(), "check_out": day(1).isoformat()})
    assert list(fault.value.errors) == ["check_out"]


def test_a_change_that_turns_the_dates_round_is_refused(book, day):
    booking = bookings.hold(book(arrive=3).id)
    with pytest.raises(Invalid) as fault:
        bookings.change(booking, {"check_in_date": day(9)}, by=HOUSE)
    assert list(fault.value.errors) == ["check_out"]


def test_nights_that_the_guest_has_booked_already_are_asked_about(book, guest, day):
    an = guest()
    first = book(an, arrive=3)
    dates = {"check_in_date": day(4), "check_out_date": day(6)}
    with pytest.raises(Overlap) as clash:
        bookings.create(guests.hold(an.id), dates, by=HOUSE)
    assert clash.value.details["overlaps"][0]["id"] == str(first.id)
    db.session.rollback()
    assert bookings.create(guests.hold(an.id), dates, by=HOUSE, despite_overlap=True)


def test_one_booking_may_begin_on_the_day_the_other_ends(book, guest, day):
    an = guest()
    book(an, arrive=3, nights=2)
    dates = {"check_in_date": day(5), "check_out_date": day(6)}
    assert bookings.create(guests.hold(an.id), dates, by=HOUSE)


def test_a_blacklisted_guest_stops_the_booking_until_a_manager_says_why(guest, day, actor_of):
    an, desk, manager = guest(), actor_of("front_desk"), actor_of("manager")
    marks.place(guests.hold(an.id), "blacklist", {"reason": "Left without paying"}, by=manager)
    db.session.commit()
    dates = {"check_in_date": day(1), "check_out_date": day(2)}
    with pytest.raises(Stopped) as stopped:
        bookings.create(guests.hold(an.id), dates, by=desk)
    assert stopped.value.details["stops"][0]["reason"] == "Left without paying"
    with pytest.raises(NotAllowed):
        bookings.create(guests.hold(an.id), dates, by=desk, override="He paid")
    db.session.rollback()
    made = bookings.create(guests.hold(an.id), dates, by=manager, override="He paid since")
    db.session.commit()
    assert (made.override_reason, made.override_name) == ("He paid since", "Manager")


def test_a_companion_and_who_books_count_too(guest, day, actor_of):
    an, friend = guest(), guest("Đỗ Đức")
    warned = {"level": 2, "reason": "Shouted at staff"}
    marks.place(guests.hold(friend.id), "warning", warned, by=actor_of("manager"))
    dates = {"check_in_date": day(1), "check_out_date": day(2)}
    with pytest.raises(Stopped, match="Đỗ Đức"):
        bookings.create(
            guests.hold(an.id), dates | {"companions": [{"customer_id": friend.id}]},
            by=actor_of("front_desk"),
        )  # fmt: skip


def test_who_is_blacklisted_after_the_override_is_stopped_at_check_in(book, actor_of, guest):
    an, manager = guest(), actor_of("manager")
    booking = bookings.hold(book(an).id)
    marks.place(guests.hold(an.id), "blacklist", {"reason": "Theft"}, by=manager)
    with pytest.raises(Stopped):
        arrivals.check_in(booking, by=actor_of("front_desk"))


def test_booking_for_somebody_needs_the_right(guest, day):
    an, other = guest(), guest("Đỗ Đức")
    dates = {"check_in_date": day(1), "check_out_date": day(2), "booked_by_id": other.id}
    with pytest.raises(Invalid, match="Đỗ Đức"):
        bookings.create(guests.hold(an.id), dates, by=HOUSE)


def test_check_in_twice_is_one_check_in(book):
    booking = bookings.hold(book().id)
    assert arrivals.check_in(booking, by=HOUSE, room="201").applied
    assert not arrivals.check_in(booking, by=HOUSE, room="305").applied
    assert booking.room_number == "201"


def test_nobody_is_checked_in_before_the_day_or_into_a_taken_room(book, guest):
    with pytest.raises(Conflict):
        arrivals.check_in(bookings.hold(book(arrive=1).id), by=HOUSE)
    arrivals.check_in(bookings.hold(book(room_number="201").id), by=HOUSE)
    with pytest.raises(Conflict, match="201"):
        arrivals.check_in(bookings.hold(book(guest("Đỗ Đức")).id), by=HOUSE, room="201")


def test_check_out_makes_one_stay_and_counts_it_once(book):
    booking = bookings.hold(book(arrive=-2, room_rate=Decimal(1_500_000)).id)
    arrivals.check_in(booking, by=HOUSE, room="201")
    stay = departures.check_out(booking, {"total_extras": Decimal(250_000)}, by=HOUSE)
    db.session.commit()
    with pytest.raises(Conflict):
        departures.check_out(bookings.hold(booking.id), {}, by=HOUSE)
    db.session.rollback()
    guest = guests.get(booking.customer_id)
    assert (stay.nights, stay.total_amount) == (2, Decimal(3_250_000))
    assert (guest.total_stays, guest.total_nights) == (1, 2)
    assert (guest.total_spent, guest.last_stay_date) == (Decimal(3_250_000), stay.check_out_date)
    assert db.session.query(Stay).count() == 1


def test_check_out_before_check_in_is_refused(book):
    with pytest.raises(Conflict):
        departures.check_out(bookings.hold(book().id), {}, by=HOUSE)


def test_cancelling_twice_counts_once_and_reinstating_takes_it_back(book):
    booking = bookings.hold(book(arrive=3).id)
    assert bookings.cancel(booking, "ill", by=HOUSE).applied
    assert not bookings.cancel(booking, None, by=HOUSE).applied
    assert booking.customer.total_cancellations == 1
    assert bookings.reinstate(booking, by=HOUSE).applied
    assert booking.customer.total_cancellations == 0


def test_a_guest_cannot_be_missing_before_the_day(book):
    with pytest.raises(Conflict):
        bookings.mark_no_show(bookings.hold(book(arrive=1).id), None, by=HOUSE)
    assert bookings.mark_no_show(bookings.hold(book().id), None, by=HOUSE).applied


def test_who_comes_after_all_is_checked_in(book):
    booking = bookings.hold(book().id)
    bookings.mark_no_show(booking, None, by=HOUSE)
    assert arrivals.check_in(booking, by=HOUSE).applied
    assert booking.customer.no_show_count == 0


def test_the_same_message_makes_one_booking(guest, day):
    sent = message(guest(), day)
    first, again = engine.receive(sent, by=HOUSE), engine.receive(sent, by=HOUSE)
    assert (first.created, again.created, again.applied) == (True, False, False)
    assert db.session.query(Booking).count() == 1


def test_a_booking_sent_again_after_its_cancellation_stays_cancelled(guest, day):
    an = guest()
    booking = engine.receive(message(an, day), by=HOUSE).booking
    engine.receive(message(an, day, status="cancelled"), by=HOUSE)
    again = engine.receive(message(an, day), by=HOUSE)
    assert (again.applied, booking.status) == (False, "cancelled")
    assert booking.customer.total_cancellations == 1


def test_the_latest_news_counts_whenever_it_arrives(guest, day):
    an = guest()
    booking = engine.receive(message(an, day, occurred_at=at(1)), by=HOUSE).booking
    newer = message(an, day, room_type="Suite", occurred_at=at(5))
    assert engine.receive(newer, by=HOUSE).applied
    assert not engine.receive(
        message(an, day, status="cancelled", occurred_at=at(3)), by=HOUSE
    ).applied
    assert (booking.status, booking.room_type) == ("confirmed", "Suite")
    assert engine.receive(message(an, day, status="cancelled", occurred_at=at(7)), by=HOUSE).applied
    assert engine.receive(message(an, day, occurred_at=at(9)), by=HOUSE).applied
    assert booking.status == "confirmed"


def test_a_reference_of_another_guest_is_refused(guest, day):
    engine.receive(message(guest(), day), by=HOUSE)
    with pytest.raises(Conflict):
        engine.receive(message(guest("Đỗ Đức"), day), by=HOUSE)


def test_a_booking_for_a_merged_guest_goes_to_the_one_who_remains(guest, day):
    an, double = guest(), guest("Nguyễn An")
    double.status, double.merged_into = "merged", an.id
    db.session.commit()
    assert engine.receive(message(double, day), by=HOUSE).booking.customer_id == an.id


def test_midnight_is_that_of_the_property(book, monkeypatch):
    booking = bookings.hold(book(arrive=1).id)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    monkeypatch.setattr("app.core.clock.now", lambda: tomorrow)
    assert arrivals.check_in(booking, by=HOUSE).applied
