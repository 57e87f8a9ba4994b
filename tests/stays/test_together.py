"""Two desks, eight processes, one engine that stutters: each thing happens once."""

from app.core.actor import HOUSE
from app.core.errors import Conflict
from app.customers import services as guests
from app.customers.models import Customer
from app.extensions import db
from app.stays import arrivals, bookings, departures, engine, statistics
from app.stays.inputs import EngineInput
from app.stays.models import Booking, Stay
from tests.side_by_side import side_by_side


def exact() -> bool:
    found = [each for each in statistics.recount(by=HOUSE, write=False)
             if not isinstance(each, int)]  # fmt: skip
    db.session.rollback()
    return not found


def test_the_same_message_twenty_times_at_once_makes_one_booking(at_once, guest, day):
    message = EngineInput.read({
        "source": "booking.com", "reference": "R-1", "customer_id": str(guest().id),
        "check_in": day(3).isoformat(), "check_out": day(5).isoformat(),
    })  # fmt: skip
    db.session.rollback()
    told = at_once(*[lambda: engine.receive(message, by=HOUSE).created] * 20)
    assert sorted(map(str, told)) == ["False"] * 19 + ["True"]
    assert db.session.query(Booking).count() == 1


def test_two_desks_check_one_booking_in(at_once, book):
    booking_id = book().id

    def check_in(room):
        return lambda: arrivals.check_in(bookings.hold(booking_id), by=HOUSE, room=room).applied

    assert sorted(at_once(*[check_in(str(n)) for n in range(6)])) == [False] * 5 + [True]


def test_one_room_takes_one_booking(at_once, book, guest):
    ids = [book(guest(f"Khách {n}")).id for n in range(5)]

    def check_in(booking_id):
        return lambda: arrivals.check_in(bookings.hold(booking_id), by=HOUSE, room="201").applied

    results = at_once(*[check_in(each) for each in ids])
    assert results.count(True) == 1
    assert all(isinstance(each, Conflict) for each in results if each is not True), results


def test_one_departure_makes_one_stay(at_once, book):
    booking = bookings.hold(book(arrive=-2).id)
    arrivals.check_in(booking, by=HOUSE)
    booking_id, guest_id = booking.id, booking.customer_id
    db.session.commit()
    results = at_once(
        *[lambda: departures.check_out(bookings.hold(booking_id), {}, by=HOUSE).id] * 6
    )
    assert sum(not isinstance(each, Exception) for each in results) == 1
    assert db.session.query(Stay).count() == 1
    assert guests.get(guest_id).total_stays == 1


def test_changing_cancelling_and_arriving_at_once_leaves_one_truth(at_once, book):
    for _ in range(4):
        booking_id = book().id

        def cancel(booking_id=booking_id):
            return bookings.cancel(bookings.hold(booking_id), None, by=HOUSE).applied

        def change(booking_id=booking_id):
            return bool(bookings.change(bookings.hold(booking_id), {"room_type": "S"}, by=HOUSE))

        def arrive(booking_id=booking_id):
            return arrivals.check_in(bookings.hold(booking_id), by=HOUSE).applied

        cancelled, _changed, arrived = at_once(cancel, change, arrive)
        status = db.session.get_one(Booking, booking_id).status
        assert (cancelled is True) != (arrived is True)
        assert status == ("cancelled" if cancelled is True else "checked_in")
    assert exact()


WORK = """
from datetime import timedelta
from app.core.actor import HOUSE
from app.core.clock import today
from app.extensions import db
from app.customers import services as guests
from app.stays import arrivals, bookings, departures
import uuid
guest_id = uuid.UUID(given[0])
with app.test_request_context("/"):
    for n in range(6):
        start = today() - timedelta(days=10 * n + 2)
        dates = {"check_in_date": start, "check_out_date": start + timedelta(days=2)}
        held = guests.hold(guest_id)
        made = bookings.create(held, dates, by=HOUSE, despite_overlap=True)
        made_id = made.id
        db.session.commit()
        if n % 2:
            bookings.cancel(bookings.hold(made_id), None, by=HOUSE)
        elif not n:
            arrivals.check_in(bookings.hold(made_id), by=HOUSE)
            departures.check_out(bookings.hold(made_id), {}, by=HOUSE)
        db.session.commit()
"""


def test_eight_processes_that_book_lose_and_double_nothing(app, guest, settings):
    guest_id = guest().id
    db.session.rollback()
    side_by_side(WORK, settings, 8, guest_id, patience=200)
    db.session.rollback()
    found = db.session.get_one(Customer, guest_id, populate_existing=True)
    assert db.session.query(Booking).count() == 48
    assert (found.total_stays, found.total_nights, found.total_cancellations) == (8, 16, 24)
    assert exact()
