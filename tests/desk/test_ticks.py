"""Ticking tasks: the wanted state, taken back, by two tablets at once, and by who may not."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.actor import HOUSE
from app.core.clock import now
from app.core.errors import Conflict, Invalid, NotAllowed
from app.customers import services as guests
from app.desk import tasks, ticks
from app.desk.models import Tick
from app.desk.ticks import Wanted
from app.extensions import db
from app.stays import bookings, departures

COT = "request:Baby cot"


@pytest.fixture
def cot(book):
    """A booking that asks for a cot."""
    return book(special_requests=["Baby cot"])


@pytest.fixture
def tick(party, actor_of):
    """`tick(booking, "done")`: ticks the cot as somebody of front desk; commits."""

    def set_it(booking, state="done", role="front_desk", **more):
        held = bookings.hold(booking.id)
        task = next(t for t in tasks.of_party(party(held), care=True) if t.key == COT)
        told = ticks.set_tick(
            bookings.hold(booking.id), task, Wanted(state, **more), by=actor_of(role)
        )
        db.session.commit()
        return told

    return set_it


def stored() -> list[tuple[str, str | None, str]]:
    rows = db.session.scalars(select(Tick).order_by(Tick.id)).all()
    found = [(row.state, row.reason, row.changed_name) for row in rows]
    db.session.rollback()
    return found


def seen_before() -> object:
    return now() - timedelta(minutes=1)


def path(booking) -> str:
    return f"/desk/bookings/{booking.id}/ticks"


def test_a_touch_does_a_task_and_shows_who_did_it(as_role, cot):
    browser = as_role()
    answer = browser.post(path(cot), {"done": COT}, 200, headers={"HX-Request": "true"})
    assert f'id="party-{cot.id}"' in answer.text
    assert 'hx-swap-oob="outerMorph"' in answer.text
    assert "Front_Desk" in answer.text
    assert stored() == [("done", None, "Front_Desk")]


def test_without_javascript_it_leads_back_to_the_card(as_role, cot):
    answer = as_role().post(path(cot) + "?department=kitchen", {"done": COT})
    assert answer.headers["Location"].endswith(f"/desk?department=kitchen#party-{cot.id}")


def test_sent_twice_it_is_one_tick_with_one_entry(tick, cot, audited):
    assert tick(cot).applied
    assert not tick(cot).applied
    assert len(stored()) == 1
    assert audited("task.ticked") == ["done"]


def test_a_tick_can_be_taken_back(tick, cot, monkeypatch):
    tick(cot)
    monkeypatch.setattr(ticks, "SLIP", timedelta(0))
    assert tick(cot, "open").applied
    assert [state for state, _, _ in stored()] == ["open"]


def test_a_double_touch_does_not_take_it_back(tick, cot):
    tick(cot)
    assert not tick(cot, "open").applied
    assert [state for state, _, _ in stored()] == ["done"]


def test_what_is_not_possible_needs_a_reason(as_role, tick, cot):
    with pytest.raises(Invalid):
        tick(cot, "not_possible")
    db.session.rollback()
    page = as_role().post(path(cot), {"key": COT, "state": "not_possible"}, 422)
    assert "Why not" in page.text
    as_role().post(path(cot), {"key": COT, "state": "not_possible", "reason": "All are taken"})
    assert [row[:2] for row in stored()] == [("not_possible", "All are taken")]


def test_a_fault_in_the_dialog_stays_in_the_dialog(as_role, cot):
    sent = {"key": COT, "state": "not_possible"}
    page = as_role().post(path(cot), sent, 422, headers={"HX-Request": "true"})
    assert 'hx-target="#dialog-slot"' in page.text


def test_whoever_comes_second_is_told_who_was_first_and_changes_nothing(tick, as_role, cot):
    before = seen_before()
    tick(cot, "not_possible", reason="None left")
    late = tick(cot, "done", role="manager", seen=before)
    assert (late.first, late.applied) == (True, False)
    sent = {"done": COT, "seen": before.isoformat()}
    answer = as_role("manager").post(path(cot), sent, 200, headers={"HX-Request": "true"})
    assert "Front_Desk was first" in answer.text
    assert [row[:2] for row in stored()] == [("not_possible", "None left")]


def test_who_saw_the_present_state_may_change_it(tick, cot):
    tick(cot, "not_possible", reason="None left")
    assert tick(cot, "done", role="manager", seen=now()).applied
    assert [row[0] for row in stored()] == ["done"]


def test_ones_own_other_tablet_does_not_stand_in_the_way(tick, cot):
    before = seen_before()
    tick(cot)
    assert tick(cot, "declined", seen=before).applied


def test_two_tablets_at_once_make_one_tick(application, cot, as_role):
    booking_id, address = cot.id, path(cot)
    browsers = [as_role("front_desk"), as_role("manager")]
    sent = {"done": COT, "seen": seen_before().isoformat()}
    tokens = [browser.csrf_token() for browser in browsers]
    db.session.commit()
    statuses = []

    def touch(browser, token):
        answer = browser.client.post(address, data=sent | {"csrf_token": token})
        statuses.append(answer.status_code)

    threads = [
        threading.Thread(target=touch, args=pair) for pair in zip(browsers, tokens, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [303, 303]
    rows = db.session.scalars(select(Tick).where(Tick.booking_id == booking_id)).all()
    assert [row.state for row in rows] == ["done"]


def test_nothing_is_ticked_once_the_stay_is_over(as_role, tick, staying):
    booking = staying(special_requests=["Baby cot"])
    departures.check_out(bookings.hold(booking.id), {}, by=HOUSE)
    db.session.commit()
    with pytest.raises(Conflict):
        tick(booking)
    db.session.rollback()
    answer = as_role().post(path(booking), {"done": COT}, 200, headers={"HX-Request": "true"}).text
    assert "This stay is over" in answer
    assert f'id="party-{booking.id}" hx-swap-oob' in answer


def test_a_task_that_nobody_asks_for_any_more_is_told_beside_the_card(as_role, cot):
    desk, htmx = as_role(), {"HX-Request": "true"}
    for sent in ({"done": "request:Helicopter"}, {}):
        answer = desk.post(path(cot), sent, 200, headers=htmx).text
        assert "This is not asked for any more." in answer
        assert f'id="party-{cot.id}" hx-swap-oob' in answer
    dialog = desk.fragment(f"{path(cot)}/new?key=request:Helicopter").text
    assert "This is not asked for any more." in dialog
    desk.post(path(cot), {"done": "request:Helicopter"})
    assert "This is not asked for any more." in desk.get("/desk").text
    desk.post(path(cot), {"key": COT, "state": "perhaps"}, 422)
    assert stored() == []


def test_a_care_task_is_named_for_those_who_may_see_it(as_role, book, guest, likes, party):
    an = guest()
    likes(an, food_allergies=["peanuts"])
    booking = book(an)
    assert [t.is_care for t in tasks.of_party(party(booking), care=True)] == [True]
    assert tasks.of_party(party(booking), care=False) == []
    as_role().post(path(booking), {"done": "food_allergies:peanuts"})
    history = as_role("administrator").get(f"/customers/{an.id}/history").text
    assert "ticked a task" in history
    assert "Peanuts" not in history
    assert "Peanuts" in as_role("manager").get(f"/customers/{an.id}/history").text


@pytest.mark.parametrize("role", ["marketing", "privacy_officer", "administrator"])
def test_who_does_not_serve_may_not_tick(as_role, actor_of, tick, cot, role):
    as_role(role).post(path(cot), {"done": COT}, 403)
    with pytest.raises(NotAllowed):
        tick(cot, role=role)


def test_a_stranger_is_asked_to_sign_in(client, cot, person):
    person("manager")
    client.post(path(cot), {"done": COT}, 401)


def test_the_ticks_of_a_companion_are_told_apart(as_role, book, guest, likes, party):
    an, friend = guest(), guest("Đỗ Đức")
    for one in (an, friend):
        likes(one, pillow_type=["firm"])
    booking = book(an, companions=[{"customer_id": friend.id}])
    keys = [task.key for task in tasks.of_party(party(booking), care=True)]
    assert keys == ["pillow_type:firm", f"{friend.id}/pillow_type:firm"]
    as_role().post(path(booking), {"done": keys[1]})
    assert "Đỗ Đức:" in db.session.scalar(select(Tick.task))


def test_what_was_done_before_the_page_was_opened_folds_away(as_role, tick, cot):
    tick(cot)
    page = as_role().get("/desk").text
    assert "1 settled" in page


def test_a_merged_guests_ticks_hold_with_their_booking(tick, cot):
    tick(cot)
    row = db.session.scalar(select(Tick))
    assert row.customer_id == guests.get(cot.customer_id).id
