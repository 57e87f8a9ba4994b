"""Default deny: every route, every role, every token, by the permission table alone."""

import uuid

import pytest
from flask import Blueprint, Flask
from sqlalchemy import select

from app.auth import guard
from app.auth.permissions import PERMISSIONS, SCOPES
from app.config import ROLES
from app.core.audit import AuditEntry
from app.core.headers import FIXED
from app.extensions import db
from tests.page import PageClient

ENDS_THE_SESSION = {"auth.sign_out", "auth.lock"}
WORDS = {"UUIDConverter": str(uuid.UUID(int=7)), "IntegerConverter": "7", "FloatConverter": "7"}


def routes(app: Flask):
    """(endpoint, method, path with made-up values, what it needs) of every route."""
    for rule in app.url_map.iter_rules():
        values = {
            name: WORDS.get(type(converter).__name__, "x")
            for name, converter in rule._converters.items()
        }
        with app.test_request_context():
            path = app.url_map.bind("localhost").build(rule.endpoint, values)
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            yield rule.endpoint, method, path, guard.needs_of(app, rule.endpoint, method)


def call(browser, method, path, token=None):
    headers = {"X-CSRFToken": token} if token else {}
    return browser.client.open(path, method=method, headers=headers)


def test_a_route_that_says_nothing_stops_the_start():
    app = Flask("bare")
    app.add_url_rule("/silent", "silent", lambda: "seen")
    with pytest.raises(RuntimeError, match="GET /silent"):
        guard.refuse_undeclared(app)


def test_a_blueprint_cannot_pass_for_static_files():
    app = Flask("bare")
    sly = Blueprint("sly", "sly")
    sly.add_url_rule("/sly", "static", lambda: "seen")
    app.register_blueprint(sly)
    with pytest.raises(RuntimeError, match="GET /sly"):
        guard.refuse_undeclared(app)


def test_a_permission_outside_the_table_stops_the_start():
    with pytest.raises(RuntimeError, match="permission table"):
        guard.requires("guests.everything")


def test_the_list_of_public_routes_is_short_and_known(app):
    public = {endpoint for endpoint, _, _, needs in routes(app) if needs == guard.PUBLIC}
    assert public <= {
        "static", "health.healthz", "api_pages.openapi", "api_pages.docs", "auth.sign_in",
        "auth.prove", "auth.code", "auth.prove_code", "auth.link", "auth.join", "auth.setup",
        "auth.make_first", "auth.preferences",
        "document_links.show",  # the link's signature says who may, and guards by itself
    }  # fmt: skip


def test_a_stranger_gets_nowhere(app, client, person):
    person("manager")
    token = client.csrf_token()
    for endpoint, method, path, needs in routes(app):
        if needs == guard.PUBLIC:
            continue
        answer = call(client, method, path, token)
        if path.startswith("/api/"):
            assert answer.status_code == 401, (method, path)
        elif method == "GET":
            assert answer.status_code == 303, (method, path)
            assert answer.headers["Location"].startswith("/sign-in"), (method, path)
        else:
            assert answer.status_code in (303, 401), (method, path)
            assert "sign-in" in answer.text, (method, path, endpoint)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_what_the_table_says_and_nothing_else(app, as_role, role):
    browser = as_role(role)
    token = browser.csrf_token()
    for endpoint, method, path, needs in routes(app):
        if endpoint in ENDS_THE_SESSION or needs == guard.PUBLIC:
            continue
        answer = call(browser, method, path, token)
        if role in PERMISSIONS[needs]:
            assert answer.status_code not in (401, 403), (role, method, path)
        else:
            assert answer.status_code == 403, (role, method, path)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_may_what_its_scope_says_and_nothing_else(app, machine, person, scope):
    person("manager")
    browser = PageClient(machine(scope))
    for endpoint, method, path, needs in routes(app):
        if needs == guard.PUBLIC:
            continue
        answer = call(browser, method, path)
        if not path.startswith("/api/"):
            assert answer.status_code in (303, 400), (method, path)
        elif guard.terms_of(app, endpoint, method).permissions == [scope]:
            assert answer.status_code not in (401, 403), (scope, method, path)
        else:
            assert answer.status_code == 403, (scope, method, path)


