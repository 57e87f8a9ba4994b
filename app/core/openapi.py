"""The OpenAPI 3.1 document: what every operation answers, needs and accepts."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import flask_smorest
from apispec import APISpec
from flask import Flask, current_app
from flask_babel import force_locale
from marshmallow import INCLUDE, Schema, fields
from marshmallow.validate import Range

from app.core.inputs import Amount, Choice, Country, Day, Email, Language, Line, Phone

PROBLEM = "application/problem+json"
FRAME = {
    "info": {
        "description": (
            "Guests of the hotel, for machines. Send a bearer token; its scopes decide what is "
            "shown and what may be changed. Fields beyond them are absent. Errors are "
            "application/problem+json (RFC 9457) with one entry per invalid field. Times are "
            "RFC 3339 in UTC, dates ISO 8601, countries ISO 3166-1 alpha-3, money JSON numbers in "
            "the property's currency."
        )
    },
    "servers": [{"url": "/"}],
}
SCHEMES: dict[str, dict[str, str]] = {
    "token": {
        "type": "http", "scheme": "bearer",
        "description": "An API token, made by an administrator; its scopes are the permissions.",
    },
    "session": {
        "type": "apiKey", "in": "cookie", "name": "guestbook",
        "description": "The session of a signed-in member of staff.",
    },
    "csrf": {
        "type": "apiKey", "in": "header", "name": "X-CSRFToken",
        "description": "Goes with the session on every request that changes something.",
    },
}  # fmt: skip
ANSWERS = {
    400: "The body is not strict JSON in UTF-8, or a form token is missing with a session.",
    401: "No token or session, or one that is not good any more.",
    403: "The caller lacks the permission.",
    404: "There is no such thing, or none that the caller may know of.",
    409: "The change does not fit what is stored now.",
    412: "If-Match names an older version; `changes` lists what changed meanwhile, and by whom.",
    413: "The body is larger than 1 MB, or a file than the house takes.",
    414: "The address is longer than 8,190 bytes; the server says so before it reads it.",
    415: "The body is not of the kind that is named above.",
    422: "Some fields are wrong: `errors` has one entry for each.",
    429: "Too many requests; Retry-After says how long to wait.",
    500: "Something broke; nothing was saved.",
    503: "The database or the store of files is busy or away; nothing was saved.",
    507: "There is no room for the file; nothing was saved.",
}
ALWAYS = (401, 403, 422, 429, 500, 503)
WITH_BODY = (400, 413, 415)
IDEMPOTENCY = {
    "name": "Idempotency-Key", "in": "header",
    "description": (
        "Makes a repeated request harmless: within 24 hours the same key with the same body gets "
        "the first answer, with another body 422, and while the first is worked on 409."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}  # fmt: skip
IF_MATCH = {
    "name": "If-Match", "in": "header",
    "description": (
        "The ETag that was read. When it is not the present one, nothing is saved and 412 tells "
        "what changed. Without it the change is made whatever happened meanwhile."
    ),
    "schema": {"type": "string", "pattern": '^"[!#-~]{1,40}"$', "examples": ['"3"']},
}  # fmt: skip


HINTS: dict[type[fields.Field[Any]], str] = {
    Country: "ISO 3166-1 alpha-3 or alpha-2, or the country's name.",
    Language: "ISO 639-1, or the language's name.",
    Phone: "E.164, or as it is dialled in the property's country.",
}
HEADERS = {
    "Location": {"description": "Where the new one is.", "schema": {"type": "string"}},
    "ETag": {"description": "The version, for If-Match.", "schema": {"type": "string"}},
    "Link": {
        "description": 'Where the next page is, with `rel="next"` (RFC 8288); none at the end.',
        "schema": {"type": "string"},
    },
}
View = TypeVar("View", bound=Callable[..., Any])


class Wrap(Protocol):
    """A decorator that leaves the view's type as it is."""

    def __call__(self, view: View, /) -> View:
        """The view, wrapped."""


_CONTROLS = (
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    r"\ufff9-\ufffb"
)
_TEXT = f"^[^{_CONTROLS}]*$"
_SOME_TEXT = rf"^[^{_CONTROLS}]*[^{_CONTROLS}\s][^{_CONTROLS}]*$"


class FieldError(Schema):
    """One thing that is wrong with one field."""

    pointer = fields.String(required=True, metadata={"description": "JSON pointer to the field."})
    field = fields.String(required=True, metadata={"description": "Its name, `address.city`."})
    detail = fields.String(required=True, metadata={"description": "What is wrong, as a sentence."})


class Problem(Schema):
    """A refusal (RFC 9457)."""

    class Meta:
        unknown = INCLUDE

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String()
    errors = fields.List(fields.Nested(FieldError))
    candidates = fields.List(
        fields.Dict(), metadata={"description": "409: who it may be already, the likeliest first."}
    )
    version = fields.Integer(metadata={"description": "412: the present version."})
    changes = fields.List(
        fields.Dict(), metadata={"description": "412: what changed meanwhile, when and by whom."}
    )
    stops = fields.List(
        fields.Dict(), metadata={"description": "409: who on the booking is blacklisted or warned."}
    )
    overlaps = fields.List(
        fields.Dict(), metadata={"description": "409: the guest's bookings for the same nights."}
    )
    complete = fields.Boolean(
        metadata={"description": "412: whether `changes` explains every version in between."}
    )


