"""The first start: one token on the console makes one administrator, once."""

import re

from app.auth import links, services
from app.auth.models import User
from app.extensions import db
from tests.auth.conftest import GOOD

FORM = {"name": "Nguyễn Thị Ánh Tuyết", "username": "tuyet", "password": GOOD, "again": GOOD}


def printed_token(app):
    out = app.test_cli_runner().invoke(args=["setup", "token"]).output
    found = re.search(r"One-time token: (\S{32})", out)
    return found and found[1]


def test_there_are_no_accounts_to_begin_with(app, client):
    assert services.nobody_yet()
    db.session.rollback()
    client.sign_in("admin", "admin", 422)


def test_the_first_visit_asks_for_the_first_administrator(client):
    assert "Set Guestbook up" in client.get("/sign-in").text
    client.get("/setup")


def test_the_printed_token_makes_the_first_administrator(app, client):
    token = printed_token(app)
    client.post("/setup", FORM | {"token": token})
    assert "Administrator" in client.get("/account").text
    client.get("/setup", 303)
    assert printed_token(app) is None


def test_without_the_token_nothing_is_made(client, app):
    printed_token(app)
    for wrong in ("", "guess", "x" * 32):
        client.post("/setup", FORM | {"token": wrong}, 422)
    assert services.nobody_yet()
    db.session.rollback()


def test_a_newer_token_ends_the_older_one(app, client):
    first, second = printed_token(app), printed_token(app)
    client.post("/setup", FORM | {"token": first}, 422)
    client.post("/setup", FORM | {"token": second})


def test_guessing_tokens_is_slowed_down(client):
    for _ in range(10):
        client.post("/setup", FORM | {"token": "guess"}, 422)
    client.post("/setup", FORM | {"token": "guess"}, 429)


def test_once_somebody_is_there_the_page_is_gone(app, client, person):
    token = links.issue("setup")
    person("manager")
    client.get("/setup", 303)
    client.post("/setup", FORM | {"token": token}, 404)


def test_a_token_raced_by_many_makes_one_administrator(app, together):
    token = printed_token(app)
    names = iter("abcdefgh")

    def make():
        name = next(names)
        return services.set_up(token, f"first-{name}", name, GOOD).id

    results = together(make, 8)
    assert sum(not isinstance(found, Exception) for found in results) == 1, results
    assert db.session.query(User).count() == 1
    db.session.rollback()


def test_what_was_typed_is_not_lost_but_secrets_are_not_shown(client):
    page = client.post("/setup", FORM | {"token": "guess"}, 422)
    assert "Nguyễn Thị Ánh Tuyết" in page.text
    assert GOOD not in page.text
