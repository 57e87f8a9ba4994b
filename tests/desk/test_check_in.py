"""Check-in: two screens, what stops them, and two desks at once."""

import pytest

from app.core.actor import HOUSE
from app.core.clock import today
from app.customers import marks
from app.customers import services as guests
from app.extensions import db
from app.stays import arrivals, bookings

WHOLE = {
    "email": "an@example.vn", "phone": "0903124567", "date_of_birth": "1985-12-31",
    "nationality": "VN", "city": "Huế", "country": "VN", "preferred_language": "vi",
    "gender": "male",
}  # fmt: skip
PAPER = {"id_type": "passport", "id_number": "C1234567", "id_expiry_date": "2099-01-01"}


def path(booking, screen="") -> str:
    return f"/desk/bookings/{booking.id}/check-in{screen}"


def version(booking) -> dict[str, str]:
    return {"version": str(guests.get(booking.customer_id).version)}


def fresh(booking):
    db.session.rollback()
    return bookings.get(booking.id)


def test_from_the_paper_to_the_room_in_two_screens(as_role, book):
    booking, desk = book(), as_role()
    seen = PAPER | version(booking) | {"seen": "on"}
    assert desk.post(path(booking), seen).headers["Location"].endswith("/check-in/room")
    guest = guests.get(booking.customer_id)
    assert (guest.profile_verified, guest.id_number) == (True, "C1234567")
    assert guest.verified_by is not None
    assert guest.verification_date is not None
    filled = {"city": "Huế", "country": "VN", "phone": "0903124567", "email": "", "room": "201"}
    answer = desk.post(path(booking, "/room"), filled | version(booking))
    guest = guests.get(booking.customer_id)
    assert (guest.city, guest.phone, guest.email) == ("Huế", "+84903124567", None)
    assert answer.headers["Location"].endswith(f"/desk#party-{booking.id}")
    assert (fresh(booking).status, fresh(booking).room_number) == ("checked_in", "201")
    assert "is checked in to room 201" in desk.get("/desk").text


def test_the_number_on_file_is_shown_by_its_end_and_kept_when_left_empty(as_role, book, guest):
    booking, desk = book(guest(id_type="passport", id_number="C7654321")), as_role()
    page = desk.get(path(booking)).text
    assert "••••321" in page
    assert "C7654321" not in page
    desk.post(path(booking), {"id_type": "passport", "id_number": "", "seen": "on"}
              | version(booking))  # fmt: skip
    assert guests.get(booking.customer_id).id_number == "C7654321"


def test_a_paper_is_confirmed_only_by_who_says_to_have_seen_it(as_role, book):
    booking = book()
    page = as_role().post(path(booking), PAPER | version(booking), 422).text
    assert "C1234567" in page  # nothing typed is lost
    assert not guests.get(booking.customer_id).profile_verified


def test_confirming_is_on_record(as_role, book, audited):
    booking = book()
    as_role().post(path(booking), PAPER | version(booking) | {"seen": "on"})
    assert audited("identity.confirmed") == ["done"]


def test_a_paper_of_somebody_else_is_told_with_the_way_there(as_role, book, guest):
    other = guest("Đỗ Đức", id_type="passport", id_number="C1234567")
    booking, desk = book(), as_role()
    seen = PAPER | version(booking) | {"seen": "on"}
    page = desk.post(path(booking), seen, 409).text
    assert "Đỗ Đức" in page
    assert str(other.id) in page
    assert not guests.get(booking.customer_id).profile_verified
    desk.post(path(booking), seen | {"anyway": "on"})
    assert guests.get(booking.customer_id).profile_verified


def test_an_expired_paper_is_told_and_an_impossible_one_refused(as_role, book):
    booking, desk = book(), as_role()
    seen = PAPER | {"seen": "on", "id_expiry_date": "2020-01-01"}
    desk.post(path(booking), seen | version(booking))
    assert "This paper expired on" in desk.get(path(booking)).text
    desk.post(path(booking), seen | version(booking) | {"id_expiry_date": "soon"}, 422)


def test_what_somebody_else_saved_meanwhile_is_not_written_over(as_role, book):
    booking, desk = book(), as_role()
    old = version(booking)
    guests.update(guests.hold(booking.customer_id), {"id_type": "national_id"}, by=HOUSE)
    db.session.commit()
    desk.post(path(booking), PAPER | old | {"seen": "on"}, 409)
    assert guests.get(booking.customer_id).id_type == "national_id"


def test_who_may_not_see_papers_checks_in_without(as_role, book):
    booking, desk = book(), as_role("guest_relations")
    assert "id_number" not in desk.get(path(booking)).text
    desk.post(path(booking), PAPER | version(booking) | {"seen": "on"}, 403)
    desk.post(path(booking, "/room"), {"room": "201"})
    assert fresh(booking).status == "checked_in"


