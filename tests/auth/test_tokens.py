"""Tokens of machines: shown once, stored as digests, ended on time or by hand."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.auth.models import ApiToken
from app.auth.permissions import SCOPES
from app.core.clock import now
from app.extensions import db
from tests.auth.conftest import cookie_of


def make(browser, **more):
    data = {"name": "Channel manager", "scopes": ["guests.read"], "days": "30"} | more
    return browser.post("/tokens", data)


def secret_on(page):
    return re.search(r'id="secret" value="(gb_[\w-]{43})"', page.text)[1]


def test_a_token_is_shown_once_and_stored_as_a_digest(as_role, audited):
    browser = as_role("administrator")
    where = make(browser).headers["Location"]
    assert "gb_" not in cookie_of(browser)
    secret = secret_on(browser.get(where))
    browser.get(where, 303)
    row = db.session.scalars(select(ApiToken)).one()
    assert secret.encode() not in row.digest
    assert row.hint == secret[:8]
    assert secret not in browser.get("/tokens").text
    assert audited("token.created") == ["done"]


def test_a_token_opens_what_its_scopes_say(as_role, app):
    browser = as_role("administrator")
    secret = secret_on(browser.get(make(browser).headers["Location"]))
    bearer = {"Authorization": f"Bearer {secret}"}
    machine = app.test_client()
    assert machine.get("/api/customers", headers=bearer).status_code == 200
    assert db.session.scalars(select(ApiToken)).one().used_at is not None
    assert machine.get("/account", headers=bearer).status_code == 303
    assert machine.post("/api/customers", headers=bearer, json={}).status_code == 403


@pytest.mark.parametrize("header", ["Bearer ", "Bearer gb_", "Basic Z2I6eA==", "Bearer x", "gb_x"])
def test_what_is_no_token_opens_nothing(client, header):
    answer = client.client.get("/api/customers", headers={"Authorization": header})
    assert answer.status_code == 401


def test_a_token_ends_on_its_day(machine):
    browser = machine("guests.read")
    db.session.execute(update(ApiToken).values(expires_at=now() + timedelta(minutes=1)))
    assert browser.get("/api/customers").status_code == 200
    db.session.execute(update(ApiToken).values(expires_at=now() - timedelta(seconds=1)))
    assert browser.get("/api/customers").status_code == 401


def test_a_revoked_token_ends_at_once_and_stays_listed(as_role, machine, audited):
    browser, door = as_role("administrator"), machine("guests.read")
    row = db.session.scalar(select(ApiToken.id))
    for _ in range(2):
        browser.post(f"/tokens/{row}/delete")
    assert door.get("/api/customers").status_code == 401
    assert "revoked" in browser.get("/tokens").text
    assert audited("token.revoked") == ["done"]


@pytest.mark.parametrize("more", [
    {"scopes": []}, {"scopes": ["staff.manage"]}, {"scopes": ["guests.read", "x"]}, {"name": ""},
    {"days": "100000"}, {"days": ""}, {"digest": "x"},
])  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_made(as_role, more):
    data = {"name": "Door", "scopes": ["guests.read"], "days": "30"} | more
    as_role("administrator").post("/tokens", data, 422)
    assert db.session.query(ApiToken).count() == 0
    db.session.rollback()


def test_changing_the_password_ends_ones_tokens_unless_kept(as_role, person):
    browser = as_role("administrator")
    make(browser)
    good, better = "unicorns walk at midnight", "brisk teapots sing at noon"
    old = "correct horse battery"
    assert "1 token of yours works now" in browser.get("/account/password").text
    data = {"current": old, "password": good, "again": good, "keep_tokens": "on"}
    browser.post("/account/password", data)
    assert db.session.scalars(select(ApiToken)).one().revoked_at is None
    browser.post("/account/password", {"current": good, "password": better, "again": better})
    db.session.expire_all()
    assert db.session.scalars(select(ApiToken)).one().revoked_at is not None
    db.session.rollback()


def test_the_empty_page_says_what_tokens_are_for(as_role):
    assert "No program has a token yet" in as_role("administrator").get("/tokens").text


def test_nobody_else_makes_or_ends_tokens(as_role, machine):
    machine("guests.read")
    row = db.session.scalar(select(ApiToken.id))
    browser = as_role("manager")
    browser.get("/tokens", 403)
    browser.post("/tokens", {"name": "x", "scopes": ["guests.read"], "days": "30"}, 403)
    browser.post(f"/tokens/{row}/delete", status=403)
    assert db.session.scalars(select(ApiToken)).one().revoked_at is None
    db.session.rollback()


def test_no_single_scope_has_to_be_ticked(as_role):
    page = as_role("administrator").get("/tokens/new").text
    boxes = re.findall(r"<input[^>]*type=\"checkbox\"[^>]*>", page)
    assert len(boxes) == len(SCOPES)
    assert not [box for box in boxes if "required" in box]
