"""The pages of bookings and stays: what staff see, what stops them, and nothing typed lost."""

import re
from decimal import Decimal

import pytest

from app.core.actor import HOUSE
from app.core.types import new_id
from app.customers import marks
from app.customers import services as guests
from app.extensions import db
from app.stays import bookings
from app.stays.history import Figures
from app.stays.models import Booking, Stay
from app.stays.views.history import seasons


@pytest.fixture
def banned(guest):
    made = guest("Đỗ Đức")
    reason = {"reason": "Left without paying"}
    marks.place(guests.hold(made.id), "blacklist", reason, by=HOUSE)
    db.session.commit()
    return made


def only() -> Booking:
    return db.session.query(Booking).one()


def new_path(guest) -> str:
    return f"/customers/{guest.id}/bookings"


@pytest.mark.parametrize("name", ["Nguyễn Thị Ánh Tuyết", "王小明", "O'Brien-Łukasz", "محمد"])
def test_a_booking_is_made_and_shown(as_role, guest, dates, name):
    an, desk = guest(name), as_role("front_desk")
    desk.get(f"{new_path(an)}/new")
    typed = dates | {"room_type": "Suite", "room_rate": "2400000",
                     "requests": "Late arrival\n\nQuiet", "q": ["Bé Na", ""],
                     "companion-0": ""}  # fmt: skip
    answer = desk.post(new_path(an), typed)
    booking = only()
    assert answer.headers["Location"] == f"/bookings/{booking.id}"
    assert booking.special_requests == ["Late arrival", "Quiet"]
    assert [each.name for each in booking.companions] == ["Bé Na"]
    page = desk.get(f"/bookings/{booking.id}").text
    for words in ("Suite", "Late arrival", "Bé Na", booking.reference, "made a booking"):
        assert words in page


def test_a_form_sent_twice_makes_one_booking(may, guest, dates):
    an, form_id = guest(), str(new_id())
    first = may.post(new_path(an), dates | {"form_id": form_id})
    second = may.post(new_path(an), dates | {"form_id": form_id})
    assert first.headers["Location"] == second.headers["Location"]
    assert only().customer_id == an.id


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(may, guest, dates):
    typed = dates | {
        "check_out": "2020-01-01", "room_type": "Garden Villa", "adults": "no",
        "q": ["Bé Na", "Somebody"], "companion-0": "", "booked_by": "", "requests": "Extra bed",
    }  # fmt: skip
    page = may.post(new_path(guest()), typed, 422).text
    for words in ("Garden Villa", "Somebody", "Bé Na", "Extra bed", "Choose the guest"):
        assert words in page
    assert db.session.query(Booking).count() == 0


def test_the_last_stay_is_suggested_and_taken_over_by_a_touch_only(may, guest, past, dates):
    an = guest()
    wishes = [{"request": "High floor", "fulfilled": True}]
    past(an, special_requests_fulfilled=wishes)
    page = may.get(f"{new_path(an)}/new").text
    assert "Deluxe Ocean View" in page
    assert 'id="room_type" list="room-types" name="room_type" type="text" value=""' in page
    typed = dates | {"requests": "Cot", "do": "take:requests"}
    page = may.post(new_path(an), typed, 200).text
    assert re.search(r"Cot\s+High floor", page)
    assert 'value="take:room_type"' in page
    whole = may.post(new_path(an), dates | {"do": "take:all"}, 200).text
    assert 'value="Deluxe Ocean View"' in whole
    assert 'value="take:' not in whole
    assert dates["check_in"] in whole
    assert db.session.query(Booking).count() == 0


def test_another_companion_is_a_touch(may, guest, dates):
    typed = dates | {"q": ["Bé Na", ""], "companion-0": "", "booked_by": "", "do": "more"}
    page = may.post(new_path(guest()), typed, 200).text
    assert 'name="companion-1"' in page
    assert 'value="Bé Na"' in page


def test_front_desk_is_sent_for_a_manager_and_loses_nothing(as_role, banned, dates):
    desk, typed = as_role("front_desk"), dates | {"room_type": "Garden Villa"}
    page = desk.get(f"{new_path(banned)}/new").text
    assert "Left without paying" in page
    page = desk.post(new_path(banned), typed | {"override_reason": "please"}, 409).text
    assert "Fetch a manager" in page
    assert "Left without paying" in page
    assert "Garden Villa" in page
    assert db.session.query(Booking).count() == 0


def test_who_may_not_read_notes_sees_that_it_stops_but_not_why(as_role, banned, dates):
    page = as_role("administrator").post(new_path(banned), dates, 409).text
    assert "on the blacklist" in page
    assert "Left without paying" not in page


