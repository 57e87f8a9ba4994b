"""The search box finds a booking by the number that its guest holds in hand."""

import pytest

from app.core.actor import HOUSE
from app.customers import services as guests
from app.extensions import db
from app.stays import arrivals, bookings

FOUND = "/customers/search?q="


@pytest.fixture
def told(guest, day):
    """The same number of two engines, and a booking made here."""

    def booked(name, source, reference):
        dates = {"check_in_date": day(1), "check_out_date": day(2)}
        held = guests.hold(guest(name).id)
        return bookings.create(held, dates, by=HOUSE, source=source, reference=reference)

    booked("Đỗ Đức", "booking.com", "R-4711")
    booked("محمد", "agoda", "R-4711")
    made = booked("王小明", "guestbook", "GBABCDEFGH")
    db.session.commit()
    return made


@pytest.mark.parametrize("typed", ["GBABCDEFGH", " gbabcdefgh", "GB ABCD EFGH"])
def test_a_number_is_found_as_it_is_read_out(may, told, typed):
    for body in (may.fragment(FOUND + typed).get_data(as_text=True), may.get(FOUND + typed).text):
        assert f'href="/bookings/{told.id}"' in body
        assert "王小明" in body
        assert "Nobody found" not in body


def test_whoever_calls_one_so_is_told_before_guests_and_what_is_only_alike_is_not(
    may, told, guest, machine
):
    guest("R-4711 Travel")
    found = may.fragment(f"{FOUND}r-4711").get_data(as_text=True)
    assert found.count('href="/bookings/') == 2
    assert found.index("محمد") < found.index("Travel</")
    for typed in ("R-471", "R-4711%00x", "%00", "%F0%9F%91%A91", "9" * 200):
        assert 'href="/bookings/' not in may.fragment(FOUND + typed).get_data(as_text=True)
    assert f"{FOUND}R-9999" in may.get("/customers?search=R-9999").text  # the list leads there
    listed = machine("bookings.read").get("/api/bookings?reference=R-4711").json["data"]
    assert {each["source"] for each in listed} == {"agoda", "booking.com"}


def test_a_room_number_finds_who_is_in_it_now(may, book, guest):
    here = bookings.hold(book(guest("Nguyễn Thị Ánh Tuyết")).id)
    arrivals.check_in(here, by=HOUSE, room="A12")
    book(guest("Đỗ Đức"), arrive=4, room_number="A12")
    db.session.commit()
    body = may.fragment(f"{FOUND}a12").get_data(as_text=True)
    assert body.count('href="/bookings/') == 1
    assert body.index("Room A12") < body.index("Nguyễn Thị Ánh Tuyết") < body.index("In house")
