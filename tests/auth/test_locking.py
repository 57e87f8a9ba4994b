"""Locking a device: nothing shows until its owner is there, and nothing typed is lost."""

import html

import pytest

from app.auth import sessions
from app.auth.models import StaffSession
from app.extensions import db
from tests.auth.conftest import cookie_of
from tests.conftest import PASSWORD


@pytest.fixture
def tablet(as_role, person):
    """A browser of somebody with a PIN, and a token of its session."""
    browser = as_role("administrator")
    sessions.set_pin(person("administrator"), "8305")
    db.session.commit()
    return browser, browser.csrf_token()


def test_the_button_locks_every_page_until_the_pin(tablet):
    browser, token = tablet
    answer = browser.post("/lock", token=token, headers={"Referer": "http://localhost/staff/new"})
    assert answer.headers["Location"] == "/unlock?next=/staff/new"
    for path in ("/staff", "/account", "/jobs", "/confirm"):
        assert browser.get(path, 303).headers["Location"].startswith("/unlock")
    browser.get("/unlock")
    back = browser.post("/unlock", {"pin": "8305", "next": "/staff/new"}, token=token)
    assert back.headers["Location"] == "/staff/new"
    browser.get("/staff")


def test_a_while_without_use_locks_too_and_stays(tablet, pass_time):
    browser, token = tablet
    pass_time(16)
    assert browser.get("/staff?x=1", 303).headers["Location"] == "/unlock?next=/staff?x%3D1"
    pass_time(0, "seen_at")
    browser.get("/staff", 303)
    browser.post("/unlock", {"pin": "8305"}, token=token)
    browser.get("/staff")


def test_a_locked_page_shows_nothing_of_the_house(tablet):
    browser, token = tablet
    browser.post("/lock", token=token)
    page = browser.get("/unlock").text
    assert 'href="/staff"' not in page
    assert "Sign in as someone else" in page


def test_htmx_is_led_away_as_a_whole_page(tablet):
    browser, token = tablet
    browser.post("/lock", token=token)
    answer = browser.fragment("/jobs", 401, headers={"HX-Current-URL": "http://localhost/jobs"})
    assert answer.headers["HX-Redirect"] == "/unlock?next=/jobs"
    assert not answer.get_data()


def test_the_fifth_wrong_pin_ends_the_session(tablet, app, audited):
    browser, token = tablet
    browser.post("/lock", token=token)
    for left in (4, 3, 2, 1):
        page = browser.post("/unlock", {"pin": "0001"}, 422, token=token)
        assert f"{left} tr" in page.text
    end = browser.post("/unlock", {"pin": "0001"}, token=token)
    assert end.headers["Location"].startswith("/sign-in")
    browser.get("/account", 303)
    assert audited("session.unlocked") == ["refused"] * 5


def test_pins_tried_at_once_are_counted_too(tablet, together):
    def guess():
        return sessions.unlock(db.session.scalars(db.select(StaffSession)).one(), "0001")

    together(guess, 12)
    row = db.session.scalars(db.select(StaffSession)).one()
    assert row.pin_failures == 5
    assert row.ended_at is not None
    assert not sessions.unlock(row, "8305")
    db.session.rollback()


def test_the_password_unlocks_too(tablet):
    browser, token = tablet
    browser.post("/lock", token=token)
    browser.post("/unlock", {"password": PASSWORD}, token=token)
    browser.get("/account")


def test_a_pin_is_no_proof_for_what_is_grave(tablet, pass_time):
    browser, token = tablet
    pass_time(16)
    browser.post("/unlock", {"pin": "8305"}, token=token)
    assert browser.get("/account/pin", 303).headers["Location"] == "/confirm?next=/account/pin"


def test_a_form_sent_to_a_locked_device_comes_back_after_the_pin(tablet, pass_time):
    browser, token = tablet
    pass_time(16)
    data = {"name": 'Đỗ <Đức> & "Co"', "username": "duc", "role": "manager", "email": ""}
    page = browser.post("/staff", data, 423, token=token)
    kept = html.unescape(page.text.split('name="carried" value="')[1].split('"')[0])
    after = browser.client.post(
        "/unlock", data={"csrf_token": token, "pin": "8305", "carried": kept, "next": "/staff"}
    )
    assert after.status_code == 200
    assert html.escape(data["name"], quote=True).replace("&#x27;", "&#39;") in after.text.replace(
        "&#34;", "&quot;"
    )
    assert 'action="/staff"' in after.text


def test_a_form_sent_by_htmx_stays_on_the_screen_under_a_dialog(tablet):
    browser, token = tablet
    browser.post("/lock", token=token)
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/staff/new"}
    asked = browser.post("/staff", {"name": "x"}, 423, token=token, headers=headers)
    assert asked.headers["HX-Retarget"] == "body"
    assert "<dialog" in asked.text
    wrong = browser.post("/unlock", {"pin": "0001"}, 422, token=token, headers=headers)
    assert "<dialog" in wrong.text
    right = browser.post("/unlock", {"pin": "8305"}, 200, token=token, headers=headers)
    assert "press the button again" in right.text


def test_a_colleague_signs_in_on_a_locked_tablet(tablet, person):
    browser, token = tablet
    person("front_desk")
    before = cookie_of(browser)
    browser.post("/lock", token=token)
    assert browser.post("/sign-out", token=token).headers["Location"] == "/sign-in"
    browser.sign_in("front_desk", PASSWORD)
    assert "Front desk" in browser.get("/account").text
    assert cookie_of(browser) != before


def test_secrets_are_never_kept_in_a_page(tablet, pass_time):
    browser, token = tablet
    pass_time(16)
    data = {"current": "my old password", "password": "p" * 20, "again": "p" * 20}
    answer = browser.post("/account/password", data, 303, token=token)
    assert "my old password" not in answer.text


def test_setting_and_removing_the_pin(as_role, reload):
    browser = as_role("manager")
    browser.post("/account/pin", {"pin": "1234"}, 422)
    assert reload("manager").pin_hash is None
    browser.post("/account/pin", {"pin": "7361"})
    assert reload("manager").pin_hash.startswith("$argon2id$")
    browser.post("/account/pin/delete")
    assert reload("manager").pin_hash is None


def test_the_wanted_language_is_not_changed_by_a_passer_by(tablet, reload):
    browser, token = tablet
    browser.post("/lock", token=token)
    browser.post("/preferences", {"locale": "vi"}, token=token)
    assert reload("administrator").language is None