class Documented(flask_smorest.Blueprint):  # type: ignore[misc]
    """A blueprint that documents what is true of every operation."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._prepare_doc_cbks.append(_common)

    def takes(self, schema: type[Schema] | Schema, location: str = "json", **options: Any) -> Wrap:
        """The Input that the body, or with `location="query"` the query, is read by."""
        wrap: Wrap = self.arguments(schema, location=location, **options)
        return wrap

    def answers(
        self, status: int, schema: type[Schema] | None, *, also: tuple[int, ...] = (),
        keyed: bool = False, headers: tuple[str, ...] = (), **options: Any,
    ) -> Wrap:  # fmt: skip
        """What the method answers, and which refusals it may give beyond those of all.

        keyed: it honours Idempotency-Key. headers: their names in `HEADERS`.
        """
        said = {name: HEADERS[name] for name in headers}
        respond = self.response(status, schema, headers=said or None, **options)
        describe_more = self.doc(x_statuses=also, x_keyed=keyed)

        def wrap(view: View) -> View:
            found: View = describe_more(respond(view))
            return found

        return wrap

    def or_answers(self, status: int, schema: type[Schema], description: str) -> Wrap:
        """Another success."""
        wrap: Wrap = self.alt_response(status, schema=schema, description=description)
        return wrap


def _common(doc: dict[str, Any], doc_info: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """Add the refusals of all operations, and what a key or a version needs."""
    manual = doc_info.setdefault("manual_doc", {})
    statuses = {*ALWAYS, *manual.pop("x_statuses", ())}
    statuses |= set(WITH_BODY) if "requestBody" in doc else set()
    statuses |= {414} if doc.get("parameters") else set()
    keyed = manual.pop("x_keyed", False)
    statuses |= {409} if keyed else set()
    headers = ([IDEMPOTENCY] if keyed else []) + ([IF_MATCH] if 412 in statuses else [])
    doc.setdefault("parameters", []).extend(headers)
    doc["responses"] |= {status: f"Problem{status}" for status in sorted(statuses)}
    return doc


def describe(spec: APISpec, converter: Any) -> None:
    """Declare the parts that operations refer to."""
    for name, scheme in SCHEMES.items():
        spec.components.security_scheme(name, scheme)
    spec.components.schema("Problem", schema=Problem)
    for status, said in ANSWERS.items():
        content = {} if status == 414 else {"content": {PROBLEM: {"schema": "Problem"}}}
        spec.components.response(f"Problem{status}", {"description": said, **content})
    converter.add_attribute_function(_title)
    converter.add_attribute_function(_bounds)


def _title(_converter: Any, field: fields.Field[Any], **_more: Any) -> dict[str, Any]:
    """The label of a form's field serves as the title of the JSON's."""
    with force_locale("en"):
        label, hint = (str(field.metadata.get(key) or "") for key in ("label", "hint"))
    hints = [known for kind, known in HINTS.items() if isinstance(field, kind)]
    said = {"title": label, "description": " ".join([hint, *hints]).strip()}
    return {key: text for key, text in said.items() if text and key not in field.metadata}


def _bounds(_converter: Any, field: fields.Field[Any], **_more: Any) -> dict[str, Any]:
    """What apispec does not know: numbers as JSON has them, texts without control characters."""
    if isinstance(field, Amount):
        limits = [v for v in field.validators if isinstance(v, Range)]
        return {"minimum": 0, "exclusiveMaximum": int(limits[0].max or 0), "maximum": None}
    if isinstance(field, Email):
        return {"format": "email"}
    if isinstance(field, Choice):
        return {"maxLength": None}
    if isinstance(field, Line):
        return {"pattern": _SOME_TEXT if field.required else _TEXT}
    if isinstance(field, Day):
        return {"format": "date"}
    return {}


def document(app: Flask) -> dict[str, Any]:
    """The whole document, with the permission that each operation needs."""
    api = app.extensions["api"]
    made: dict[str, Any] = _without_none(api.spec.to_dict())
    for (schema, *_modifiers), name in api.ma_plugin.converter.refs.items():
        made["components"]["schemas"][name]["description"] = schema.__doc__
    for rule in app.url_map.iter_rules():
        path = rule.rule.replace("<uuid:", "{").replace(">", "}")
        view = getattr(app.view_functions[rule.endpoint], "view_class", None)
        for method, operation in made["paths"].get(path, {}).items():
            if method != "parameters":
                terms = getattr(view, method).terms
                operation["security"] = _security(method, terms.permissions)
                operation["operationId"] = f"{method}{rule.endpoint.rpartition('.')[2]}"
                operation["parameters"] = [_present(each) for each in operation["parameters"]]
    return made


def _without_none(node: Any) -> Any:
    """The node without bounds that were taken away."""
    if isinstance(node, list):
        return [_without_none(each) for each in node]
    if not isinstance(node, dict):
        return node
    gone = ("maximum", "maxLength")
    return {k: _without_none(v) for k, v in node.items() if v is not None or k not in gone}


def _present(parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter of a query, which is there or not, but never null."""
    schema = dict(parameter["schema"])
    if isinstance(schema.get("type"), list):
        schema["type"] = next(each for each in schema["type"] if each != "null")
    if "enum" in schema:
        schema["enum"] = [word for word in schema["enum"] if word is not None]
    if schema.get("default", 0) is None:
        del schema["default"]
    return parameter | {"schema": schema}


def _security(method: str, scopes: list[str]) -> list[dict[str, list[str]]]:
    with_session = {"session": scopes}
    return [{"token": scopes}, with_session | ({} if method == "get" else {"csrf": []})]


def current_document() -> dict[str, Any]:
    """The document of the running application, made once."""
    known: dict[str, Any] | None = current_app.extensions.get("openapi")
    if known is None:
        known = current_app.extensions["openapi"] = document(current_app)
    return known
