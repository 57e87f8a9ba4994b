"""Default deny: every route says who may use it, and one place holds callers to that."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as WerkzeugResponse

from app.auth.permissions import PERMISSIONS
from app.auth.tokens import actor_of_bearer
from app.core.actor import Actor
from app.core.errors import NotAllowed
from app.extensions import csrf

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
OPEN_ENDPOINTS = {"static"}


def requires(permission: str) -> Callable[[View], View]:
    """Declare the permission that a view needs; the guard enforces it before the view runs."""
    if permission not in PERMISSIONS:
        raise RuntimeError(f"{permission} is not in the permission table")

    def declare(view: View) -> View:
        view.needs = permission  # type: ignore[attr-defined]
        return view

    return declare


def public(view: View) -> View:
    """Declare that anybody may use a view, signed in or not."""
    view.needs = PUBLIC  # type: ignore[attr-defined]
    return view


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


def needs_of(app: Flask, endpoint: str, method: str) -> str | None:
    """What the view behind an endpoint asks for this method; None when it never said."""
    if endpoint.rpartition(".")[2] in OPEN_ENDPOINTS:
        return PUBLIC
    view: Any = app.view_functions[endpoint]
    if view_class := getattr(view, "view_class", None):
        view = getattr(view_class, "get" if method == "HEAD" else method.lower(), None)
    needs: str | None = getattr(view, "needs", None)
    return needs


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


def hold() -> WerkzeugResponse | Response | None:
    """Before each request: find out who calls, and refuse who may not."""
    g.actor = None
    if request.endpoint is None or request.method == "OPTIONS":
        return None
    needs = needs_of(current_app, request.endpoint, request.method)
    bearer = request.headers.get("Authorization", "") if _is_api() else ""
    if not bearer and request.method in ("POST", "PUT", "PATCH", "DELETE"):
        csrf.protect()
    if needs == PUBLIC:
        return None
    g.actor = actor_of_bearer(bearer) if bearer else _staff()
    if g.actor is None:
        return _ask_to_sign_in()
    if needs is None or not g.actor.may(needs):
        raise NotAllowed(needs or "nobody may")
    return None


def _is_api() -> bool:
    return request.path.startswith("/api/")


def _staff() -> Actor | None:
    return current_user.actor if current_user.is_authenticated else None


def _ask_to_sign_in() -> WerkzeugResponse | Response:
    if _is_api():
        raise NotAllowed("sign in first")
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    where = url_for("auth.sign_in", next=target)
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": where})
    return redirect(where, 303)
