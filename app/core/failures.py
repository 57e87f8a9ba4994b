"""What a caller gets when something is refused or fails: a page, a fragment, or problem+json."""

import logging
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, default_exceptions

from app.core.errors import Conflict, Invalid, NotAllowed, NotFound, Unreadable
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
    context = {"status": status, "title": title, "detail": detail, "request_id": g.get("request_id")}
    try:
        page = render_template("errors/error.html", **context)
    except Exception:  # noqa: BLE001 - the last resort must not fail itself
        logger.exception("the error page failed")
        page = title
    return make_response(page, status)


def _sentences(status: int) -> tuple[str, str]:
    known = {
        400: (_("This request cannot be understood"), _("Go back and try again.")),
        401: (_("Please sign in"), ""),
        403: (_("This is not for your role"), _("Ask a manager if you need it for your work.")),
        404: (_("There is nothing here"), _("The address may be mistyped, or the page is gone.")),
        405: (_("This cannot be done here"), ""),
        409: (_("Something has changed meanwhile"), ""),
        413: (_("This is too large"), _("Send a smaller file or less text.")),
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


def answer_failures(app: Flask) -> None:
    """Register one handler for each kind of failure, for pages and API alike."""

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response | HTTPException:
        status = error.code or 500
        if status < 400:
            return error
        db.session.rollback()
        title, detail = _sentences(status)
        answer = fail(status, title, detail)
        for name, value in error.get_headers():
            if name.lower() in ("allow", "retry-after"):
                answer.headers[name] = value
        return answer

    @app.errorhandler(CSRFError)
    def _forged(error: CSRFError) -> Response:
        title = _("This form is too old or was not sent from here")
        return fail(400, title, _("Load the page again; nothing was saved."))

    @app.errorhandler(NotFound)
    def _not_found(error: NotFound) -> Response:
        db.session.rollback()
        return fail(404, *_sentences(404))

    @app.errorhandler(NotAllowed)
    def _not_allowed(error: NotAllowed) -> Response:
        db.session.rollback()
        return fail(403 if g.get("actor") else 401, *_sentences(403 if g.get("actor") else 401))

    @app.errorhandler(Invalid)
    def _invalid(error: Invalid) -> Response:
        db.session.rollback()
        title = _("Some fields need another look")
        return fail(422, title, str(error), errors=field_errors(error.errors))

    @app.errorhandler(Conflict)
    def _conflict(error: Conflict) -> Response:
        db.session.rollback()
        return fail(409, str(error), **error.details)

    @app.errorhandler(StaleDataError)
    def _stale(error: StaleDataError) -> Response:
        db.session.rollback()
        return fail(409, _("Somebody else saved this guest at the same moment"), _("Try again."))

    @app.errorhandler(Unreadable)
    def _unreadable(error: Unreadable) -> Response:
        db.session.rollback()
        logger.error("a stored value cannot be decrypted: %s", error)
        title = _("A protected value cannot be decrypted")
        detail = _("It is not empty: it is still stored. Tell your administrator before you edit.")
        return fail(500, title, detail)

    @app.errorhandler(OperationalError)
    def _database(error: OperationalError) -> Response:
        db.session.rollback()
        logger.error("the database refused: %s", error.orig)
        return fail(503, *_sentences(503))

    @app.errorhandler(Exception)
    def _anything(error: Exception) -> Response:
        db.session.rollback()
        logger.exception("a request failed")
        return fail(500, *_sentences(500))