def test_a_manager_lets_it_pass_with_a_reason(may, banned, dates):
    page = may.post(new_path(banned), dates, 409).text
    assert 'name="override_reason"' in page
    page = may.post(new_path(banned), dates | {"override_reason": " "}, 422).text
    assert "Please fill this in" in page
    may.post(new_path(banned), dates | {"override_reason": "Has paid since"})
    assert only().override_reason == "Has paid since"
    page = may.get(f"/bookings/{only().id}").text
    assert "Has paid since" in page
    assert "Left without paying" in page


def test_who_is_warned_later_is_seen_on_the_booking_before_it_is_changed(as_role, guest, book):
    an = guest()
    booking = book(an, arrive=3)
    marks.place(guests.hold(an.id), "warning", {"level": 2, "reason": "Noise"}, by=HOUSE)
    db.session.commit()
    desk = as_role("front_desk")
    assert "Noise" in desk.get(f"/bookings/{booking.id}").text
    assert "Fetch a manager" in desk.get(f"/bookings/{booking.id}/edit").text


def test_the_same_nights_are_shown_and_may_be_confirmed(may, guest, book, dates):
    an = guest()
    other = book(an, arrive=4)
    page = may.post(new_path(an), dates, 409).text
    assert other.reference in page
    may.post(new_path(an), dates | {"do": "despite"})
    assert db.session.query(Booking).count() == 2


def test_two_who_change_one_booking_see_each_other(may, as_role, book, dates):
    booking = book(arrive=3)
    where, version = f"/bookings/{booking.id}", str(booking.version)
    as_role("guest_relations").post(where, dates | {"version": version, "room_type": "Suite"})
    typed = dates | {"version": version, "room_type": "Twin"}
    page = may.post(where, typed, 409).text
    assert "Somebody changed this booking" in page
    assert "Suite" in page
    assert 'value="Twin"' in page
    fresh = re.search(r'name="version" value="(\d+)"', page)[1]
    may.post(where, typed | {"version": fresh})
    db.session.expire_all()
    assert only().room_type == "Twin"
    may.post(where, typed | {"version": "x"}, 422)


def test_a_booking_is_cancelled_and_made_valid_again(may, book):
    booking = book(arrive=0)
    where = f"/bookings/{booking.id}"
    may.post(f"{where}/cancellations", {"reason": "Flight cancelled"})
    page = may.get(where).text
    assert "Flight cancelled" in page
    assert f"{where}/edit" not in page
    may.get(f"{where}/edit", 303)
    may.post(f"{where}/cancellations", {})
    may.post(f"{where}/reinstatements", {})
    may.post(f"{where}/no-shows", {})
    db.session.expire_all()
    assert only().status == "no_show"


def test_what_cannot_be_is_said_on_the_bookings_page(may, book):
    where = f"/bookings/{book(arrive=2).id}"
    answer = may.post(f"{where}/no-shows", {})
    assert answer.headers["Location"] == where
    assert "still to come" in may.get(where).text


def test_bringing_back_a_stopped_booking_asks_for_a_reason(may, as_role, banned, day):
    held = guests.hold(banned.id)
    span = {"check_in_date": day(1), "check_out_date": day(2)}
    made = bookings.create(held, span, by=HOUSE, override="Paid")
    bookings.cancel(made, None, by=HOUSE)
    made.override_at = None
    db.session.commit()
    where = f"/bookings/{made.id}/reinstatements"
    assert "Fetch a manager" in as_role("front_desk").post(where, {}, 409).text
    assert "override_reason" in may.post(where, {}, 409).text
    may.post(where, {"override_reason": "Paid in full"})
    assert only().status == "confirmed"


def test_who_may_read_sees_no_button_and_who_writes_anyway_is_refused(may_read, may_not, book):
    booking = book()
    where = f"/bookings/{booking.id}"
    page = may_read.get(where).text
    assert "edit" not in page
    assert "cancellations" not in page
    may_read.get(f"{where}/edit", 403)
    for path in ("", "/cancellations", "/no-shows", "/reinstatements"):
        may_read.post(where + path, {}, 403)
    may_read.post(f"/customers/{booking.customer_id}/bookings", {}, 403)
    may_not.get(where, 303)


