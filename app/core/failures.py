"""What a caller gets when something is refused or fails: a page, a fragment, or problem+json."""

import logging
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, default_exceptions

from app.core.errors import (
    Conflict,
    Invalid,
    Missing,
    NotAllowed,
    NotFound,
    StoreDown,
    StoreFull,
    Unreadable,
)  # fmt: skip
from app.core.web import wants_fragment
from app.extensions import db

logger = logging.getLogger(__name__)


def problem(status: int, title: str, **more: Any) -> Response:
    """An RFC 9457 answer: `type`, `title`, `status`, and what more there is to say."""
    body = {"type": "about:blank", "title": title, "status": status, **more}
    answer = jsonify({name: value for name, value in body.items() if value is not None})
    answer.status_code = status
    answer.content_type = "application/problem+json"
    return answer


def fail(status: int, title: str, detail: str = "", **more: Any) -> Response:
    """The refusal in the form that the caller reads."""
    if request.path.startswith("/api/"):
        return problem(status, title, detail=detail or None, **more)
    part = wants_fragment()
    context = {
        "status": status,
        "title": title,
        "detail": detail,
        "request_id": g.get("request_id"),
    }
    try:
        page = render_template("errors/_toast.html" if part else "errors/error.html", **context)
    except Exception:
        logger.exception("the error page failed")
        page = title
    return make_response(page, status, {"HX-Reswap": "none"} if part else {})


def _sentences(status: int) -> tuple[str, str]:
    known = {
        400: (_("This request cannot be understood"), _("Go back and try again.")),
        401: (_("Please sign in"), ""),
        403: (_("This is not for your role"), _("Ask a manager if you need it for your work.")),
        404: (_("There is nothing here"), _("The address may be mistyped, or the page is gone.")),
        405: (_("This cannot be done here"), ""),
        409: (_("Something has changed meanwhile"), ""),
        413: (
            _("This is too large"),
            _(
                "At most %(size)s MB are taken here. Send a smaller file or less text.",
                size=(request.max_content_length or 0) // 2**20,
            ),
        ),
        415: (_("This kind of body is not read here"), _("Send JSON, as application/json.")),
        429: (_("Too many attempts"), _("Wait a few minutes, then try again.")),
        503: (_("The database is busy or away"), _("Nothing was saved. Try again in a moment.")),
    }
    broken = (_("Something went wrong"), _("Nothing was saved. Try again; if it stays, report it."))
    return known.get(status, (default_exceptions[status]().name, "") if status < 500
                     and status in default_exceptions else broken)  # fmt: skip


def field_errors(errors: dict[str, list[str]]) -> list[dict[str, str]]:
    """One entry per sentence: the field's JSON pointer and what is wrong with it."""
    return [
        {"pointer": "/" + name.replace(".", "/") if name else "", "field": name, "detail": said}
        for name, sentences in errors.items()
        for said in sentences
    ]


def _http(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    answer = fail(status, *_sentences(status))
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            answer.headers[name] = value
    return answer


def _forged(_error: CSRFError) -> Response:
    title = _("This form is too old or was not sent from here")
    return fail(400, title, _("Load the page again; nothing was saved."))


def _not_found(_error: NotFound) -> Response:
    return fail(404, *_sentences(404))


def _not_allowed(_error: NotAllowed) -> Response:
    status = 403 if g.get("actor") else 401
    answer = fail(status, *_sentences(status))
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="Guestbook"'
    return answer


def _invalid(error: Invalid) -> Response:
    title = _("Some fields need another look")
    return fail(422, title, str(error), errors=field_errors(error.errors))


def _conflict(error: Conflict) -> Response:
    return fail(409, str(error), **error.details)


def _stale(_error: StaleDataError) -> Response:
    return fail(409, _("Somebody else saved this guest at the same moment"), _("Try again."))


def _unreadable(error: Unreadable) -> Response:
    logger.error("a stored value cannot be decrypted: %s", error)
    title = _("A protected value cannot be decrypted")
    detail = _("It is not empty: it is still stored. Tell your administrator before you edit.")
    return fail(500, title, detail)


def _missing(error: Missing) -> Response:
    logger.error("a stored file is not in the store: %s", error)
    title = _("This file is not where it should be")
    detail = _("Its record still stands. Tell your administrator: the store has lost the file.")
    return fail(500, title, detail)


def _store_down(error: StoreDown) -> Response:
    logger.error("the store of files failed: %s", error)
    title = _("The store of files is busy or away")
    answer = fail(503, title, _("Nothing was saved. Try again in a moment."))
    answer.headers["Retry-After"] = "30"
    return answer


def _store_full(error: StoreFull) -> Response:
    logger.error("the store of files is full: %s", error)
    detail = _("Nothing was saved. Tell your administrator to make room.")
    return fail(507, _("There is no room for this file"), detail)


def _database(error: OperationalError) -> Response:
    logger.error("the database refused: %s", error.orig)
    g.session_asked = True  # whoever was not known by now stays unknown
    return fail(503, *_sentences(503))


def _anything(error: Exception) -> Response:
    logger.error("a request failed", exc_info=error)
    return fail(500, *_sentences(500))


ANSWERS: dict[type[Exception], Callable[[Any], Response | HTTPException]] = {
    HTTPException: _http,
    CSRFError: _forged,
    NotFound: _not_found,
    NotAllowed: _not_allowed,
    Invalid: _invalid,
    Conflict: _conflict,
    StaleDataError: _stale,
    Unreadable: _unreadable,
    Missing: _missing,
    StoreDown: _store_down,
    StoreFull: _store_full,
    OperationalError: _database,
    Exception: _anything,
}


def answer_failures(app: Flask) -> None:
    """Answer each kind of failure, for pages and API alike; what was half done is undone first."""

    def undone(answer: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def handle(error: Exception) -> Any:
            db.session.rollback()
            return answer(error)

        return handle

    for kind, answer in ANSWERS.items():
        app.register_error_handler(kind, undone(answer))
