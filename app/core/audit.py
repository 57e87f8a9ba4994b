"""The audit log: who did what to whom, in the transaction of the change itself.

An entry holds no personal value. Old and new values lie apart in a payload, sealed with the
guest's key, so that erasure can destroy them while the log keeps its order: the entry carries a
salted commitment to the payload, and room for the chain that links entries.
"""

import hashlib
import hmac
import json
import os
import uuid
from collections.abc import Collection, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    Select,
    String,
    Table,
    insert,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.actor import Actor
from app.core.bulk import insert_many
from app.core.clock import now
from app.core.crypto import HOUSE_KEY, vault
from app.core.datamap import GUEST_ROW, INDEX, STAFF, TECHNICAL, Fact, fact_of
from app.core.errors import Unreadable
from app.core.models import Base, Identified
from app.core.types import Instant, new_id
from app.extensions import db

PLACE = "audit_payloads.body"
MASK = "•••"
MOST_TOLD = 100
TRAIL = Fact("nobody", see="guests.history", why="order and kind of events; holds no identity")

Changes = Mapping[str, tuple[Any, Any]]
Subject = tuple[str, uuid.UUID | None]
Noted = tuple[str, Subject, Changes] | tuple[str, Subject, Changes, dict[str, Any]]


class AuditEntry(Identified, Base):
    """One event. `sequence`, `previous` and `seal` are filled by the chain, in order."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_subject", "subject_type", "subject_id", "id"),
        Index("ix_audit_entries_actor", "actor_id", "id"),
    )

    at: Mapped[datetime] = mapped_column(Instant, info=TRAIL())
    action: Mapped[str] = mapped_column(String(60), index=True, info=TRAIL())
    actor_kind: Mapped[str] = mapped_column(String(10), info=TRAIL())
    actor_id: Mapped[uuid.UUID | None] = mapped_column(info=STAFF.but(see="guests.history"))
    actor_name: Mapped[str] = mapped_column(String(200), info=STAFF.but(see="guests.history"))
    subject_type: Mapped[str] = mapped_column(String(40), info=TRAIL())
    subject_id: Mapped[uuid.UUID | None] = mapped_column(info=TRAIL())
    part: Mapped[str | None] = mapped_column(String(40), info=TRAIL())
    request_id: Mapped[str | None] = mapped_column(String(40), info=TRAIL())
    address: Mapped[str | None] = mapped_column(String(45), info=STAFF.but(see="guests.history"))
    outcome: Mapped[str] = mapped_column(String(10), default="done", info=TRAIL())
    commitment: Mapped[bytes | None] = mapped_column(LargeBinary(32), info=TRAIL())
    sequence: Mapped[int | None] = mapped_column(BigInteger, unique=True, info=TRAIL())
    previous: Mapped[bytes | None] = mapped_column(LargeBinary(32), info=TRAIL())
    seal: Mapped[bytes | None] = mapped_column(LargeBinary(32), info=TRAIL())


class AuditPayload(Base):
    """What an entry says in detail; sealed, and deleted when its guest is erased."""

    __tablename__ = "audit_payloads"

    entry_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("audit_entries.id", ondelete="CASCADE"), primary_key=True, info=TECHNICAL()
    )
    subject_id: Mapped[uuid.UUID] = mapped_column(
        index=True, info=GUEST_ROW.but(export=False, why="whose key seals the body")
    )
    salt: Mapped[bytes] = mapped_column(LargeBinary(16), info=INDEX.but(erase="delete"))
    body: Mapped[bytes] = mapped_column(
        LargeBinary,
        info=GUEST_ROW.but(sensitive=True, see="guests.history", why="opened by payloads()"),
    )


@dataclass(frozen=True)
class Event:
    """What happened to one of a guest's things. `changes` maps a field to (old, new), as the log
    keeps them; `version` is the thing's own after it."""

    action: str
    who: str
    at: datetime
    version: int
    changes: dict[str, tuple[Any, Any]]
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Origin:
    """Where a request came from; set per request, empty in jobs and commands."""

    request_id: str | None = None
    address: str | None = None


origin: ContextVar[Origin] = ContextVar("origin", default=Origin())


def record(
    action: str,
    subject: tuple[str, uuid.UUID | None],
    *,
    by: Actor,
    changes: Changes | None = None,
    outcome: str = "done",
    part: str | None = None,
    **facts: Any,
) -> AuditEntry:
    """Write one entry. `action` is `noun.past_verb`; `changes` maps a field to (old, new).

    `part` names what of the subject it was about, and no value of it. Values of sensitive fields
    must be masked before (see `masked`).
    """
    entry, payload = _rows(action, subject, by, changes, facts)
    entry |= {"outcome": outcome, "part": part}
    row = AuditEntry(**entry)
    db.session.add(row)
    if payload:
        db.session.add(AuditPayload(**payload))
    return row