def test_the_tab_shows_what_is_to_come_what_was_and_its_figures(may, guest, past, book):
    an = guest()
    past(an, ago=30, satisfaction_score=9, staff_notes="Asked for a late check-out",
         compliments=[{"text": "Great breakfast"}],
         preferences_during_stay=[{"task": "Firm pillow", "outcome": "not_possible",
                                   "reason": "None left"}])  # fmt: skip
    past(an, ago=400, satisfaction_score=8)
    coming = book(an, arrive=3)
    page = may.get(f"/customers/{an.id}/stays").text
    for words in (coming.reference, "Deluxe Ocean View", "Asked for a late check-out", "8.5",
                  "Great breakfast", "Firm pillow", "None left", "When does this guest come?",
                  "As a table"):  # fmt: skip
        assert words in page
    part = may.fragment(f"/customers/{an.id}/stays").text
    assert part.count('aria-current="page"') == 1


@pytest.mark.parametrize(
    ("months", "answer"),
    [({1: 4, 2: 1}, "Mostly in January. Least often in February."),
     ({1: 4, 2: 1, 5: 1}, "Mostly in January."),
     ({1: 2, 7: 2, 8: 1}, "Mostly in January and July. Least often in August."),
     ({1: 1, 7: 1}, "In no month more than in another."), ({7: 3}, "Mostly in July.")],
)  # fmt: skip
def test_a_season_is_told_where_one_stands_out(app, months, answer):
    counted = tuple(months.get(n, 0) for n in range(1, 13))
    told = seasons(Figures(sum(counted), 0, Decimal(0), None, None, None, counted))
    assert told["answer"] == answer


def test_a_booking_that_nobody_ended_stands_out_when_its_days_are_over(may, guest, book):
    an = guest()
    book(an, arrive=-5)
    assert "Past, still open" in may.get(f"/customers/{an.id}/stays").text


def test_the_filter_is_an_address(may, guest, past, book, day):
    an = guest()
    past(an, ago=30, room_number="101")
    past(an, ago=400, room_number="202")
    bookings.cancel(bookings.hold(book(an, arrive=3).id), "Ill", by=HOUSE)
    db.session.commit()
    where = f"/customers/{an.id}/stays"
    page = may.get(f"{where}?from_date={day(-60)}").text
    assert "101" in page
    assert "room 202" not in page
    assert "Cancelled" in may.get(f"{where}?include_cancelled=true").text
    may.get(f"{where}?from_date=nonsense", 422)
    may.get(f"{where}?after=nonsense", 422)
    assert "No stay in these dates" in may.get(f"{where}?to_date=1999-01-01").text


def test_many_stays_come_in_pages_of_the_same_cost(may, guest, past, count_statements):
    an = guest()
    past(an, ago=5)
    may.get(f"/customers/{an.id}/stays")
    with count_statements() as few:
        may.get(f"/customers/{an.id}/stays")
    for n in range(60):
        past(an, ago=10 + n, room_number=str(n))
    with count_statements() as many:
        page = may.get(f"/customers/{an.id}/stays").text
    assert len(few) == len(many)
    assert page.count('class="card stay"') == 20
    older = re.search(r'href="([^"]+after=[^"]+)"', page)[1].replace("&amp;", "&")
    assert may.get(older).text.count('class="card stay"') == 20


def test_notes_of_a_stay_are_for_who_may_read_notes(as_role, guest, past):
    an = guest()
    past(an, staff_notes="Snores loudly", complaints=[{"text": "Cold soup", "resolved": False}],
         has_open_complaint=True)  # fmt: skip
    for role in ("marketing", "administrator"):
        page = as_role(role).get(f"/customers/{an.id}/stays").text
        assert "Open complaint" in page
        assert "Snores loudly" not in page
        assert "Cold soup" not in page
    assert "Cold soup" in as_role("front_desk").get(f"/customers/{an.id}").text


def test_a_stay_is_added_to_and_its_complaint_resolved(may, guest, past):
    an = guest()
    noted = [{"request": "Late tea", "fulfilled": None},
             {"request": "Sea view", "fulfilled": False, "reason": "Sold out"}]  # fmt: skip
    stay = past(an, complaints=[{"text": "Cold soup", "resolved": False, "resolution": None}],
                has_open_complaint=True, special_requests_fulfilled=noted)  # fmt: skip
    where = f"/stays/{stay.id}"
    may.get(f"{where}/edit")
    typed = {
        "version": "1", "satisfaction_score": "6", "staff_notes": "Talked to the chef",
        "complaints": ["Cold soup, twice", "Slow lift"], "compliments": ["Kind porter", ""],
        "compensation_provided": ["Dessert"], "request": ["Cot", "Late tea", "Sea view"],
        "fulfilled-0": "yes", "fulfilled-2": "no",
    }  # fmt: skip
    may.post(where, typed)
    may.post(where, typed, 409)
    may.post(f"{where}/resolutions", {"number": "0", "how": ""}, 422)
    may.post(f"{where}/resolutions", {"number": "0", "how": "Dinner on the house"})
    may.post(f"{where}/resolutions", {"number": "0", "how": "again"}, 409)
    db.session.expire_all()
    now = db.session.get(Stay, stay.id)
    first, second = now.complaints
    assert (first["text"], first["resolution"]) == ("Cold soup, twice", "Dinner on the house")
    assert (first["resolved_by"], second["resolved"]) == ("Manager", False)
    assert now.has_open_complaint
    assert now.special_requests_fulfilled == [
        {"request": "Cot", "fulfilled": True}, {"request": "Late tea", "fulfilled": None},
        {"request": "Sea view", "fulfilled": False, "reason": "Sold out"},
    ]  # fmt: skip
    may.post(f"{where}/resolutions", {"number": "1", "how": "Repaired"})
    assert "Open complaint" not in may.get(f"/customers/{an.id}").text


