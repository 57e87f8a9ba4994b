"""Every route: its page is whole, and what no form or address should hold makes no failure."""

import logging
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from app.auth import guard
from app.auth.tokens import create_token
from app.core.actor import HOUSE
from app.core.inputs import Input
from app.core.web import FORM
from app.customers import marks
from app.documents import services as documents
from app.extensions import db

BESIDES = (
    "anyway", "before", "carried", "choose_city", "code", "do", "enabled", "field", "fields",
    "fill", "form_id", "format", "kind", "locale", "lock", "next", "number", "ordinal", "pin",
    "q", "remove_id_number", "row", "scope", "secret", "show", "target", "template",
    "template_name", "theme", "username", "version", "again", "current", "scan", "take", "on_file",
    "pick", "what",
)  # fmt: skip
"""What views read from forms and addresses by themselves."""
RAW = {
    "nothing": "",
    "5,000 characters": "x" * 5000,
    "broken UTF-8": "%FF%FE",
    "NUL": "a%00b",
    "a mark of direction": "%E2%80%AE",
    "a digit that is none": "%C2%B2",
    "a negative number": "-1",
    "a number of 25 digits": "9" * 25,
    "a number beyond floats": "1e400",
    "a day to come": "2999-01-01",
    "signs of other languages": quote("'; DROP TABLE customers; -- \"(*) NEAR {{7*7}}<script>%s"),
    "an object in JSON": quote('{"path": "/", "fields": [[1, {}], 2]}'),
}
ENDS_THE_SESSION = {"auth.sign_out", "auth.lock", "auth.prove_presence", "account.end_session"}
OF_ADMINISTRATORS = {"staff.manage", "tokens.manage", "jobs.manage"}


def inputs_below(kind: type[Input]) -> Iterator[type[Input]]:
    for each in kind.__subclasses__():
        yield each
        yield from inputs_below(each)


@pytest.fixture
def names(app: Flask) -> list[str]:
    """Every name that a form or an address may hold."""
    known = {name for each in inputs_below(Input) for name in each().fields}
    return sorted(known | set(BESIDES))


@pytest.fixture
def things(app: Flask, person: Any, guest: Any, bring: Any) -> dict[str, Any]:
    """Something real behind each id of an address."""
    made = guest("Nguyễn Văn An", id_number="B1234567", email="an@example.vn")
    values = {"body": "Quiet room", "reason": "Asked"}
    mark = marks.place(made, "note", values, by=HOUSE)
    paper = documents.add(made.id, {"document_type": "passport"}, by=HOUSE)
    token, _ = create_token("machine", ["guests.read"], by=HOUSE)
    db.session.commit()
    return {
        "customer_id": made.id, "guest_id": made.id, "mark_id": mark.id, "token_id": token.id,
        "document_id": paper.id, "user_id": person("front_desk").id,
        "batch_id": bring("last_name,city\nAn,Huế\n"),
    }  # fmt: skip


def calls(app: Flask, things: dict[str, Any], made_up: str) -> Iterator[tuple[str, str, str]]:
    """(role that may, method, path) of every route that does not end the session."""
    for rule in app.url_map.iter_rules():
        path = rule.rule
        for name, converter in rule._converters.items():
            kind = "uuid:" if type(converter).__name__ == "UUIDConverter" else ""
            word = str(things.get(name, uuid.UUID(int=7))) if kind else made_up or "x"
            path = path.replace(f"<{kind}{name}>", word)
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            needs = guard.needs_of(app, rule.endpoint, method) or ""
            role = "administrator" if needs in OF_ADMINISTRATORS else "manager"
            if rule.endpoint not in ENDS_THE_SESSION | {"static"}:
                yield role, method, path


def test_every_page_is_whole(app: Flask, as_role: Any, things: dict[str, Any]) -> None:
    browsers = {role: as_role(role) for role in ("manager", "administrator")}
    whole = set()
    for role, method, path in calls(app, things, "person"):
        if method == "GET":
            answer = browsers[role].client.get(path)
            if answer.mimetype == "text/html" and answer.status_code == 200:
                whole.add(browsers[role].get(path).request.path)
            answer.close()
    assert {"/tokens/new", "/staff/new", "/customers/new", "/account/pin", "/imports"} <= whole


@pytest.mark.parametrize("kind", RAW)
def test_no_route_fails_on_bad_input(
    app: Flask, as_role: Any, things: dict[str, Any], names: list[str], kind: str, caplog: Any
) -> None:
    caplog.set_level(logging.ERROR)
    pairs = "&".join(f"{name}={RAW[kind]}" for name in names)
    browsers = {role: as_role(role) for role in ("manager", "administrator")}
    tokens = {role: browser.csrf_token() for role, browser in browsers.items()}
    for role, method, path in calls(app, things, RAW[kind]):
        answer = browsers[role].client.open(
            path, method=method, headers={"X-CSRFToken": tokens[role]}, content_type=FORM,
            **{"query_string" if method == "GET" else "data": pairs},
        )  # fmt: skip
        answer.close()
        assert answer.status_code < 500, (role, method, path, answer.text[:500])
    assert not caplog.records, [record.getMessage() for record in caplog.records]


def test_a_name_with_nul_signs_nobody_in(client: Any, person: Any) -> None:
    person("manager")
    client.post("/sign-in", {"username": "manager\0", "password": "x"}, 422)


def test_a_template_cannot_be_kept_under_a_name_with_nul(as_role: Any, bring: Any) -> None:
    browser, batch = as_role("manager"), bring("last_name,city\nAn,Huế\n")
    sent = {"column-0": "last_name", "source_system": "opera", "template_name": "a\0b"}
    answer = browser.post(f"/imports/{batch}/mapping", sent, 422)
    assert "control characters" in answer.text


def test_every_field_says_what_is_wrong_in_the_readers_language(app: Flask) -> None:
    english = [
        f"{each.__name__}.{name}: {field.error_messages[key]}"
        for each in inputs_below(Input) for name, field in each().fields.items()
        for key in ("required", "null", "invalid", "type", "invalid_uuid")
        if isinstance(field.error_messages.get(key), str)
    ]  # fmt: skip
    assert not english
