"""Secrets that work once: to join, to reset, to finish a sign-in, to set the house up."""

import secrets
from datetime import timedelta
from typing import Literal

from sqlalchemy import delete, select, update

from app.auth.models import StaffLink, User
from app.auth.tokens import digest_of
from app.core.clock import now
from app.core.database import rows_changed
from app.extensions import db

Purpose = Literal["invitation", "reset", "second_factor", "setup"]
LIFETIMES: dict[Purpose, timedelta] = {
    "invitation": timedelta(minutes=60),
    "reset": timedelta(minutes=60),
    "second_factor": timedelta(minutes=5),
    "setup": timedelta(hours=24),
}


def issue(purpose: Purpose, user: User | None = None) -> str:
    """A new secret of 192 bits; earlier unused ones of the same purpose and person end."""
    cancel(user, purpose)
    secret, moment = secrets.token_urlsafe(24), now()
    link = StaffLink(
        user_id=user.id if user else None, purpose=purpose, digest=digest_of(secret),
        created_at=moment, expires_at=moment + LIFETIMES[purpose],
    )  # fmt: skip
    db.session.add(link)
    db.session.flush()
    return secret


def find(secret: str, *purposes: Purpose) -> StaffLink | None:
    """The link that this secret opens now, or None for any that is not good."""
    wanted = StaffLink.digest == digest_of(secret)
    link = db.session.scalar(select(StaffLink).where(wanted, StaffLink.purpose.in_(purposes)))
    if link is None or link.used_at or link.expires_at <= now():
        return None
    if link.user is not None and link.user.disabled_at:
        return None
    return link


def spend(link: StaffLink) -> bool:
    """Use the link up. False when somebody else was faster: only one ever gets True."""
    unused = (StaffLink.id == link.id, StaffLink.used_at.is_(None))
    return rows_changed(update(StaffLink).where(*unused).values(used_at=now())) == 1


def sweep() -> None:
    """Delete links that ended a day ago or longer."""
    db.session.execute(delete(StaffLink).where(StaffLink.expires_at < now() - timedelta(days=1)))


def cancel(user: User | None, *purposes: Purpose) -> None:
    """End unused links of a person, of these purposes or of all."""
    owner = StaffLink.user_id == user.id if user else StaffLink.user_id.is_(None)
    open_ones = (owner, StaffLink.used_at.is_(None))
    which = (StaffLink.purpose.in_(purposes),) if purposes else ()
    rows_changed(update(StaffLink).where(*open_ones, *which).values(used_at=now()))
