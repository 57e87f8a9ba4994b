"""Signing in: the same answer to all who fail, a bounded number of tries, a new session."""

import html
import re
import statistics
import time
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.auth import attempts, services
from app.auth.models import SignInAttempt, User
from app.core.clock import now
from app.core.web import client_address
from app.extensions import db
from tests.auth.conftest import cookie_of
from tests.conftest import PASSWORD
from tests.page import PageClient


def test_the_right_name_and_password_lead_on(person, client, audited):
    person("manager")
    answer = client.post("/sign-in", {"username": " Manager ", "password": PASSWORD,
                                      "next": "/account?x=1"})  # fmt: skip
    assert answer.headers["Location"] == "/account?x=1"
    assert audited("session.started") == ["done"]
    assert client.get("/account").status_code == 200


def test_unknown_disabled_and_wrong_get_the_same_answer(person, app):
    person("manager")
    person("marketing").disabled_at = now()
    db.session.commit()
    tries = [("nobody", PASSWORD), ("manager", "wrong"), ("marketing", PASSWORD)]
    pages = set()
    for name, password in tries:
        browser = PageClient(app.test_client())
        page = browser.post("/sign-in", {"username": name, "password": password}, 422)
        pages.add(re.sub(r'name="csrf_token" value="[^"]+"', "", page.text).replace(name, "…"))
    assert len(pages) == 1


def test_unknown_and_known_take_the_same_time(person, app):
    person("manager")
    times = {"manager": [], "nobody": []}
    for _ in range(9):
        for name, taken in times.items():
            start = time.perf_counter()
            assert services.prove(name, "wrong password") is None
            taken.append(time.perf_counter() - start)
    fast, slow = sorted(statistics.median(taken) for taken in times.values())
    assert fast / slow > 0.7, times
    assert statistics.median(times["nobody"]) > 0.005, "no hash was computed for a stranger"


def test_the_eleventh_try_waits_and_says_how_long(person, client):
    person("manager")
    for _ in range(10):
        client.sign_in("manager", "wrong", 422)
    page = client.sign_in("manager", PASSWORD, 429)
    assert "Try again in 5 minutes" in page.text
    assert 0 < int(page.headers["Retry-After"]) <= 300


def test_others_at_the_same_address_still_get_in(person, as_role, client):
    person("manager")
    for _ in range(10):
        client.sign_in("manager", "x", 422)
    client.sign_in("manager", PASSWORD, 429)
    as_role("front_desk").get("/account")


def test_a_lock_holds_at_every_address_and_no_header_lifts_it(person, app):
    person("manager")
    statuses = []
    for number in range(12):
        browser = PageClient(app.test_client())
        token = browser.csrf_token()
        answer = browser.client.post(
            "/sign-in",
            data={"csrf_token": token, "username": "manager", "password": "x"},
            headers={"X-Forwarded-For": f"10.0.0.{number}", "X-Real-IP": f"10.0.0.{number}"},
            environ_base={"REMOTE_ADDR": f"192.0.2.{number}"},
        )
        statuses.append(answer.status_code)
    assert statuses == [422] * 10 + [429] * 2


def test_one_address_cannot_try_many_names(client):
    for number in range(10):
        client.sign_in(f"name{number}", "x", 422)
    client.sign_in("name10", "x", 429)


def test_no_lock_is_for_ever(person, client):
    person("manager")
    for _ in range(10):
        client.sign_in("manager", "wrong", 422)
    for _ in range(3):
        client.sign_in("manager", PASSWORD, 429)
    db.session.execute(update(SignInAttempt).values(at=now() - timedelta(minutes=5, seconds=1)))
    db.session.commit()
    client.sign_in("manager", PASSWORD)


def test_tries_sent_at_once_are_counted_too(together):
    waits = together(lambda: attempts.try_account("manager", "192.0.2.1"), 20)
    assert sum(wait is None for wait in waits) == 10


def test_success_forgets_the_failures_before_it(person, client):
    person("manager")
    for _ in range(9):
        client.sign_in("manager", "wrong", 422)
    client.sign_in("manager", PASSWORD)
    assert db.session.query(SignInAttempt).count() == 0
    db.session.rollback()


