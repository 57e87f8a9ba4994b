"""Two desks at the same moment: one arrival, one room, one departure, whoever is quicker."""

import threading

import pytest
from sqlalchemy import select

from app.desk.models import Tick
from app.extensions import db
from app.stays.models import Booking, Stay


@pytest.fixture
def both(as_role):
    """`both([(path, form), …])`: two people send forms at once; the answers' status codes."""
    browsers = [as_role("front_desk"), as_role("manager")]
    tokens = [browser.csrf_token() for browser in browsers]

    def send(forms):
        db.session.commit()
        start, codes = threading.Barrier(2), []

        def one(browser, token, path, form):
            start.wait(10)
            codes.append(browser.client.post(path, data=form | {"csrf_token": token}).status_code)

        threads = [
            threading.Thread(target=one, args=(browser, token, *form))
            for browser, token, form in zip(browsers, tokens, forms, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        db.session.rollback()
        return sorted(codes)

    return send


def test_one_booking_at_two_desks_is_one_arrival(both, book):
    booking = book()
    path, version = f"/desk/bookings/{booking.id}/check-in/room", str(booking.customer.version)
    forms = [{"room": "201", "city": "Huế"}, {"room": "305", "city": "Đà Nẵng"}]
    assert both([(path, form | {"version": version}) for form in forms]) == [303, 303]
    there = db.session.get_one(Booking, booking.id)
    first = next(form for form in forms if form["room"] == there.room_number)
    assert (there.status, there.customer.city) == ("checked_in", first["city"])


def test_one_room_for_two_bookings_is_given_once(both, book, guest):
    paths = [
        f"/desk/bookings/{book(guest(name)).id}/check-in/room" for name in ("Đỗ Đức", "王小明")
    ]
    assert both([(path, {"room": "201"}) for path in paths]) == [303, 409]
    there = db.session.scalars(select(Booking).where(Booking.status == "checked_in")).all()
    assert [each.room_number for each in there] == ["201"]


def test_two_departures_are_one_stay(both, staying):
    booking = staying(arrive=-1)
    path = f"/desk/bookings/{booking.id}/check-out"
    assert both([(path, {}), (path, {"satisfaction_score": "9"})]) == [303, 303]
    assert len(db.session.scalars(select(Stay)).all()) == 1
    assert db.session.get_one(Booking, booking.id).customer.total_stays == 1


def test_two_ticks_of_different_tasks_are_both_kept(both, book):
    booking = book(special_requests=["Baby cot", "Vegetarian breakfast"])
    path = f"/desk/bookings/{booking.id}/ticks"
    forms = [(path, {"done": f"request:{words}"}) for words in booking.special_requests]
    assert both(forms) == [303, 303]
    assert db.session.scalars(select(Tick.state)).all() == ["done", "done"]
