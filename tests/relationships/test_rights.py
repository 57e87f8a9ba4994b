"""What one guest may do for another, as permissions: asked by the features that grant them."""

from datetime import timedelta

import pytest

from app.core.actor import HOUSE
from app.core.clock import today
from app.core.errors import Invalid
from app.customers import rights
from app.customers import services as guests
from app.extensions import db
from app.relationships import services
from app.relationships.vocabulary import RIGHT_COLUMNS, RIGHTS
from app.stays import bookings


@pytest.fixture
def an(guest):
    return guest("Nguyễn Văn An")


@pytest.fixture
def duc(guest):
    return guest("Đỗ Đức")


def book(guest, booker, **more):
    dates = {"check_in_date": today(), "check_out_date": today() + timedelta(days=1)}
    values = dates | {"booked_by_id": booker.id} | more
    return bookings.create(guests.hold(guest.id), values, by=HOUSE, despite_overlap=True)


def test_every_right_has_its_column():
    assert set(RIGHT_COLUMNS.values()) == set(RIGHTS)


def test_nobody_books_for_a_guest_who_did_not_allow_it(an, duc, tie):
    with pytest.raises(Invalid, match="may not book"):
        book(an, duc)
    db.session.rollback()
    tie(an, "spouse", duc)
    with pytest.raises(Invalid, match="may not book"):
        book(an, duc)


def test_whom_the_guest_allowed_books_and_not_the_other_way_round(an, duc, tie):
    tie(an, "assistant", duc, can_make_bookings=True)
    assert book(an, duc).booked_by_id == duc.id
    with pytest.raises(Invalid, match="may not book"):
        book(duc, an)


def test_who_books_for_oneself_is_no_other(an):
    assert book(an, an).booked_by_id is None


@pytest.mark.parametrize("end", ["switch", "removal"])
def test_the_right_ends_at_once(an, duc, tie, end):
    row = tie(an, "spouse", duc, can_make_bookings=True)
    booking = book(an, duc)
    db.session.commit()
    if end == "switch":
        services.change(an.id, row.id, {"can_make_bookings": False}, by=HOUSE)
    else:
        services.remove(duc.id, services.of(duc.id)[0].id, by=HOUSE)
    db.session.commit()
    with pytest.raises(Invalid, match="may not book"):
        book(an, duc)
    db.session.rollback()
    held = bookings.hold(booking.id)
    assert bookings.change(held, {"booked_by_id": None}, by=HOUSE)


@pytest.mark.parametrize(("right", "column"), RIGHT_COLUMNS.items())
def test_each_right_is_given_alone_and_one_way(an, duc, tie, right, column):
    tie(an, "friend", duc, **{column: True})
    held = {each for each in RIGHT_COLUMNS if rights.holds(duc.id, an.id, each)}
    assert held == {right}
    assert not any(rights.holds(an.id, duc.id, each) for each in RIGHT_COLUMNS)


def test_a_right_comes_through_any_of_two_relationships(an, duc, tie):
    tie(an, "friend", duc)
    tie(an, "colleague", duc, share_loyalty_benefits=True)
    assert rights.holds(duc.id, an.id, "loyalty_benefits")


def test_a_right_is_not_inherited(an, duc, guest, tie):
    lan = guest("Lê Lan")
    tie(an, "spouse", duc, can_make_bookings=True)
    tie(duc, "spouse", lan, can_make_bookings=True)
    assert not rights.holds(lan.id, an.id, "bookings")