def test_what_was_typed_as_a_name_is_not_stored(client):
    client.sign_in("my secret password", "x", 422)
    keys = {key for row in db.session.query(SignInAttempt) for key in (row.key, row.source)}
    db.session.rollback()
    assert not any("secret" in key for key in keys)


def test_failed_tries_are_audited_without_the_typed_name(client, audited):
    client.sign_in("my secret password", "x", 422)
    assert audited("session.started") == ["refused"]


def test_a_planted_cookie_is_not_taken_over(person, app):
    person("manager")
    browser = PageClient(app.test_client())
    token = browser.csrf_token()
    before = cookie_of(browser)
    browser.post("/sign-in", {"username": "manager", "password": PASSWORD}, token=token)
    assert cookie_of(browser) != before
    thief = PageClient(app.test_client())
    thief.client.set_cookie("guestbook", before)
    assert thief.get("/account", 303).headers["Location"].startswith("/sign-in")
    assert browser.csrf_token() != token


def test_signing_in_again_ends_the_session_before(as_role, app):
    browser = as_role("manager")
    before, token = cookie_of(browser), browser.csrf_token()
    browser.post("/sign-in", {"username": "manager", "password": PASSWORD}, token=token)
    thief = PageClient(app.test_client())
    thief.client.set_cookie("guestbook", before)
    thief.get("/account", 303)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example",
        "\\\\evil.example", "http:evil.example", "javascript:alert(1)", "/\t/evil.example",
        "/\n/evil.example", "\t//evil.example", " //evil.example", "https:/evil.example",
        "evil.example", "//evil.example/%2f..", "/ /evil.example", "@evil.example",
        "data:text/html,x",
    ],
)  # fmt: skip
def test_nobody_is_led_to_another_site(person, client, target):
    person("manager")
    data = {"username": "manager", "password": PASSWORD, "next": target}
    assert client.post("/sign-in", data).headers["Location"] == "/"
    assert client.post("/preferences", {"theme": "dark", "next": target}).headers["Location"] == "/"


def test_a_stranger_is_led_to_sign_in_and_back(person, client):
    person("manager")
    answer = client.get("/account?tab=1", 303)
    assert answer.headers["Location"] == "/sign-in?next=/account?tab%3D1"
    by_htmx = client.fragment("/account", 401, headers={"HX-Current-URL": "http://localhost/staff"})
    assert by_htmx.headers["HX-Redirect"] == "/sign-in?next=/staff"


def test_what_was_typed_when_the_session_ended_is_kept(as_role, pass_time):
    browser = as_role("administrator")
    token = browser.csrf_token()
    pass_time(61)
    data = {"name": "Đỗ Đức", "username": "duc", "role": "manager", "email": ""}
    page = browser.post("/staff", data, 401, token=token)
    assert "What you typed is kept" in page.text
    kept = page.text.split('name="carried" value="')[1].split('"')[0]
    back = browser.client.post("/sign-in", data={
        "csrf_token": token, "username": "administrator", "password": PASSWORD, "next": "/staff",
        "carried": html.unescape(kept)})  # fmt: skip
    assert back.status_code == 200
    assert "Đỗ Đức" in back.text
    assert 'action="/staff"' in back.text


def test_a_person_is_found_by_any_case_of_the_name(person):
    user = person("manager")
    assert services.find_user("MANAGER ") == user
    assert isinstance(user, User)
    db.session.rollback()


def test_who_has_a_network_of_addresses_counts_as_one(app):
    statuses = []
    for number in range(11):
        browser = PageClient(app.test_client())
        browser.client.environ_base["REMOTE_ADDR"] = f"2001:db8::{number + 1:x}"
        sent = {"csrf_token": browser.csrf_token(), "username": f"name{number}", "password": "x"}
        statuses.append(browser.client.post("/sign-in", data=sent).status_code)
    assert statuses == [422] * 10 + [429]


@pytest.mark.parametrize(
    ("said", "kept"),
    [("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("fe80::1%eth0", "fe80::1"),
     ("192.0.2.1:4711", "192.0.2.1:4711"), ("x" * 60, "x" * 45), ("", None)],
)  # fmt: skip
def test_an_address_is_kept_in_one_style_and_fits_its_column(app, said, kept):
    with app.test_request_context(environ_base={"REMOTE_ADDR": said}):
        assert client_address() == kept
