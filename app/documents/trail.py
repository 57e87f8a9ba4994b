"""What happened to a document: written to its guest's audit trail, and read back from there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core import audit
from app.core.actor import Actor
from app.core.audit import MASK, AuditEntry
from app.documents.models import Document
from app.extensions import db

MOST = 100
SEEN = ("document.viewed", "thumbnail.viewed", "preview.viewed", "original.opened")
SECRET = {"document_number"}
Changes = Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Event:
    """One thing that happened. `changes` maps a field to (old, new), as the log keeps them."""

    action: str
    who: str
    at: datetime
    version: int
    changes: dict[str, tuple[Any, Any]]


def record(action: str, row: Document, *, by: Actor, changes: Changes, **facts: Any) -> None:
    """Write it down in the guest's trail, under the document's id and version."""
    audit.record(
        action, ("customer", row.customer_id), by=by, changes=_masked(changes), part=str(row.id),
        document=str(row.id), document_version=row.version, **facts,
    )  # fmt: skip


def _masked(changes: Changes) -> dict[str, tuple[Any, Any]]:
    return {
        name: (_hide(old), _hide(new)) if name in SECRET else (old, new)
        for name, (old, new) in changes.items()
    }


def _hide(value: Any) -> str | None:
    return MASK if value else None


def of(row: Document) -> list[Event]:
    """What was done to the document, the newest first, without who looked at it."""
    query = audit.trail("customer", row.customer_id).where(
        AuditEntry.part == str(row.id), AuditEntry.action.not_in(SEEN)
    )
    entries = list(db.session.scalars(query.limit(MOST)))
    bodies = audit.payloads(entries)
    return [_event(entry, bodies.get(entry.id) or {}) for entry in entries]


def since(row: Document, version: int) -> list[Event]:
    """What was done after a version of the document, the newest first."""
    return [event for event in of(row) if event.version > version]


def _event(entry: AuditEntry, body: Mapping[str, Any]) -> Event:
    changes = {name: (old, new) for name, (old, new) in body.get("changes", {}).items()}
    version = body.get("document_version", 0)
    return Event(entry.action, entry.actor_name, entry.at, version, changes)
