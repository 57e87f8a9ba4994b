"""Who may call the API, and what others are told."""

import re

import pytest

from app.auth.permissions import SCOPES
from app.auth.tokens import revoke_token
from app.core.actor import HOUSE
from app.extensions import db

CUSTOMERS = "/api/customers"


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer gb_wrong", "Basic eDp5", "Bearer \xff"])
def test_a_stranger_is_told_how_to_sign_in(app, header):
    headers = {"Authorization": header} if header else {}
    answer = app.test_client().get(CUSTOMERS, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.content_type == "application/problem+json"


def test_every_operation_refuses_a_stranger_and_a_machine_without_its_scope(app, machine):
    weak = machine("companies.read")
    document = app.test_client().get("/api/openapi.json").json
    some = "01a204e0-a1e7-761c-8b05-3249687f2bc3"
    for path, operations in document["paths"].items():
        for method in (m for m in operations if m != "parameters"):
            where = re.sub(r"\{\w+\}", some, path)
            for caller, status in (
                (app.test_client(), 401),
                (weak, 403),
            ):
                answer = caller.open(where, method=method.upper(), json={})
                assert answer.status_code == status, (method, path)


def test_the_session_of_staff_works_with_its_token_against_forgery(as_role):
    browser = as_role("manager")
    assert browser.client.get(CUSTOMERS).status_code == 200
    made = {"full_name": "Trần An"}
    refused = browser.client.post(CUSTOMERS, json=made)
    assert refused.status_code == 400
    assert refused.content_type == "application/problem+json"
    token = browser.csrf_token()
    answer = browser.client.post(CUSTOMERS, json=made, headers={"X-CSRFToken": token})
    assert answer.status_code == 201


def test_who_may_read_may_not_write(as_role):
    browser = as_role("marketing")
    assert browser.client.get(CUSTOMERS).status_code == 200
    headers = {"X-CSRFToken": browser.csrf_token()}
    answer = browser.client.post(CUSTOMERS, json={"full_name": "A"}, headers=headers)
    assert answer.status_code == 403


def test_a_revoked_token_is_refused_at_once(app, machine):
    from app.auth.models import ApiToken

    clerk = machine(*SCOPES)
    assert clerk.get(CUSTOMERS).status_code == 200
    revoke_token(db.session.query(ApiToken).one(), by=HOUSE)
    db.session.commit()
    assert clerk.get(CUSTOMERS).status_code == 401


@pytest.mark.parametrize("path", ["/api/", "/api/nothing", "/api/customers/x/y", "/api/customers/"])
def test_unknown_paths_are_not_found_in_json(clerk, path):
    answer = clerk.get(path)
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_other_methods_are_refused_with_those_that_work(clerk):
    for method in ("DELETE", "PATCH", "PUT"):
        answer = clerk.open(CUSTOMERS, method=method)
        assert answer.status_code == 405
        assert "POST" in answer.headers["Allow"]
        assert answer.content_type == "application/problem+json"


def test_pages_keep_their_own_errors(client):
    answer = client.client.get("/nothing")
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"


def test_each_caller_has_a_rate_of_its_own(app, machine, monkeypatch):
    monkeypatch.setitem(app.config, "API_RATE_LIMIT", "3 per minute")
    one, other = machine(*SCOPES), machine(*SCOPES)
    assert [one.get(CUSTOMERS).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = one.get(CUSTOMERS)
    assert refused.content_type == "application/problem+json"
    assert int(refused.headers["Retry-After"]) > 0
    assert other.get(CUSTOMERS).status_code == 200


def test_answers_are_kept_nowhere(clerk):
    assert clerk.get(CUSTOMERS).headers["Cache-Control"] == "no-store"