def test_only_what_is_missing_is_asked_and_nothing_where_nothing_is(as_role, book, guest):
    desk = as_role()
    page = desk.get(path(book(guest(**WHOLE | {"phone": None})), "/room")).text
    assert 'name="phone"' in page
    assert 'name="email"' not in page
    whole = book(guest("Đỗ Đức", **WHOLE | {"email": "duc@example.vn", "phone": "0903124568"}))
    assert "What the profile lacks" not in desk.get(path(whole, "/room")).text


def test_a_wrong_field_keeps_what_was_typed(as_role, book):
    booking = book()
    sent = {"phone": "nonsense", "city": "Đà Nẵng", "room": "201"} | version(booking)
    page = as_role().post(path(booking, "/room"), sent, 422).text
    for typed in ("nonsense", "Đà Nẵng", "201"):
        assert f'value="{typed}"' in page
    assert fresh(booking).status == "confirmed"


def test_what_is_filled_in_is_kept_by_the_second_desk_and_not_written_over(as_role, book):
    booking = book()
    old = version(booking)
    as_role("front_desk").post(path(booking, "/room"), {"city": "Huế", "room": "201"} | old)
    late = as_role("manager")
    late.post(path(booking, "/room"), {"phone": "0903124567", "room": "305"} | old)
    guest = guests.get(booking.customer_id)
    assert (guest.city, guest.phone, fresh(booking).room_number) == (
        "Huế", "+84903124567", "201",
    )  # fmt: skip
    other = book(guest)
    old = version(other)
    guests.update(guests.hold(other.customer_id), {"nationality": "VN"}, by=HOUSE)
    db.session.commit()
    page = late.post(path(other, "/room"), {"nationality": "FR", "room": "7"} | old, 409).text
    assert guests.get(other.customer_id).nationality == "VN"
    assert fresh(other).status == "confirmed"
    assert 'value="7"' in page


def test_the_second_of_two_desks_is_told_who_was_first(as_role, book):
    booking = book()
    as_role("front_desk").post(path(booking, "/room"), {"room": "201"})
    second = as_role("manager")
    second.post(path(booking, "/room"), {"room": "305"})
    page = second.get("/desk").text
    assert "is checked in already, by Front_Desk" in page
    assert fresh(booking).room_number == "201"
    for screen in ("", "/room"):
        second.get(path(booking, screen), 303)


def test_a_room_that_is_taken_is_said_and_the_form_stays(as_role, book, guest):
    arrivals.check_in(bookings.hold(book(guest("Đỗ Đức")).id), by=HOUSE, room="201")
    booking = book()
    page = as_role().post(path(booking, "/room"), {"room": "201"}, 409).text
    assert "Đỗ Đức" in page
    assert 'value="201"' in page
    assert fresh(booking).status == "confirmed"


@pytest.mark.parametrize(("arrive", "nights"), [(1, 2), (-3, 2)])
def test_a_wrong_day_is_said(as_role, book, arrive, nights):
    booking = book(arrive=arrive, nights=nights)
    page = as_role().post(path(booking, "/room"), {"room": "201"}, 409).text
    assert "Change its dates" in page


def test_a_blacklisted_guest_needs_a_manager_with_a_reason(as_role, book, guest):
    an = guest()
    booking = book(an)
    marks.place(guests.hold(an.id), "blacklist", {"reason": "Theft"}, by=HOUSE)
    db.session.commit()
    desk, manager = as_role("front_desk"), as_role("manager")
    assert "Only a manager" in desk.get(path(booking, "/room")).text
    desk.post(path(booking, "/room"), {"room": "201"}, 409)
    desk.post(path(booking, "/room"), {"room": "201", "override_reason": "He paid"}, 409)
    page = manager.post(path(booking, "/room"), {"room": "201"}, 409).text
    assert "Theft" in page
    assert fresh(booking).status == "confirmed"
    manager.post(path(booking, "/room"), {"room": "201", "override_reason": "He paid since"})
    assert fresh(booking).override_name == "Manager"


def test_a_cancelled_booking_leads_back_with_a_sentence(as_role, book):
    booking = book()
    bookings.cancel(bookings.hold(booking.id), None, by=HOUSE)
    desk = as_role()
    desk.get(path(booking), 303)
    assert "stands at: Cancelled" in desk.get("/desk").text
    desk.post(path(booking, "/room"), {"room": "201"})
    assert fresh(booking).status == "cancelled"


def test_who_comes_after_all_is_checked_in(as_role, book):
    booking = book()
    bookings.mark_no_show(bookings.hold(booking.id), None, by=HOUSE)
    as_role().post(path(booking, "/room"), {})
    assert fresh(booking).status == "checked_in"


@pytest.mark.parametrize("role", ["marketing", "administrator"])
def test_who_does_not_serve_may_not_check_in(as_role, book, role):
    booking = book()
    for screen in ("", "/room"):
        as_role(role).get(path(booking, screen), 403)
        as_role(role).post(path(booking, screen), {"room": "201"}, 403)
    assert fresh(booking).status == "confirmed"


def test_a_bookings_page_leads_to_the_check_in(as_role, book):
    booking = book()
    assert path(booking) in as_role().get(f"/bookings/{booking.id}").text
    assert booking.check_in_date == today()
