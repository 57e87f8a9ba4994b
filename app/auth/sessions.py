"""Sessions of staff: rows that can be ended from here, behind a random secret in the cookie."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import joinedload

from app.auth.models import StaffSession, User
from app.auth.passwords import hash_password, password_matches
from app.auth.tokens import digest_of
from app.core import audit
from app.core.actor import Actor
from app.core.clock import now
from app.core.database import PREPARED, apart, rows_changed
from app.core.errors import NotFound
from app.extensions import db

SEEN_EVERY = timedelta(minutes=1)
PROOF_LASTS = timedelta(minutes=5)
PIN_TRIES = 5

BY_DIGEST = (
    select(StaffSession)
    .where(StaffSession.digest == bindparam("digest"))
    .options(joinedload(StaffSession.user))
    .execution_options(**PREPARED)
)


@dataclass(frozen=True)
class Limits:
    """How long a session lasts: unused until it locks, unused until it ends, and at most."""

    lock: timedelta
    idle: timedelta
    absolute: timedelta


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


def live_session(secret: str, limits: Limits) -> StaffSession | None:
    """The session behind a cookie, unless it ended, timed out, or its owner is disabled."""
    row: StaffSession | None = db.session.scalar(BY_DIGEST, {"digest": digest_of(secret)})
    if row is None or row.user.disabled_at or not _alive(row, limits):
        return None
    return row


def _alive(row: StaffSession, limits: Limits) -> bool:
    moment = now()
    fits = moment - row.created_at <= limits.absolute and moment - row.seen_at <= limits.idle
    return fits and row.ended_at is None


def is_locked(row: StaffSession, limits: Limits) -> bool:
    """True after the lock button, and after a while without use."""
    return row.locked_at is not None or now() - row.seen_at > limits.lock


def keep_alive(row: StaffSession, limits: Limits, *, used: bool) -> None:
    """Note that the session is in use, or that it has locked itself; commits on its own."""
    locked = is_locked(row, limits)
    if locked and row.locked_at is None:
        _note(row.id, {"locked_at": now()})
    elif used and not locked and now() - row.seen_at > SEEN_EVERY:
        _note(row.id, {"seen_at": now()})


def _note(row_id: uuid.UUID, values: dict[str, object]) -> None:
    with apart():
        db.session.execute(update(StaffSession).where(StaffSession.id == row_id).values(values))


def lock(row: StaffSession) -> None:
    """Lock the device until its owner proves to be there."""
    row.locked_at = row.locked_at or now()
    audit.record("session.locked", ("user", row.user_id), by=row.user.actor)


def unlock(row: StaffSession, secret: str) -> bool:
    """Open a locked session by PIN or password; the fifth wrong try ends it.

    A try is counted before it is checked, so that tries sent at once are counted too.
    """
    own = update(StaffSession).where(StaffSession.id == row.id, StaffSession.ended_at.is_(None))
    counted = own.where(StaffSession.pin_failures < PIN_TRIES)
    may_try = rows_changed(counted.values(pin_failures=StaffSession.pin_failures + 1)) == 1
    user = row.user
    if may_try and (pin_matches(user, secret) or password_matches(user.password_hash, secret)):
        rows_changed(own.values(locked_at=None, pin_failures=0, seen_at=now()))
        audit.record("session.unlocked", ("user", user.id), by=user.actor)
        return True
    audit.record("session.unlocked", ("user", user.id), by=user.actor, outcome="refused")
    rows_changed(own.where(StaffSession.pin_failures >= PIN_TRIES).values(ended_at=now()))
    return False


def pin_matches(user: User, pin: str) -> bool:
    """True for the person's PIN; never for somebody without one."""
    return user.pin_hash is not None and password_matches(user.pin_hash, pin)


def set_pin(user: User, pin: str | None) -> None:
    """Set the PIN that unlocks this person's sessions, or take it away."""
    user.pin_hash = hash_password(pin) if pin else None
    action = "pin.set" if pin else "pin.removed"
    audit.record(action, ("user", user.id), by=user.actor)


def is_proven(row: StaffSession) -> bool:
    """True while the password was given recently enough for what is grave."""
    return now() - row.proven_at <= PROOF_LASTS


def sessions_of(user: User, limits: Limits) -> list[StaffSession]:
    """The person's sessions that are alive, the last used first."""
    mine = (StaffSession.user_id == user.id, StaffSession.ended_at.is_(None))
    rows = db.session.scalars(
        select(StaffSession).where(*mine).order_by(StaffSession.seen_at.desc())
    )
    return [row for row in rows if _alive(row, limits)]


def end_session(session_id: uuid.UUID, *, of: User, by: Actor) -> None:
    """End one session of a person. Raises NotFound for a session of somebody else."""
    row = db.session.get(StaffSession, session_id)
    if row is None or row.user_id != of.id:
        raise NotFound(str(session_id))
    if row.ended_at is None:
        row.ended_at = now()
        audit.record("session.ended", ("user", of.id), by=by)


def end_sessions(user: User, *, by: Actor, but: uuid.UUID | None = None) -> int:
    """End every session of a person, except one; how many were ended."""
    mine = (StaffSession.user_id == user.id, StaffSession.ended_at.is_(None))
    other = (StaffSession.id != but,) if but else ()
    ended = rows_changed(update(StaffSession).where(*mine, *other).values(ended_at=now()))
    audit.record("session.all_ended", ("user", user.id), by=by, count=ended)
    return ended


def sweep(limits: Limits) -> None:
    """Mark sessions that timed out as ended."""
    open_ones = StaffSession.ended_at.is_(None)
    old = (StaffSession.created_at < now() - limits.absolute) | (
        StaffSession.seen_at < now() - limits.idle
    )
    rows_changed(update(StaffSession).where(open_ones, old).values(ended_at=now()))
