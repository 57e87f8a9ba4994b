"""What a tablet learns while it lies open: all that a card shows and who stands on the lists."""

import re
from datetime import timedelta
from html import unescape

import pytest

from app.core.actor import HOUSE
from app.core.clock import now, today
from app.customers import marks
from app.customers import services as guests
from app.desk import news, services, tasks, ticks
from app.desk.ticks import Wanted
from app.desk.views import watch
from app.extensions import db
from app.stays import aftercare, arrivals, bookings

ANEW = "The lists have changed"


@pytest.fixture
def tablet(as_role, monkeypatch):
    """`tablet("/desk")` opens a board; the tablet then has `look()`: what its next look is told."""
    monkeypatch.setattr(watch, "SLACK", timedelta(0))

    class Tablet:
        def __init__(self, path="/desk", role="front_desk"):
            self.browser = as_role(role)
            self.page = self.browser.get(path).text
            self.address = self._address(self.page)

        def _address(self, text):
            return unescape(re.search(r'id="desk-watch" hx-get="([^"]+)"', text)[1])

        def look(self):
            db.session.commit()
            answer = self.browser.client.get(self.address, headers={"HX-Request": "true"})
            assert answer.status_code in (200, 204)
            if answer.status_code == 200:
                self.address = self._address(answer.text)
            return answer.text

    return Tablet


def tick(booking, party, state):
    task = tasks.of_party(party(booking), care=True)[0]
    ticks.set_tick(bookings.hold(booking.id), task, Wanted(state), by=HOUSE)


def test_a_tick_and_its_taking_back_are_told_and_move_nothing(tablet, book, party, monkeypatch):
    monkeypatch.setattr(ticks, "SLIP", timedelta(0))
    booking = book(special_requests=["Baby cot"])
    other = tablet("/desk?department=housekeeping", "manager")
    for state, pressed in (("done", "true"), ("open", "false")):
        tick(booking, party, state)
        told = other.look()
        assert f'aria-pressed="{pressed}"' in told
        assert ANEW not in told
        assert other.look() == ""


def _allergy(booking, likes):
    likes(guests.get(booking.customer_id), food_allergies=["peanuts"])


def _of_a_companion(booking, likes):
    likes(guests.get(booking.companions[0].companion_id), food_allergies=["peanuts"])


def _warning(booking, _likes):
    marks.place(guests.hold(booking.customer_id), "warning", {"level": 2, "reason": "Rude"},
                by=HOUSE)  # fmt: skip


def _name(booking, _likes):
    guests.update(guests.hold(booking.customer_id), {"display_name": "Bác Tám"}, by=HOUSE)


def _room(booking, _likes):
    bookings.change(bookings.hold(booking.id), {"room_number": "908"}, by=HOUSE)


@pytest.mark.parametrize(
    ("change", "words"),
    [(_allergy, "Peanuts"), (_of_a_companion, "Peanuts"), (_warning, "Rude"), (_name, "Bác Tám"),
     (_room, "908")],
)  # fmt: skip
def test_whatever_a_card_shows_is_drawn_over_where_it_stands(
    tablet, book, guest, likes, change, words
):
    booking = book(companions=[{"customer_id": guest("Đỗ Đức").id}])
    open_one = tablet()
    change(booking, likes)
    told = open_one.look()
    assert f'id="party-{booking.id}" hx-swap-oob="outerMorph"' in told
    assert words in told
    assert ANEW not in told


def test_a_complaint_made_good_is_told(tablet, book, stayed):
    booking = book()
    stay = stayed(guests.get(booking.customer_id), complaint="Noise")
    open_one = tablet()
    aftercare.resolve(aftercare.hold(stay.id), 0, "Moved", by=HOUSE)
    assert "Noise · settled" in open_one.look()


def _new(book, _booking):
    book()


def _cancelled(_book, booking):
    bookings.cancel(bookings.hold(booking.id), None, by=HOUSE)


def _moved_away(_book, booking):
    dates = {"check_in_date": today() + timedelta(days=3),
             "check_out_date": today() + timedelta(days=4)}  # fmt: skip
    bookings.change(bookings.hold(booking.id), dates, by=HOUSE)


def _came(_book, booking):
    arrivals.check_in(bookings.hold(booking.id), by=HOUSE, room="201")


