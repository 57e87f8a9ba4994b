"""Flask-Login over our own session rows: the cookie carries a secret, the row decides."""

from datetime import timedelta

from flask import Flask, current_app, g, request, session
from flask_login import login_user, logout_user

from app.auth import sessions
from app.auth.models import StaffSession, User
from app.config import Settings
from app.core.clock import now
from app.core.web import client_address
from app.extensions import login


def init_app(app: Flask) -> None:
    """Bind Flask-Login to the application."""
    login.init_app(app)
    login.session_protection = None  # the session row is the protection
    login.user_loader(_load)


def _load(secret: str) -> User | None:
    settings: Settings = current_app.extensions["settings"]
    row = sessions.live_session(
        secret,
        idle=timedelta(minutes=settings.idle_minutes),
        absolute=timedelta(hours=settings.session_hours),
    )
    if row is None:
        return None
    g.staff_session = row
    if now() - row.seen_at > sessions.SEEN_EVERY:
        sessions.touch(row.id)
    user: User = row.user
    user.session_secret = secret
    return user


def sign_in(user: User) -> None:
    """Start a new session in this browser, under a new secret; the caller commits."""
    kept = {name: session[name] for name in ("language",) if name in session}
    session.clear()
    session.update(kept)
    device = request.user_agent.string
    user.session_secret = sessions.open_session(user, device=device, address=client_address())
    login_user(user)


def sign_out() -> None:
    """End this browser's session for good; the caller commits."""
    row = present_session()
    if row is not None:
        row.ended_at = now()
    logout_user()
    session.clear()


def present_session() -> StaffSession | None:
    """The row of the session that makes this request; None for machines and strangers."""
    row: StaffSession | None = g.get("staff_session")
    return row
