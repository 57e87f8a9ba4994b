"""The second factor: set up by its owner, demanded by the house, every code good for once."""

import re

import pyotp

from app.auth import second_factor, services
from app.auth.models import RecoveryCode, User
from app.core import crypto
from app.core.actor import HOUSE
from app.extensions import db
from tests.auth.conftest import cookie_of
from tests.conftest import PASSWORD
from tests.page import PageClient


def key_on(page):
    return re.search(r'name="secret" value="([A-Z2-7]{32})"', page.text)[1]


def test_setting_it_up_shows_a_picture_and_wants_a_code(as_role, reload):
    browser = as_role("manager")
    page = browser.get("/account/second-factor")
    secret = key_on(page)
    assert "<path d=" in page.text
    again = browser.post("/account/second-factor", {"secret": secret, "code": "000000"}, 422)
    assert key_on(again) == secret
    data = {"secret": secret, "code": pyotp.TOTP(secret).now()}
    where = browser.post("/account/second-factor", data).headers["Location"]
    codes = re.findall(
        r"<code>([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})</code>", browser.get(where).text
    )
    assert len(set(codes)) == 10
    assert browser.get(where, 303).headers["Location"] == "/account/second-factor"
    user = reload("manager")
    assert secret.encode() not in user.totp_sealed
    assert secret not in cookie_of(browser)


def test_signing_in_then_asks_for_the_code(person, with_phone, client):
    phone, _ = with_phone(person("manager"))
    answer = client.post("/sign-in", {"username": "manager", "password": PASSWORD,
                                      "next": "/account/password"})  # fmt: skip
    assert answer.headers["Location"] == "/sign-in/code?next=/account/password"
    client.get("/account", 303)
    client.get("/sign-in/code?next=/account/password")
    client.post("/sign-in/code", {"code": "12345"}, 422)
    data = {"code": f"{phone.now()[:3]} {phone.now()[3:]}", "next": "/account/password"}
    assert client.post("/sign-in/code", data).headers["Location"] == "/account/password"
    client.get("/account")


def test_the_code_alone_opens_nothing(person, with_phone, client):
    phone, _ = with_phone(person("manager"))
    client.post("/sign-in/code", {"code": phone.now()}, 422)
    client.get("/account", 303)


def test_a_code_works_once_even_for_another_sign_in(person, with_phone, app):
    phone, _ = with_phone(person("manager"))
    code = phone.now()
    for expected in (303, 422):
        browser = PageClient(app.test_client())
        browser.sign_in("manager", PASSWORD)
        browser.post("/sign-in/code", {"code": code}, expected)


def test_a_code_raced_by_many_works_once(person, with_phone, together):
    phone, _ = with_phone(person("manager"))
    code = phone.now()
    accepted = together(lambda: second_factor.accept(services.find_user("manager"), code), 20)
    assert accepted.count(True) == 1
    assert accepted.count(False) == 19


def test_a_recovery_code_raced_by_many_works_once(person, with_phone, together):
    _, codes = with_phone(person("manager"))
    code = codes[3].upper().replace("-", " ")
    accepted = together(lambda: second_factor.accept(services.find_user("manager"), code), 8)
    assert accepted.count(True) == 1


def test_recovery_codes_are_not_readable_in_the_database(person, with_phone):
    _, codes = with_phone(person("manager"))
    stored = b"".join(db.session.scalars(db.select(RecoveryCode.digest)))
    db.session.rollback()
    assert not any(code.encode() in stored for code in codes)
    assert len(stored) == 160


def test_codes_of_a_colleague_do_not_work(person, with_phone, client):
    with_phone(person("manager"))
    _, codes = with_phone(person("front_desk"))
    client.sign_in("manager", PASSWORD)
    client.post("/sign-in/code", {"code": codes[0]}, 422)


def test_guessing_codes_is_slowed_down(person, with_phone, client):
    phone, _ = with_phone(person("manager"))
    client.sign_in("manager", PASSWORD)
    for _ in range(5):
        client.post("/sign-in/code", {"code": "000000"}, 422)
    client.post("/sign-in/code", {"code": phone.now()}, 429)


def test_a_role_of_the_setting_must_set_it_up_before_anything_else(as_role, with_settings):
    browser = as_role("administrator")
    with_settings(second_factor_roles=frozenset({"administrator"}))
    for path in ("/staff", "/account", "/tokens"):
        assert browser.get(path, 303).headers["Location"] == "/account/second-factor"
    page = browser.get("/account/second-factor")
    assert "Your role needs a second factor" in page.text
    assert 'href="/staff"' not in page.text
    secret = key_on(page)
    browser.post("/account/second-factor", {"secret": secret, "code": pyotp.TOTP(secret).now()},
                 token=re.search(r'csrf_token" value="([^"]+)"', page.text)[1])  # fmt: skip
    browser.get("/staff")


def test_others_may_turn_it_off_and_those_who_must_have_it_may_not(
    as_role, person, with_phone, with_settings, reload
):
    browser = as_role("manager")
    with_phone(person("manager"))
    with_settings(second_factor_roles=frozenset({"manager"}))
    browser.post("/account/second-factor/delete", status=403)
    with_settings(second_factor_roles=frozenset())
    browser.post("/account/second-factor/delete")
    assert reload("manager").totp_sealed is None
    assert second_factor.codes_left(reload("manager")) == 0


def test_new_recovery_codes_end_the_old_ones(as_role, person, with_phone):
    browser = as_role("manager")
    _, codes = with_phone(person("manager"))
    browser.post("/account/recovery-codes")
    user = db.session.scalars(db.select(User)).one()
    assert not second_factor.accept(user, codes[0])
    db.session.rollback()


def test_a_secret_moved_to_another_person_does_not_open(person, with_phone):
    with_phone(person("manager"))
    thief, manager = person("front_desk"), services.find_user("manager")
    thief.totp_sealed = manager.totp_sealed
    try:
        assert thief.totp is None
    except crypto.Unreadable:
        db.session.rollback()
    else:
        raise AssertionError("the secret opened for somebody else")


def test_a_secret_that_cannot_be_opened_can_still_be_taken_away(person, with_phone):
    with_phone(person("manager"))
    manager = services.find_user("manager")
    manager.totp_sealed = b"\x01 of another key"
    services.remove_second_factor(manager, by=HOUSE)
    assert manager.totp_sealed is None
