"""The JSON API's frame: how requests are read, refused, limited and answered once.

A feature's `api.py` makes an `ApiBlueprint`, declares each method with `@requires`, and wraps every
method that writes in `@writes`, which commits.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import wraps
from typing import Any, NoReturn, TypeVar

import flask_smorest
from flask import Flask, Request, Response, current_app, g, request
from flask.json.provider import DefaultJSONProvider
from flask_babel import gettext as _
from marshmallow import Schema, ValidationError, fields
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from app.core import idempotency, openapi
from app.core.errors import Invalid, Stale
from app.core.failures import fail
from app.core.inputs import SENTENCES, Choice, flat
from app.core.strict_json import Malformed, read_json
from app.extensions import db, limiter

View = TypeVar("View", bound=Callable[..., Any])
MOST_ERRORS = 100
_TYPE = SENTENCES["type"]
NEVER_EMPTY = (fields.Boolean, fields.Number, fields.Date, Choice)
"""What a form sends empty for "none"; a machine leaves it out, or sends null."""


class Outdated(Stale):
    """If-Match names a version that is not the present one any more."""


class Parser(FlaskParser):
    """Reads bodies and queries into Inputs; what is wrong becomes Invalid."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": None, "query": None}

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body as strict JSON. A form's words for numbers and truth do not count here."""
        if not req.is_json:
            raise UnsupportedMediaType
        body = req.get_data(cache=True)
        if req.content_length is None and len(body) == req.max_content_length:
            raise RequestEntityTooLarge  # sent in chunks, it was cut where the limit is
        value = read_json(body)
        refuse_words(value, schema)
        return value

    def load_querystring(self, req: Request, schema: Schema) -> MultiDictProxy:
        """The query; lists may be repeated or have commas between their entries."""
        lists = {name for name, field in schema.fields.items() if isinstance(field, fields.List)}
        given: MultiDict[str, str] = MultiDict()
        for name, values in req.args.lists():
            if _is_empty(schema.fields.get(name), values):
                raise Invalid({name: SENTENCES["type"]})
            if len(values) > 1 and name in schema.fields and name not in lists:
                raise Invalid({name: _("Send this once.")})
            for value in values:
                parts = value.split(",") if name in lists else [value]
                given.setlist(name, [*given.getlist(name), *parts])
        return self._makeproxy(given, schema)

    def load_form(self, req: Request, schema: Schema) -> MultiDictProxy:
        """The fields and files of a form. Raises Invalid for text that arrived broken, and for
        words left empty where only a browser sends none so."""
        broken = [n for n, said in req.form.lists() if any("\ufffd" in each for each in said)]
        if broken:
            raise Invalid(dict.fromkeys(broken, SENTENCES["unicode"]))
        if empty := [n for n, said in req.form.lists() if _is_empty(schema.fields.get(n), said)]:
            raise Invalid(dict.fromkeys(empty, SENTENCES["type"]))
        sent: MultiDict[str, Any] = MultiDict([*req.form.items(), *req.files.items()])
        return self._makeproxy(sent, schema)

    def handle_error(
        self, error: ValidationError, req: Request, schema: Schema, **_more: Any
    ) -> NoReturn:
        """Name each field by its path in the body or query."""
        assert isinstance(error.messages, dict)
        (messages,) = error.messages.values()
        found = list(flat(messages).items())
        raise Invalid(dict(found[:MOST_ERRORS]))


def refuse_words(value: Any, schema: Schema) -> None:
    """Raise Invalid, with all else that is wrong, for texts where JSON has numbers and truth
    values, as only forms must send them."""
    words = dict(_words(value, schema))
    if words:
        others = flat(schema.validate(value))
        raise Invalid(dict(list((words | others | words).items())[:MOST_ERRORS]))


def _words(value: Any, schema: Schema, path: str = "") -> Iterator[tuple[str, Any]]:
    if not isinstance(value, dict):
        return
    for name, field in schema.fields.items():
        given, where = value.get(name), f"{path}{name}"
        if isinstance(field, fields.Nested):
            yield from _words(given, field.schema, f"{where}.")
        elif _is_word(given, field):
            fraction = isinstance(given, Decimal)
            yield where, field.error_messages["invalid"] if fraction else _TYPE