def test_what_was_wrong_at_check_out_is_put_right_with_the_guests_figures(may, guest, stayed, past):
    an = guest()
    stay = stayed(an, total_room_charge=Decimal(1000000), total_extras=Decimal(200000))
    page = may.get(f"/stays/{stay.id}/edit").text
    assert 'name="total_room_charge" type="text" value="1000000"' in page
    typed = {"version": "1", "check_out": (stay.check_in_date).isoformat(), "purpose": "event",
             "total_room_charge": "900000", "total_extras": ""}  # fmt: skip
    for wrong in ("1999-01-01", "2999-01-01", ""):
        may.post(f"/stays/{stay.id}", typed | {"check_out": wrong}, 422)
    may.post(f"/stays/{stay.id}", typed)
    db.session.expire_all()
    assert (stay.nights, stay.total_amount, stay.purpose_of_visit) == (0, 900000, "event")
    now = guests.get(an.id)
    assert (now.total_stays, now.total_nights, now.total_spent) == (1, 0, 900000)
    assert "₫900,000" in may.get(f"/customers/{an.id}/history").text
    whole = past(an)  # of which another system told the total alone
    page = may.get(f"/stays/{whole.id}/edit").text
    assert 'name="total_room_charge" type="text" value="3000000"' in page
    added = {"version": "1", "check_out": whole.check_out_date.isoformat(),
             "total_room_charge": "3000000", "total_extras": "50000"}  # fmt: skip
    may.post(f"/stays/{whole.id}", added)
    db.session.expire_all()
    assert (whole.total_amount, guests.get(an.id).total_spent) == (3050000, 3950000)


def test_a_stay_is_not_changed_by_who_may_not(may_read, as_role, guest, past):
    stay = past(guest(), complaints=[{"text": "Cold soup", "resolved": False}])
    for browser in (may_read, as_role("administrator")):
        browser.get(f"/stays/{stay.id}/edit", 403)
        browser.post(f"/stays/{stay.id}", {"version": "1", "staff_notes": "x"}, 403)
        browser.post(f"/stays/{stay.id}/resolutions", {"number": "0", "how": "x"}, 403)


def test_a_booking_begins_from_the_list_and_through_the_picker(may, guest):
    an = guest()
    page = may.get("/customers").text
    assert f"/customers/{an.id}/bookings/new" in page
    assert "/bookings/new" in page
    may.get("/bookings/new")
    may.get("/bookings/new?q=Somebody", 422)
    answer = may.get(f"/bookings/new?guest={an.id}&q=An", 303)
    assert answer.headers["Location"] == f"/customers/{an.id}/bookings/new"
    may.get("/bookings/new?guest=nonsense", 404)


def test_a_merged_guest_leads_on_and_an_erased_one_is_gone(may, guest, dates):
    an, double, gone = guest(), guest("An hai"), guest("Ai")
    double.status, double.merged_into = "merged", an.id
    gone.status = "erased"
    db.session.commit()
    may.get(f"/customers/{double.id}/stays", 303)
    may.get(f"{new_path(double)}/new", 303)
    may.post(new_path(double), dates, 409)
    may.get(f"{new_path(gone)}/new", 404)
    may.post(new_path(gone), dates, 404)


def test_the_history_speaks_of_bookings_in_words(may, guest, dates):
    an = guest()
    may.post(new_path(an), dates | {"room_type": "Suite"})
    may.post(f"/bookings/{only().id}/cancellations", {"reason": "Ill"})
    page = may.get(f"/customers/{an.id}/history").text
    assert "made a booking" in page
    assert "cancelled a booking" in page
    assert "Room type" in page
