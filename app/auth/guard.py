"""Default deny: every route says who may use it, and one place holds callers to that."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from app.auth import interruptions, sessions, staff_sessions
from app.auth.models import User
from app.auth.permissions import PERMISSIONS
from app.auth.tokens import actor_of_bearer
from app.core import audit
from app.core.actor import Actor
from app.core.clock import current_settings
from app.core.database import apart
from app.core.errors import NotAllowed
from app.extensions import csrf

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
OPEN_ENDPOINTS = {"static"}
UNSAFE_METHODS = {"POST", "PUT", "PATCH", "DELETE"}
OWN_ACCOUNT = frozenset({"account.own"})


@dataclass(frozen=True)
class Terms:
    """What a view asks of its caller.

    also: a second permission, for what the view answers beside what it does. fresh: the password
    was given in the last five minutes. when_locked: works on a locked device. when_unready: works
    before a second factor that the house demands is set up. file: the answer is a download, after
    which a browser stays where it was.
    """

    permission: str
    also: str | None = None
    fresh: bool = False
    when_locked: bool = False
    when_unready: bool = False
    file: bool = False

    @property
    def permissions(self) -> list[str]:
        """Both, where there are two."""
        return [self.permission, self.also] if self.also else [self.permission]


def requires(
    permission: str, *, also: str | None = None, fresh: bool = False, when_locked: bool = False,
    when_unready: bool = False, file: bool = False,
) -> Callable[[View], View]:  # fmt: skip
    """Declare the permission that a view needs; the guard enforces it before the view runs.

    `also` is a second one, where the answer shows what who may do it may not see by that alone.
    `fresh` leads people to a page that asks for their password again; machines' tokens pass, since
    they have none.
    """
    terms = Terms(permission, also, fresh, when_locked, when_unready, file)
    for name in terms.permissions:
        if name not in PERMISSIONS:
            raise RuntimeError(f"{name} is not in the permission table")
    return _declare(terms)


def public(view: View) -> View:
    """Declare that anybody may use a view, signed in or not."""
    return _declare(Terms(PUBLIC))(view)


def _declare(terms: Terms) -> Callable[[View], View]:
    def declare(view: View) -> View:
        view.terms = terms  # type: ignore[attr-defined]
        return view

    return declare


def actor() -> Actor:
    """Who makes this request. Raises NotAllowed for nobody."""
    found: Actor | None = g.get("actor")
    if found is None:
        raise NotAllowed("sign in first")
    return found


def may(permission: str) -> bool:
    """True when whoever makes this request holds the permission; for templates and views."""
    found: Actor | None = g.get("actor")
    return found is not None and found.may(permission)


def terms_of(app: Flask, endpoint: str, method: str) -> Terms | None:
    """What the view behind an endpoint asks for this method; None when it never said."""
    if endpoint in OPEN_ENDPOINTS:
        return Terms(PUBLIC)
    view: Any = app.view_functions[endpoint]
    if view_class := getattr(view, "view_class", None):
        view = getattr(view_class, "get" if method == "HEAD" else method.lower(), None)
    terms: Terms | None = getattr(view, "terms", None)
    return terms


def needs_of(app: Flask, endpoint: str, method: str) -> str | None:
    """The permission that a route asks for this method; None when it never said."""
    terms = terms_of(app, endpoint, method)
    return terms.permission if terms else None


def refuse_undeclared(app: Flask) -> None:
    """Raise RuntimeError when any route has not said who may use it."""
    silent = sorted(
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}
        if needs_of(app, rule.endpoint, method) is None
    )
    if silent:
        raise RuntimeError(f"routes without a declared permission: {', '.join(silent)}")


def hold() -> Response | None:
    """Before each request: find out who calls, and refuse who may not."""
    g.actor = None
    if request.endpoint is None or request.method == "OPTIONS":
        return None
    terms = terms_of(current_app, request.endpoint, request.method)
    header = request.headers.get("Authorization", "")
    bearer = header if interruptions.is_api() else ""
    if not bearer and request.method in UNSAFE_METHODS:
        _refuse_forged()
    if terms is None:
        raise NotAllowed("nobody may")
    if terms.permission == PUBLIC:
        return None
    if not bearer:
        return _hold_person(terms)
    _hold_machine(terms, bearer)
    return None


def _refuse_forged() -> None:
    """Refuse what another site sent, by what the browser says and by the form's token.

    Who calls the API without a session has nothing to forge with, and is asked to sign in.
    """
    if interruptions.is_api() and staff_sessions.present_user() is None:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise CSRFError
    csrf.protect()


def _hold_machine(terms: Terms, bearer: str) -> None:
    g.actor = actor_of_bearer(bearer)
    if g.actor is None:
        raise NotAllowed("this token is not good")
    _permit(terms)


def _hold_person(terms: Terms) -> Response | None:
    user, row = staff_sessions.present_user(), staff_sessions.present_session()
    if user is None or row is None:
        return interruptions.ask_to_sign_in()
    locked, ready = staff_sessions.is_locked(), _is_ready(user)
    if locked and not terms.when_locked:
        return interruptions.ask_to_unlock()
    g.actor = user.actor if ready and not locked else _limited(user)
    if not ready and not terms.when_unready:
        return _lead_to_second_factor()
    _permit(terms)
    if terms.fresh and not sessions.is_proven(row):
        return interruptions.ask_to_confirm(file=terms.file)
    return None


def _permit(terms: Terms) -> None:
    for permission in terms.permissions:
        if not g.actor.may(permission):
            _note_refusal(g.actor)
            raise NotAllowed(permission)


def _note_refusal(by: Actor) -> None:
    route = f"{request.method} {request.endpoint}"
    with apart():
        audit.record("access.refused", ("route", None), by=by, outcome="refused", route=route)


def _limited(user: User) -> Actor:
    """A person whose session is locked or not ready: nothing but the own account."""
    return Actor("staff", user.id, user.name, OWN_ACCOUNT)


def _is_ready(user: User) -> bool:
    settings = current_settings()
    return user.totp_confirmed_at is not None or user.role not in settings.second_factor_roles


def _lead_to_second_factor() -> Response:
    if interruptions.is_api():
        raise NotAllowed("set the second factor up first")
    return interruptions.lead(redirect(url_for("account.second_factor_page"), 303))