def _is_word(given: Any, field: fields.Field[Any]) -> bool:
    if isinstance(given, Decimal):
        return isinstance(field, fields.Integer) and given != int(given)
    if not isinstance(given, str):
        return False
    counted = isinstance(field, fields.Boolean | fields.Number)
    return counted or (isinstance(field, NEVER_EMPTY) and not given.strip())


def _is_empty(field: fields.Field[Any] | None, values: list[str]) -> bool:
    return not all(values) and isinstance(field, NEVER_EMPTY)


class ApiBlueprint(openapi.Documented):
    """A feature's part of the API, under `/api`."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, import_name: str, **options: Any) -> None:
        super().__init__(name, import_name, url_prefix="/api", **options)
        self.before_request(_limit)


def _limit() -> None:
    """Hold each caller to the API's rate; the guard has found out who it is."""
    with limiter.limit(current_app.config["API_RATE_LIMIT"], key_func=caller, scope="api"):
        return


def caller() -> str:
    """Who calls, as the limits count."""
    by = g.get("actor")
    return f"{by.kind}:{by.id}" if by else f"address:{request.remote_addr}"


def writes(view: View) -> View:
    """Commit what the method did; a POST with an Idempotency-Key is done once."""

    @wraps(view)
    def once(*args: Any, **kwargs: Any) -> Response:
        row = idempotency.claim(g.actor) if request.method == "POST" else None
        if row is not None and row.status is not None:
            return idempotency.replay(row)
        answer: Response = view(*args, **kwargs)
        if row is not None:
            idempotency.keep(row, answer)
        db.session.commit()
        return answer

    return once  # type: ignore[return-value]


def if_match() -> int | None:
    """The version that the caller read, by If-Match; None without one or for `*`.

    Raises Invalid for what is no entity tag, Outdated for one that was never given out.
    """
    tag = request.headers.get("If-Match", "*").strip()
    if tag == "*":
        return None
    if not re.fullmatch(r'"[\x21\x23-\x7e]{1,40}"', tag):
        raise Invalid({"If-Match": _("Send one ETag as it was given, quotes included.")})
    if not re.fullmatch(r'"[0-9]{1,9}"', tag):
        raise Outdated(_("This version is not one of ours; read the guest again."))
    return int(tag.strip('"'))


def etag(version: int) -> dict[str, str]:
    """The headers that tell a version."""
    return {"ETag": f'"{version}"'}


class Api(flask_smorest.Api):  # type: ignore[misc]
    """The API of the whole application. Pages keep their own error handlers."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, app: Flask) -> None:
        app.config |= {
            "API_TITLE": "Guestbook", "API_VERSION": "1", "OPENAPI_VERSION": "3.1.0",
            "API_RATE_LIMIT": f"{app.extensions['settings'].api_per_minute} per minute",
        }  # fmt: skip
        assert isinstance(app.json, DefaultJSONProvider)
        app.json.sort_keys = False  # shapes have an order of their own
        super().__init__(app, spec_kwargs=openapi.FRAME)
        openapi.describe(self.spec, self.ma_plugin.converter)
        app.extensions["api"] = self

    def _register_error_handlers(self) -> None:
        self._app.register_error_handler(Malformed, _malformed)
        self._app.register_error_handler(Outdated, _outdated)

    def _register_responses(self) -> None:
        """Nothing by default: `openapi.describe` declares what is really answered."""

    _register_etag_headers = _register_pagination_header = _register_responses

    def _register_doc_blueprint(self) -> None:
        """The document and its page are routes of our own."""


def _malformed(error: Malformed) -> Response:
    db.session.rollback()
    return fail(400, _("This request cannot be understood"), str(error))


def _outdated(error: Outdated) -> Response:
    db.session.rollback()
    return fail(412, str(error), **error.details)
