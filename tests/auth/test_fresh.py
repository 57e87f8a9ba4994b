"""Grave things ask for the password again when it was given more than five minutes ago."""

import html
import re

import pytest

from app.auth import guard
from app.auth.models import ApiToken, User
from app.extensions import db
from tests.auth.test_guard import WORDS, routes
from tests.conftest import PASSWORD


def test_what_must_be_fresh_is_declared(app):
    fresh = {
        endpoint
        for endpoint, method, _, _ in routes(app)
        if (terms := guard.terms_of(app, endpoint, method)) and terms.fresh
    }
    assert {
        "staff.create", "staff.renew_link", "staff.update_role", "staff.update_state",
        "staff.delete_second_factor", "tokens.create", "tokens.delete", "account.update_pin",
        "account.add_second_factor", "account.renew_recovery_codes",
    } <= fresh  # fmt: skip
    assert WORDS


def test_each_such_route_refuses_a_stale_session(app, as_role, pass_time):
    browser = as_role("administrator")
    token = browser.csrf_token()
    pass_time(6, "proven_at")
    for endpoint, method, path, needs in routes(app):
        if not guard.terms_of(app, endpoint, method).fresh or needs not in guard.PERMISSIONS:
            continue
        if "administrator" not in guard.PERMISSIONS[needs]:
            continue
        answer = browser.client.open(path, method=method, headers={"X-CSRFToken": token})
        assert answer.status_code in (303, 428), (method, path)
        if answer.status_code == 303:
            assert answer.headers["Location"].startswith("/confirm"), (method, path)


def test_a_form_comes_back_after_the_password_and_is_carried_out(as_role, pass_time):
    browser = as_role("administrator")
    token = browser.csrf_token()
    pass_time(6, "proven_at")
    data = {"name": "Kênh bán phòng", "scopes": ["guests.read", "guests.tag"], "days": "30"}
    page = browser.post("/tokens", data, 428, token=token)
    kept = html.unescape(page.text.split('name="carried" value="')[1].split('"')[0])
    sent = {"csrf_token": token, "password": PASSWORD, "carried": kept, "next": "/tokens"}
    back = browser.client.post("/confirm", data=sent)
    fields = re.findall(r'<textarea name="([^"]+)" hidden>\n([^<]*)</textarea>', back.text)
    assert ("name", "Kênh bán phòng") in fields
    again = {"csrf_token": token, "scopes": [v for n, v in fields if n == "scopes"]}
    again |= {n: v for n, v in fields if n != "scopes"}
    assert browser.client.post("/tokens", data=again).status_code == 303
    assert db.session.query(ApiToken).one().scopes == ["guests.read", "guests.tag"]
    db.session.rollback()


def test_a_page_comes_back_after_the_password(as_role, pass_time):
    browser = as_role("manager")
    token = browser.csrf_token()
    pass_time(6, "proven_at")
    where = browser.get("/account/pin", 303).headers["Location"]
    browser.get(where)
    answer = browser.post("/confirm", {"password": PASSWORD, "next": "/account/pin"}, token=token)
    assert answer.headers["Location"] == "/account/pin"
    browser.get("/account/pin")


def test_a_wrong_password_opens_nothing_and_is_slowed_down(as_role, pass_time):
    browser = as_role("manager")
    token = browser.csrf_token()
    pass_time(6, "proven_at")
    for _ in range(10):
        browser.post("/confirm", {"password": "x"}, 422, token=token)
    page = browser.post("/confirm", {"password": PASSWORD}, 429, token=token)
    assert "Try again in 5 minutes" in page.text
    browser.get("/account/pin", 303)


def test_htmx_asks_in_a_dialog(as_role, pass_time):
    browser = as_role("administrator")
    token = browser.csrf_token()
    pass_time(6, "proven_at")
    headers = {"HX-Request": "true"}
    asked = browser.post("/staff", {"name": "x"}, 428, token=token, headers=headers)
    assert "<dialog" in asked.text
    browser.post("/confirm", {"password": PASSWORD}, 200, token=token, headers=headers)
    browser.post("/staff", {"name": "x"}, 422, token=token)


FORGED = (
    "[]", "{}", "null", "{", '{"path":"//evil.example","fields":[]}', '{"path":"/x","fields":7}',
    '{"path":"https://evil.example","fields":[["a","b"]]}', '{"path":"/x","fields":[["a"]]}',
    "[" * 100_000, '{"path":"/x","fields":[["a","\\ud800"]]}', '{"path":"/\\ud800","fields":[]}',
)  # fmt: skip


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_kept_form_leads_nowhere(as_role, forged):
    browser = as_role("manager")
    answer = browser.post("/confirm", {"password": PASSWORD, "carried": forged, "next": "/account"})
    assert answer.headers["Location"] == "/account"
    assert db.session.query(User).count() == 1
    db.session.rollback()
