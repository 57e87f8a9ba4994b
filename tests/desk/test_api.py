"""Arrivals and departures as engines tell them: twice, out of order, too late."""

import pytest
from sqlalchemy import select

from app.core.actor import HOUSE
from app.customers import marks
from app.customers import services as guests
from app.extensions import db
from app.stays import arrivals, bookings
from app.stays.models import Stay

SCOPES = ("bookings.read", "bookings.update")


def path(booking, what) -> str:
    return f"/api/bookings/{booking.id}/{what}"


def count() -> int:
    db.session.rollback()
    return len(db.session.scalars(select(Stay)).all())


def test_a_check_in_and_a_check_out_make_one_stay(machine, book):
    booking, engine = book(arrive=-2, special_requests=["Baby cot"]), machine(*SCOPES)
    came = engine.post(path(booking, "check-ins"), json={"room": "201"}).json
    assert (came["status"], came["room_number"], came["applied"]) == ("checked_in", "201", True)
    answer = engine.post(path(booking, "check-outs"), json={"satisfaction_score": 9})
    left = answer.json
    assert answer.status_code == 200
    assert (left["booking_id"], left["nights"], left["applied"]) == (str(booking.id), 2, True)
    assert left["satisfaction_score"] == 9
    assert count() == 1


def test_what_is_told_twice_changes_nothing(machine, book):
    booking, engine = book(arrive=-2), machine(*SCOPES)
    engine.post(path(booking, "check-ins"), json={"room": "201"})
    again = engine.post(path(booking, "check-ins"), json={"room": "305"}).json
    assert (again["applied"], again["room_number"]) == (False, "201")
    first = engine.post(path(booking, "check-outs"), json={"satisfaction_score": 9}).json
    second = engine.post(path(booking, "check-outs"), json={"satisfaction_score": 1}).json
    assert (second["applied"], second["id"], second["satisfaction_score"]) == (
        False, first["id"], 9,
    )  # fmt: skip
    assert count() == 1
    assert guests.get(booking.customer_id).total_stays == 1


def test_a_check_out_before_its_check_in_is_taken_as_both(machine, book):
    booking, engine = book(arrive=-2), machine(*SCOPES)
    assert engine.post(path(booking, "check-outs"), json={}).json["applied"]
    late = engine.post(path(booking, "check-ins"), json={"room": "201"})
    assert (late.status_code, late.json["applied"], late.json["status"]) == (
        200, False, "checked_out",
    )  # fmt: skip
    assert count() == 1


def test_news_of_a_departure_may_come_days_late_and_while_the_room_is_taken_again(
    machine, book, guest
):
    gone = book(arrive=-5, nights=2, room_number="201")
    arrivals.check_in(bookings.hold(book(guest("Đỗ Đức")).id), by=HOUSE, room="201")
    db.session.commit()
    told = machine(*SCOPES).post(path(gone, "check-outs"), json={}).json
    assert (told["applied"], told["nights"], told["room_number"]) == (True, 2, "201")


def test_a_key_makes_it_one_departure(machine, book):
    booking, engine = book(arrive=-1), machine(*SCOPES)
    keyed = {"headers": {"Idempotency-Key": "left-1"}, "json": {"satisfaction_score": 8}}
    first = engine.post(path(booking, "check-outs"), **keyed)
    again = engine.post(path(booking, "check-outs"), **keyed)
    assert again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("what", ["check-ins", "check-outs"])
def test_a_cancelled_booking_is_refused_with_its_status(machine, book, what):
    booking = book()
    bookings.cancel(bookings.hold(booking.id), None, by=HOUSE)
    db.session.commit()
    answer = machine(*SCOPES).post(path(booking, what), json={})
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert count() == 0


def test_before_the_day_and_into_a_taken_room_nobody_is_checked_in(machine, book, guest):
    engine = machine(*SCOPES)
    assert engine.post(path(book(arrive=1), "check-ins"), json={}).status_code == 409
    arrivals.check_in(bookings.hold(book(guest("Đỗ Đức")).id), by=HOUSE, room="201")
    db.session.commit()
    taken = engine.post(path(book(guest("王小明")), "check-ins"), json={"room": "201"})
    assert taken.status_code == 409
    assert "201" in taken.json["title"]


def test_a_guest_who_never_came_cannot_leave_before_the_day(machine, book):
    answer = machine(*SCOPES).post(path(book(arrive=3), "check-outs"), json={})
    assert answer.status_code in (409, 422)
    assert count() == 0


def test_a_stopped_guest_needs_the_scope_and_a_reason(machine, book, guest):
    an = guest()
    booking = book(an)
    marks.place(guests.hold(an.id), "blacklist", {"reason": "Theft"}, by=HOUSE)
    db.session.commit()
    answer = machine(*SCOPES).post(path(booking, "check-ins"), json={})
    assert answer.status_code == 409
    assert answer.json["stops"][0]["kind"] == "blacklist"
    reason = {"override_reason": "Paid since"}
    assert machine(*SCOPES).post(path(booking, "check-ins"), json=reason).status_code == 403
    strong = machine(*SCOPES, "bookings.override")
    assert strong.post(path(booking, "check-ins"), json=reason).json["applied"]


@pytest.mark.parametrize("what", ["check-ins", "check-outs"])
def test_reading_is_not_enough_and_nonsense_is_named(machine, book, what):
    booking = book()
    assert machine("bookings.read").post(path(booking, what), json={}).status_code == 403
    answer = machine(*SCOPES).post(path(booking, what), json={"nonsense": 1})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "nonsense"
    stale = machine(*SCOPES).post(path(booking, "check-ins"), json={}, headers={"If-Match": '"99"'})
    assert stale.status_code == 412


def test_notes_are_for_who_may_read_them(machine, book, likes):
    booking = book(arrive=-1)
    likes(guests.get(booking.customer_id), pillow_type=["firm"])
    told = machine(*SCOPES).post(path(booking, "check-outs"), json={}).json
    assert told["preferences_noted"] is None
