"""Sessions of staff: rows that can be ended from here, behind a random secret in the cookie."""

import secrets
import uuid
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from app.auth.models import StaffSession, User
from app.auth.tokens import digest_of
from app.core import audit
from app.core.clock import now
from app.core.database import writing
from app.extensions import db

SEEN_EVERY = timedelta(minutes=1)


def open_session(user: User, *, device: str | None, address: str | None) -> str:
    """Start a session; the secret that its cookie holds."""
    secret, moment = secrets.token_urlsafe(32), now()
    row = StaffSession(
        user_id=user.id, digest=digest_of(secret), created_at=moment, seen_at=moment,
        proven_at=moment, device=(device or "")[:200] or None, address=address,
    )  # fmt: skip
    db.session.add(row)
    user.last_sign_in_at = moment
    audit.record("session.started", ("user", user.id), by=user.actor)
    return secret


def live_session(secret: str, *, idle: timedelta, absolute: timedelta) -> StaffSession | None:
    """The session behind a cookie, unless it ended, timed out, or its owner is disabled."""
    query = select(StaffSession).where(StaffSession.digest == digest_of(secret))
    row = db.session.scalar(query.options(joinedload(StaffSession.user)))
    moment = now()
    if row is None or row.ended_at or row.user.disabled_at:
        return None
    if moment - row.created_at > absolute or moment - row.seen_at > idle:
        return None
    return row


def touch(row_id: uuid.UUID) -> None:
    """Note that the session is in use; in a transaction of its own."""
    db.session.rollback()
    with writing():
        db.session.execute(
            update(StaffSession).where(StaffSession.id == row_id).values(seen_at=now())
        )
        db.session.commit()


def end_sessions(user_id: uuid.UUID, *, but: uuid.UUID | None = None) -> None:
    """End every session of a person, except one."""
    mine = (StaffSession.user_id == user_id, StaffSession.ended_at.is_(None))
    other = (StaffSession.id != but,) if but else ()
    db.session.execute(update(StaffSession).where(*mine, *other).values(ended_at=now()))
