"""The board: who stands in which column, what a card says, and what it costs to draw."""

import re
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from app.core.actor import HOUSE
from app.customers import marks
from app.customers import services as guests
from app.desk import days
from app.desk.days import of_day
from app.desk.vocabulary import department_of
from app.extensions import db
from app.stays import bookings, departures
from app.stays.inputs import MOST_NIGHTS


def columns(answer) -> dict[str, str]:
    """Title of each column: its part of the page."""
    parts = re.split(r'<section class="desk-column[^"]*" aria-label="([^"]+)"', answer.text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_desk_is_where_front_desk_begins(as_role):
    assert as_role("front_desk").get("/", 303).headers["Location"].endswith("/desk")


def test_each_party_stands_in_one_column(as_role, book, guest, staying):
    book(guest("Đỗ Đức"))
    staying(guest("王小明"), arrive=-1, nights=3)
    staying(guest("O'Brien-Łukasz"), arrive=-2, nights=2)
    book(guest("Trần Văn Nam"), arrive=1)
    found = columns(as_role().get("/desk"))
    assert "Đỗ Đức" in found["Arriving"]
    assert "王小明" in found["In house"]
    assert "O&#39;Brien-Łukasz" in found["Leaving"]
    assert "Trần Văn Nam" not in "".join(found.values())


def test_who_did_not_come_yesterday_is_still_awaited(as_role, book):
    book(arrive=-1)
    assert "Due since" in columns(as_role().get("/desk"))["Arriving"]


def test_who_stays_too_long_is_among_those_who_leave(as_role, staying):
    booking = staying(arrive=-3, nights=3)
    booking.check_out_date -= timedelta(days=1)
    assert "Should have left" in columns(as_role().get("/desk"))["Leaving"]


def test_who_left_today_stays_on_the_board_and_who_left_early_too(as_role, staying):
    early = bookings.hold(staying(arrive=-1, nights=5).id)
    departures.check_out(early, {}, by=HOUSE)
    assert "Left at" in columns(as_role().get("/desk"))["Leaving"]


def test_a_cancelled_booking_is_not_on_the_board(as_role, book):
    bookings.cancel(bookings.hold(book().id), None, by=HOUSE)
    assert "Nguyễn Văn An" not in as_role().get("/desk").text


def test_another_day_goes_by_the_booked_dates(as_role, book, guest, day):
    book(guest("Đỗ Đức"), arrive=3, nights=2)
    browser = as_role()
    for later, column in ((3, "Arriving"), (4, "In house"), (5, "Leaving")):
        found = columns(browser.get(f"/desk?day={day(later).isoformat()}"))
        assert [name for name, part in found.items() if "Đỗ Đức" in part] == [column]


@pytest.mark.parametrize("arrive", [-1000, -2400])
def test_a_stay_of_any_length_stands_on_each_of_its_days(as_role, book, day, arrive):
    """Over by now, however long it was; the engine reads one index, and not all bookings."""
    booking = book(arrive=arrive, nights=MOST_NIGHTS)
    booking.status = "checked_out"
    db.session.commit()
    browser = as_role()
    for nights, column in ((0, "Arriving"), (1, "In house"), (500, "In house"), (999, "In house")):
        when = day(arrive + nights)
        found = columns(browser.get(f"/desk?day={when.isoformat()}"))
        assert [name for name, part in found.items() if "Nguyễn Văn An" in part] == [column], when
        if db.engine.dialect.name == "sqlite":
            asked = str(of_day(when).compile(db.engine, compile_kwargs={"literal_binds": True}))
            plan = "\n".join(
                row[3] for row in db.session.execute(text("EXPLAIN QUERY PLAN " + asked))
            )
            assert "SCAN bookings" not in plan, plan


@pytest.mark.parametrize("query", ["day=yesterday", "column=kitchen", "skip=-1", "department=bar"])
def test_nonsense_in_the_address_is_said_and_no_fault(as_role, query):
    as_role().get(f"/desk?{query}", 422)


@pytest.mark.parametrize("role", ["marketing", "privacy_officer", "administrator"])
def test_the_desk_is_for_those_who_serve(as_role, role):
    as_role(role).get("/desk", 403)


def test_a_card_tells_what_must_be_known(as_role, book, guest, likes, stayed):
    an = guest("Nguyễn Văn An", display_name="Bác An", vip_status="gold")
    stayed(an, complaint="Loud air conditioning", satisfaction_score=4)
    likes(an, food_allergies=["peanuts"], pillow_type=["firm"], mobility_assistance=["wheelchair"])
    held = guests.hold(an.id)
    marks.place(held, "attention", {"body": "Ring before noon", "reason": "asked"}, by=HOUSE)
    book(an, companions=[{"name": "Bé Na"}], special_requests=["Baby cot"])
    card = columns(as_role().get("/desk"))["Arriving"]
    for said in (
        "Bác An", "Gold", "Peanuts", "Wheelchair", "Ring before noon", "Bé Na", "Baby cot",
        "Loud air conditioning", "rated 4 of 10", "Firm", "Housekeeping", "Kitchen",
    ):  # fmt: skip
        assert said in card, said


def test_allergies_of_a_companion_stand_out_with_the_name(as_role, book, guest, likes):
    an, friend = guest(), guest("Đỗ Đức")
    likes(friend, food_allergies=["peanuts", "shellfish"], mobility_assistance=["wheelchair"])
    book(an, companions=[{"customer_id": friend.id}])
    desk = as_role()
    for path in ("/desk", "/desk/print/arrivals", "/desk/print/rooms"):
        page = desk.get(path).text
        assert "Đỗ Đức: Allergies: Peanuts, Shellfish" in page
        assert re.search(r"Đỗ Đức: Wheelchair", page)
    kitchen = desk.get("/desk/print/kitchen").text
    assert kitchen.count("Peanuts") == kitchen.count("Shellfish") == 1


def test_a_blacklisted_or_warned_companion_is_told(as_role, book, guest):
    an, friend = guest(), guest("Đỗ Đức")
    book(an, companions=[{"customer_id": friend.id}])
    warned = {"level": 4, "reason": "Shouted"}
    marks.place(guests.hold(friend.id), "warning", warned, by=HOUSE)
    assert "Đỗ Đức: Warning, level 4" in as_role().get("/desk").text


def test_the_kitchen_sees_its_own_tasks_and_nothing_else(as_role, book, guest, likes):
    an = guest()
    likes(an, pillow_type=["firm"], food_allergies=["peanuts"])
    book(an, special_requests=["Vegetarian breakfast", "Airport pick-up"])
    book(guest("Đỗ Đức"), special_requests=["Airport pick-up"])
    page = as_role().get("/desk?department=kitchen").text
    assert "Vegetarian breakfast" in page
    assert "Peanuts" in page
    for hidden in ("Airport pick-up", "Firm", "Đỗ Đức", "check-in"):
        assert hidden not in page


@pytest.mark.parametrize(
    ("request_", "department"),
    [("Two extra pillows", "housekeeping"), ("Thêm chăn mỏng", "housekeeping"),
     ("Bữa sáng chay", "kitchen"), ("NUT free meals", "kitchen"),
     ("Trả phòng muộn", "front_office"),
     ("Fantastic view, no team events", "front_office"), ("", "front_office")],
)  # fmt: skip
def test_a_request_goes_to_the_department_that_its_words_name(request_, department):
    assert department_of(request_) == department


def test_long_columns_come_in_portions(as_role, book, guest):
    for number in range(27):
        book(guest(f"Guest {number:02}"))
    browser = as_role()
    first = columns(browser.get("/desk"))["Arriving"]
    assert (first.count("<article"), "3 more" in first) == (24, True)
    fetch = re.search(r'hx-get="(/desk\?[^"]*skip=24[^"]*)"', first)[1].replace("&amp;", "&")
    rest = browser.fragment(fetch).text
    assert ([f"Guest {n}" in rest for n in (23, 24, 26)], "more" in rest) == (
        [False, True, True], False,
    )  # fmt: skip
    assert browser.get("/desk?all=1").text.count("<article") == 27


@pytest.fixture
def crowd(book, guest, likes, stayed):
    """`crowd(3)`: so many parties with everything, arriving."""

    def make(count: int) -> None:
        for number in range(count):
            one, friend = guest(f"Guest {number}"), guest(f"Friend {number}")
            stayed(one, complaint="Noise")
            likes(one, pillow_type=["firm"], food_allergies=["peanuts"])
            likes(friend, pillow_type=["soft"])
            book(one, companions=[{"customer_id": friend.id}], special_requests=["Baby cot"])

    return make


def test_the_page_costs_the_same_statements_for_3_and_for_60(as_role, crowd, count_statements):
    counts = []
    for more in (3, 57):
        crowd(more)
        browser = as_role()  # a session that was used a minute ago is noted as seen
        with count_statements() as said:
            browser.get("/desk?all=1")
        counts.append(len(said))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


@pytest.mark.parametrize("path", ["/desk?department=kitchen", "/desk/print/rooms"])
def test_other_faces_of_the_board_cost_the_same_too(as_role, crowd, count_statements, path):
    browser = as_role()
    counts = []
    for more in (2, 6):
        crowd(more)
        with count_statements() as said:
            browser.get(path)
        counts.append(len(said))
    assert counts[0] == counts[1]


def test_names_of_every_script_are_shown_as_they_are(as_role, book, guest):
    names = ("Nguyễn Thị Ánh Tuyết", "王小明", "محمد", "<b>Bob</b>")
    for name in names:
        book(guest(name))
    page = as_role().get("/desk").text
    assert "&lt;b&gt;Bob&lt;/b&gt;" in page
    assert all(name in page for name in names[:3])


def test_papers_hold_whoever_they_are_about(as_role, book, guest, staying):
    book(guest("Đến Sau"), special_requests=["Vegetarian breakfast"])
    staying(guest("Đến Rồi"), special_requests=["Vegetarian breakfast"])
    staying(guest("Ở Lại"), arrive=-1, nights=3, special_requests=["Vegetarian breakfast"])
    staying(guest("Sắp Đi"), arrive=-2, nights=2, special_requests=["Vegetarian breakfast"])
    gone = staying(guest("Đi Rồi"), arrive=-2, nights=2, special_requests=["Vegetarian breakfast"])
    departures.check_out(bookings.hold(gone.id), {}, by=HOUSE)
    desk = as_role()
    names = ("Đến Sau", "Đến Rồi", "Ở Lại", "Sắp Đi", "Đi Rồi")
    for kind, whom in (("arrivals", "11000"), ("rooms", "11100"), ("kitchen", "11110")):
        page = desk.get(f"/desk/print/{kind}").text
        assert "".join(str(int(name in page)) for name in names) == whom, kind
    assert "Came at" in desk.get("/desk/print/arrivals").text


def test_a_day_begins_once_also_where_clocks_change_at_midnight(app, monkeypatch):
    monkeypatch.setattr(days, "zone", lambda: ZoneInfo("America/Havana"))
    for day, begins in ((date(2026, 3, 8), 5), (date(2026, 11, 1), 4), (date(2026, 11, 2), 5)):
        assert days._midnight(day).astimezone(UTC).hour == begins
