"""Sessions: rows that end when they should, wherever the cookie is replayed."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app import health
from app.auth import sessions, staff_sessions
from app.auth.models import StaffSession
from app.extensions import db
from tests.auth.conftest import GOOD, cookie_of
from tests.conftest import PASSWORD
from tests.page import PageClient


def replay(app, cookie):
    thief = PageClient(app.test_client())
    thief.client.set_cookie("guestbook", cookie)
    return thief.client.get("/account").status_code


def test_a_cookie_is_worthless_after_sign_out(as_role, app):
    browser = as_role("manager")
    cookie = cookie_of(browser)
    assert replay(app, cookie) == 200
    answer = browser.post("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert replay(app, cookie) == 303


def test_a_session_ends_after_an_hour_without_use(as_role, pass_time):
    browser = as_role("manager")
    pass_time(61)
    assert browser.get("/account", 303).headers["Location"].startswith("/sign-in")


def test_a_session_ends_after_its_hours_however_busy(as_role, pass_time):
    browser = as_role("manager")
    pass_time(12 * 60 + 1, "created_at")
    assert browser.get("/account", 303).headers["Location"].startswith("/sign-in")


def test_use_keeps_a_session_awake(as_role, pass_time):
    browser = as_role("manager")
    pass_time(10)
    browser.get("/account")
    row = db.session.scalars(select(StaffSession)).one()
    assert not sessions.is_locked(row, staff_sessions.limits())
    pass_time(10, "created_at")
    browser.get("/account")


def test_what_a_page_asks_by_itself_keeps_no_session_awake(as_role, pass_time):
    browser = as_role("administrator")
    pass_time(10)
    before = db.session.scalar(select(StaffSession.seen_at))
    browser.fragment("/jobs", headers={"X-Background": "1"})
    assert db.session.scalar(select(StaffSession.seen_at)) == before
    browser.get("/jobs")
    assert db.session.scalar(select(StaffSession.seen_at)) > before


def test_only_the_digest_of_a_cookie_is_stored(as_role):
    browser = as_role("manager")
    row = db.session.scalars(select(StaffSession)).one()
    assert len(row.digest) == 32
    assert row.digest.hex() not in cookie_of(browser)
    db.session.rollback()


def test_one_sees_and_ends_ones_own_devices(as_role, app):
    here, there = as_role("manager"), as_role("manager")
    assert here.get("/account").text.count("/delete") >= 3
    other = db.session.scalar(select(StaffSession.id).order_by(StaffSession.id.desc()))
    here.post(f"/account/sessions/{other}/delete")
    there.get("/account", 303)
    here.get("/account")


def test_nobody_ends_the_sessions_of_others(as_role):
    victim = as_role("manager")
    theirs = db.session.scalar(select(StaffSession.id))
    as_role("front_desk").post(f"/account/sessions/{theirs}/delete", status=404)
    victim.get("/account")


def test_signing_out_everywhere_else_leaves_this_one(as_role):
    here, there, yonder = (as_role("manager") for _ in range(3))
    here.post("/account/sessions/delete")
    here.get("/account")
    there.get("/account", 303)
    yonder.get("/account", 303)


def test_a_new_password_ends_the_other_sessions(as_role, client):
    here, there = as_role("manager"), as_role("manager")
    data = {"current": PASSWORD, "password": GOOD, "again": GOOD}
    here.post("/account/password", data)
    here.get("/account")
    there.get("/account", 303)
    client.sign_in("manager", PASSWORD, 422)
    client.sign_in("manager", GOOD)


def test_the_wrong_present_password_changes_nothing(as_role, client):
    here = as_role("manager")
    data = {"current": "wrong", "password": GOOD, "again": GOOD}
    page = here.post("/account/password", data, 422)
    assert GOOD not in page.text
    client.sign_in("manager", PASSWORD)


def test_ended_sessions_are_counted_as_ended(as_role, app):
    as_role("manager").post("/sign-out")
    open_ones = select(func.count()).where(StaffSession.ended_at.is_(None))
    assert db.session.scalar(open_ones) == 0
    db.session.rollback()


def test_the_cookie_is_kept_from_scripts_and_other_sites(client):
    said = client.get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in said
    assert "SameSite=Lax" in said
    assert "Domain" not in said


def test_devices_are_named_as_people_know_them(app):
    ipad = ("Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
            " Version/17.4 Mobile/15E148 Safari/604.1")  # fmt: skip
    assert StaffSession(device=ipad).device_name == "Safari on iPad"
    assert StaffSession(device="curl/8").device_name == "An unknown device"


@pytest.mark.parametrize("path", ["/customers", "/sign-in", "/api/customers"])
def test_a_database_that_is_away_is_said_so_in_words(as_role, monkeypatch, path):
    browser = as_role("manager")

    def away(*_asked):
        raise OperationalError("SELECT", {}, Exception("connection refused"))

    monkeypatch.setattr(sessions, "live_session", away)
    answer = browser.client.get(path)
    assert answer.status_code == 503
    assert "The database is busy or away" in answer.text
    monkeypatch.undo()
    browser.get("/customers")


def test_a_page_for_everybody_says_so_too(as_role, monkeypatch):
    def away(*_asked):
        raise OperationalError("SELECT", {}, Exception("connection refused"))

    browser = as_role("manager")
    monkeypatch.setattr(sessions, "live_session", away)
    monkeypatch.setattr(health, "vault", away)
    answer = browser.client.get("/healthz")
    assert answer.status_code == 503
    assert "The database is busy or away" in answer.text