_ENTRY = insert(AuditEntry)


def note(action: str, subject: Subject, *, by: Actor, part: str) -> None:
    """Write at once, by one statement, what has nothing to tell in detail: that somebody looked."""
    entry, _nothing = _rows(action, subject, by, None, {})
    db.session.connection().execute(_ENTRY, entry | {"part": part})


def record_many(events: Iterable[Noted], *, by: Actor) -> None:
    """Write many entries at once: (action, subject, changes) each, and further facts if any."""
    rows = [
        _rows(action, subject, by, changes, *(facts or [{}]))
        for action, subject, changes, *facts in events
    ]
    connection = db.session.connection()
    insert_many(connection, cast(Table, AuditEntry.__table__), [entry for entry, _ in rows])
    payloads = [payload for _, payload in rows if payload]
    insert_many(connection, cast(Table, AuditPayload.__table__), payloads)


def _rows(
    action: str,
    subject: tuple[str, uuid.UUID | None],
    by: Actor,
    changes: Changes | None,
    facts: dict[str, Any],
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    kind, subject_id = subject
    source = origin.get()
    entry: dict[str, Any] = {
        "id": new_id(), "at": now(), "action": action, "outcome": "done",
        "actor_kind": by.kind, "actor_id": by.id, "actor_name": by.name,
        "subject_type": kind, "subject_id": subject_id,
        "request_id": source.request_id, "address": source.address, "commitment": None,
    }  # fmt: skip
    said = dict(facts)
    if changes:
        said["changes"] = {name: list(pair) for name, pair in changes.items()}
    if not said:
        return entry, None
    body, salt = _json(said), os.urandom(16)
    owner = subject_id if kind == "customer" and subject_id else HOUSE_KEY
    entry["commitment"] = hmac.digest(salt, body, hashlib.sha256)
    sealed = vault().key(owner).seal(PLACE, body)
    return entry, {"entry_id": entry["id"], "subject_id": owner, "salt": salt, "body": sealed}


def trail(kind: str, subject_id: uuid.UUID) -> Select[AuditEntry]:
    """The entries about one subject, the newest first."""
    about = (AuditEntry.subject_type == kind, AuditEntry.subject_id == subject_id)
    return select(AuditEntry).where(*about).order_by(AuditEntry.id.desc())


def story(
    guest_id: uuid.UUID, part: uuid.UUID, version: str, unless: Collection[str] = ()
) -> list[Event]:
    """What happened to one thing, the newest first, but for some actions; `version` names the fact
    that tells the thing's own."""
    query = trail("customer", guest_id).where(AuditEntry.part == str(part))
    entries = list(
        db.session.scalars(query.where(AuditEntry.action.not_in(unless)).limit(MOST_TOLD))
    )
    bodies = payloads(entries)
    return [_event(entry, bodies.get(entry.id) or {}, version) for entry in entries]


def _event(entry: AuditEntry, body: Mapping[str, Any], version: str) -> Event:
    changes = {name: (old, new) for name, (old, new) in body.get("changes", {}).items()}
    return Event(entry.action, entry.actor_name, entry.at, body.get(version, 0), changes, body)


def payloads(entries: Iterable[AuditEntry]) -> dict[uuid.UUID, dict[str, Any] | None]:
    """What the entries say in detail, by entry id; None where it cannot be read any more."""
    ids = [entry.id for entry in entries]
    rows = db.session.scalars(select(AuditPayload).where(AuditPayload.entry_id.in_(ids)))
    return {row.entry_id: _opened(row) for row in rows}


def _opened(row: AuditPayload) -> dict[str, Any] | None:
    try:
        body = vault().key(row.subject_id).open(PLACE, row.body)
    except Unreadable:
        return None
    said: dict[str, Any] = json.loads(body)
    return said


def masked(model: type[Base], changes: Changes) -> dict[str, tuple[Any, Any]]:
    """The changes with the values of sensitive columns hidden, by the data map."""
    columns = model.__table__.columns
    hidden = {c.name for c in columns if (fact := fact_of(c)) and fact.sensitive}  # type: ignore[arg-type]
    return {
        name: (_hide(old), _hide(new)) if name in hidden else (old, new)
        for name, (old, new) in changes.items()
    }


def _hide(value: Any) -> str | None:
    return None if value in (None, "") else MASK


def _json(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, default=_plain, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else str(value)
