"""Flask-Login over our own session rows: the cookie carries a secret, the row decides."""

from datetime import timedelta

from flask import Flask, g, request, session
from flask_login import current_user, login_user, logout_user

from app.auth import sessions
from app.auth.models import StaffSession, User
from app.auth.sessions import Limits
from app.core.clock import current_settings, now
from app.core.web import client_address
from app.extensions import db, login

BACKGROUND = "X-Background"
"""A header of requests that a page sends by itself: they do not keep a session awake."""
KEPT_IN_COOKIE = ("language", "theme")


def init_app(app: Flask) -> None:
    """Bind Flask-Login to the application."""
    login.init_app(app)
    login.session_protection = None  # the session row is the protection
    login.user_loader(_load)


def limits() -> Limits:
    """The time limits of this house's sessions."""
    settings = current_settings()
    return Limits(
        lock=timedelta(minutes=settings.lock_minutes),
        idle=timedelta(minutes=settings.idle_minutes),
        absolute=timedelta(hours=settings.session_hours),
    )


def _load(secret: str) -> User | None:
    if g.get("session_asked"):  # in vain: the page that says so is made for nobody
        return None
    g.session_asked = True
    row = sessions.live_session(secret, limits())
    if row is None:
        return None
    g.staff_session = row
    g.session_locked = sessions.is_locked(row, limits())
    sessions.keep_alive(row, limits(), used=BACKGROUND not in request.headers)
    user: User = row.user
    user.session_secret = secret
    return user


def sign_in(user: User) -> None:
    """Start a new session in this browser, under a new secret; the caller commits."""
    row = present_session()
    if row is not None:
        row.ended_at = now()
    _forget_all_but_taste()
    device = request.user_agent.string
    user.session_secret = sessions.open_session(user, device=device, address=client_address())
    db.session.flush()
    login_user(user)


def sign_out() -> None:
    """End this browser's session for good; the caller commits."""
    row = present_session()
    if row is not None:
        sessions.end_session(row.id, of=row.user, by=row.user.actor)
    forget_browser()


def forget_browser() -> None:
    """Empty the cookie of a session that has ended, but for language and appearance."""
    logout_user()
    _forget_all_but_taste()


def _forget_all_but_taste() -> None:
    kept = {name: session[name] for name in KEPT_IN_COOKIE if name in session}
    session.clear()
    session.update(kept)


def present_user() -> User | None:
    """Who is signed in here, even on a locked device; None for machines and strangers."""
    found: User | None = current_user if current_user.is_authenticated else None
    return found and found._get_current_object()


def present_session() -> StaffSession | None:
    """The row of the session that makes this request; None for machines and strangers."""
    current_user.is_authenticated  # noqa: B018 - loads the session where nothing did before
    row: StaffSession | None = g.get("staff_session")
    return row


def signed_in() -> tuple[User, StaffSession]:
    """Who makes this request and by which session, where the guard lets only people in."""
    user, row = present_user(), present_session()
    assert user is not None, "the guard lets only people in here"
    assert row is not None, "who is signed in has a session"
    return user, row


def is_locked() -> bool:
    """True when this device waits for its owner to prove to be there."""
    return present_session() is not None and bool(g.get("session_locked"))