def test_every_change_without_a_csrf_token_is_refused(app, as_role):
    browser = as_role("administrator")
    for _endpoint, method, path, _needs in routes(app):
        if method != "GET":
            assert call(browser, method, path).status_code == 400, (method, path)


def test_a_csrf_token_of_another_session_is_refused(as_role):
    mine, theirs = as_role("manager"), as_role("front_desk")
    mine.post("/preferences", {"theme": "dark"}, 400, token=theirs.csrf_token())


@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense"])
def test_another_site_cannot_send_forms_even_with_a_token(as_role, site):
    browser = as_role("manager")
    browser.post("/preferences", {"theme": "dark"}, 400, headers={"Sec-Fetch-Site": site})


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_ones_own_forms_pass(as_role, site):
    browser = as_role("manager")
    browser.post("/preferences", {"theme": "dark"}, headers={"Sec-Fetch-Site": site})


def test_a_machine_is_not_asked_for_csrf_and_a_cookie_does_not_help_a_bad_token(as_role):
    browser = as_role("manager")
    answer = browser.client.get("/api/customers", headers={"Authorization": "Bearer gb_nonsense"})
    assert answer.status_code == 401


def test_a_refusal_is_audited_with_who_and_what(as_role, audited):
    as_role("front_desk").get("/staff", 403)
    assert audited("access.refused") == ["refused"]
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "access.refused")
    ).one()
    assert entry.actor_name == "Front_Desk"
    db.session.rollback()


def test_what_somebody_may_is_read_anew_on_each_request(as_role, person):
    browser = as_role("administrator")
    browser.get("/staff")
    person("administrator").role = "marketing"
    db.session.commit()
    browser.get("/staff", 403)


@pytest.mark.parametrize(
    ("path", "method"),
    [("/sign-in", "GET"), ("/account", "GET"), ("/no-such-page", "GET"), ("/sign-in", "DELETE"),
     ("/sign-in", "POST"), ("/static/css/tokens.css", "GET"), ("/static/none.css", "GET"),
     ("/healthz", "GET"), ("/api/customers", "GET"), ("/api/none", "GET"), ("/sign-in", "TRACE")],
)  # fmt: skip
def test_every_answer_carries_the_headers(client, person, path, method):
    person("manager")
    answer = client.client.open(path, method=method)
    answer.close()
    for name, value in FIXED.items():
        assert answer.headers[name] == value, name
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    if not path.startswith("/static/"):
        assert answer.headers["Cache-Control"] == "no-store"
    if method in ("DELETE", "TRACE"):
        assert answer.status_code == 405


def test_a_body_that_is_too_large_is_refused_with_the_headers(client):
    data = {"csrf_token": client.csrf_token(), "username": "x" * 2_000_000}
    answer = client.client.post("/sign-in", data=data)
    assert answer.status_code == 413
    assert answer.headers["Content-Security-Policy"] == FIXED["Content-Security-Policy"]


def test_signed_in_pages_are_not_kept_by_the_browser(as_role):
    assert as_role("manager").get("/account").headers["Cache-Control"] == "no-store"


def test_a_wrong_suffix_is_no_page(as_role):
    for path in ("/account.css", "/account/x.js", "/account/", "/staff.json"):
        as_role("administrator").get(path, 404)


@pytest.mark.parametrize("path", ["/static//css/base.css", "/customers//new"])
def test_no_redirect_is_built_from_the_host_that_a_request_names(as_role, path):
    answer = as_role("manager").get(path, 404, headers={"Host": "evil.example"})
    assert "evil.example" not in str(answer.headers)
