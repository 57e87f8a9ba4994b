"""Slowing guessing down: tries are counted per account and per address, in the database.

A try is written before its outcome is known, so that tries sent at once are counted too; success
takes it back. A refused try is not counted: who waits five minutes may always try again.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network

from flask_babel import ngettext
from sqlalchemy import ColumnElement, delete, func, select, text

from app.auth.models import SignInAttempt
from app.core.clock import now
from app.core.database import writing
from app.extensions import db

WINDOW = timedelta(minutes=5)
TRIES = 10
"""Tries for one account in a window; and different accounts tried from one address."""
CODE_TRIES = 5


@dataclass(frozen=True)
class Wait:
    """Too many tries: when the next one is allowed."""

    until: datetime

    @property
    def seconds(self) -> int:
        """Whole seconds to wait, at least 1."""
        return max(1, int((self.until - now()).total_seconds()) + 1)

    @property
    def minutes(self) -> int:
        """Minutes to wait, rounded up."""
        return -(-self.seconds // 60)


def sentence(wait: Wait) -> str:
    """What to tell somebody who has to wait."""
    return str(
        ngettext(
            "Too many tries. Try again in %(num)d minute.",
            "Too many tries. Try again in %(num)d minutes.",
            wait.minutes,
        )
    )


def try_account(username: str, address: str | None) -> Wait | None:
    """Count a try to sign in; None when it may go on. Commits, since a failure must count."""
    name = _digest(username.strip().lower())
    account, place = f"account:{name}", _place(address)
    with writing():
        _one_at_a_time(account, place)
        wait = _wait(account, func.count(), TRIES) or _wait_for_address(place, name)
        if wait is None:
            db.session.add(SignInAttempt(key=account, at=now()))
            db.session.add(SignInAttempt(key=place, source=name, at=now()))
        db.session.commit()
    return wait


def try_proof(kind: str, owner: object, tries: int = TRIES) -> Wait | None:
    """Count a try of a known person: a code, or a password asked again. Commits."""
    key = f"{kind}:{owner}"
    with writing():
        _one_at_a_time(key)
        wait = _wait(key, func.count(), tries)
        if wait is None:
            db.session.add(SignInAttempt(key=key, at=now()))
        db.session.commit()
    return wait


def forget_account(username: str, address: str | None) -> None:
    """The try succeeded: it and those before it no longer count against this account."""
    name = _digest(username.strip().lower())
    tried = (SignInAttempt.key == _place(address), SignInAttempt.source == name)
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.key == f"account:{name}"))
    db.session.execute(delete(SignInAttempt).where(*tried))


def forget_proof(kind: str, owner: object) -> None:
    """The proof succeeded: earlier tries no longer count."""
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.key == f"{kind}:{owner}"))


def sweep() -> None:
    """Delete tries that count no more."""
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < now() - WINDOW))


def _place(address: str | None) -> str:
    """Whom an address stands for: with IPv6 anybody has 2**64 of them, so the network counts."""
    try:
        network: object = ip_network((address or "", 64), strict=False)
    except ValueError:  # an IPv4 address has no 64 bits
        network = address or "unknown"
    return f"address:{network}"


def _wait_for_address(place: str, name: str) -> Wait | None:
    known = select(SignInAttempt.id).where(
        SignInAttempt.key == place, SignInAttempt.source == name, SignInAttempt.at > now() - WINDOW
    )
    if db.session.scalar(known.limit(1)) is not None:
        return None  # no further account, and this account's own count was looked at
    return _wait(place, func.count(SignInAttempt.source.distinct()), TRIES)


def _wait(key: str, tried: ColumnElement[int], tries: int) -> Wait | None:
    recent = (SignInAttempt.key == key, SignInAttempt.at > now() - WINDOW)
    count, oldest = db.session.execute(
        select(tried, func.min(SignInAttempt.at)).where(*recent)
    ).one()
    return Wait(oldest + WINDOW) if count >= tries else None


def _one_at_a_time(*keys: str) -> None:
    """Tries on the same key wait for each other; on SQLite all writers do anyway."""
    if db.session.get_bind().dialect.name != "postgresql":
        return
    for key in sorted(keys):
        lock = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], signed=True)
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:40]