@pytest.mark.parametrize(
    ("change", "words"),
    [(_new, None), (_cancelled, "Cancelled"), (_moved_away, "Now booked"), (_came, "Came at")],
)
def test_who_comes_and_goes_is_told_and_the_lists_move_when_asked(
    tablet, book, guest, change, words
):
    booking = book(guest("Đỗ Đức"))
    open_one = tablet()
    change(book, booking)
    told = open_one.look()
    assert ANEW in told
    assert words is None or words in told
    assert open_one.look() == ""  # told once, until something else happens
    assert ANEW not in tablet().look()


def test_what_is_taken_back_leaves_the_lists_as_they_were(tablet, book):
    booking = book()
    open_one = tablet()
    bookings.cancel(bookings.hold(booking.id), None, by=HOUSE)
    assert ANEW in open_one.look()
    bookings.reinstate(bookings.hold(booking.id), by=HOUSE)
    assert ANEW not in open_one.look()


def test_the_kitchen_learns_of_a_party_that_has_work_for_it_only_now(tablet, book, likes):
    booking = book()
    kitchen = tablet("/desk?department=kitchen")
    assert "<article" not in kitchen.page
    likes(guests.get(booking.customer_id), pillow_type=["firm"])
    assert ANEW not in kitchen.look()
    _allergy(booking, likes)
    assert ANEW in kitchen.look()


def test_what_happens_elsewhere_is_no_news(tablet, book, guest, likes):
    book()
    stranger = book(guest("Đỗ Đức"), arrive=9)
    open_one = tablet()
    likes(guests.get(stranger.customer_id), pillow_type=["firm"])
    told = open_one.look()
    assert "<article" not in told
    assert ANEW not in told


def test_ones_own_work_does_not_say_that_the_lists_have_changed(as_role, book):
    desk, booking = as_role(), book()
    desk.post(f"/desk/bookings/{booking.id}/check-in/room", {"room": "201"})
    page = desk.get("/desk").text
    address = unescape(re.search(r'id="desk-watch" hx-get="([^"]+)"', page)[1])
    assert ANEW not in desk.fragment(address).text


def test_after_midnight_the_board_says_that_it_is_another_days(tablet, book, monkeypatch):
    book()
    open_one = tablet()
    monkeypatch.setattr("app.desk.views.frame.today", lambda: today() + timedelta(days=1))
    assert ANEW in open_one.look()


def test_a_tablet_that_slept_loads_its_page_anew_and_much_news_says_so(
    tablet, book, likes, monkeypatch
):
    booking = book()
    open_one = tablet()
    long_ago = (now() - timedelta(hours=3)).isoformat().replace("+", "%2B")
    for since in (long_ago, "0001-01-01T00:00:00%2B00:00"):
        woken = open_one.browser.fragment(f"/desk/changes?since={since}", 204)
        assert woken.headers["HX-Refresh"] == "true"
    monkeypatch.setattr(news, "MOST", 1)
    _allergy(booking, likes)
    assert ANEW in open_one.look()


def test_looking_is_no_news_and_a_departure_is(staying):
    booking = staying(special_requests=["Baby cot"])
    began = now() + timedelta(milliseconds=1)  # ids are told apart by milliseconds
    guests.record_view(booking.customer_id, "stays", by=HOUSE)
    db.session.commit()
    assert not news.since(began)
    services.check_out(bookings.hold(booking.id), {}, by=HOUSE)
    db.session.commit()
    assert booking.id in news.since(began).bookings


@pytest.mark.parametrize(("path", "most"), [("/desk", 13), ("/desk?department=kitchen", 15)])
def test_a_look_costs_one_statement_in_vain_and_as_many_for_one_as_for_many(
    tablet, book, guest, likes, count_statements, path, most
):  # fmt: skip
    parties = [book(guest(f"Guest {n}"), special_requests=["Baby cot"]) for n in range(9)]
    open_one, counts = tablet(path), []

    def cost():
        with count_statements() as said:
            open_one.look()
        return len([each for each in said if each != "BEGIN"])

    assert cost() == 2  # who asks, and the end of the log
    for some in (parties[:1], parties[1:]):
        for each in some:
            likes(guests.get(each.customer_id), pillow_type=["firm"], food_allergies=["peanuts"])
        counts.append(cost())
    assert counts[0] == counts[1] <= most
