"""What happened to a document: written to its guest's audit trail, and read back from there."""

from typing import Any

from app.core import audit
from app.core.actor import Actor
from app.core.audit import MASK, Changes, Event
from app.documents.models import Document

SEEN = ("document.viewed", "thumbnail.viewed", "preview.viewed", "original.opened")
SECRET = {"document_number"}


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
    return audit.story(row.customer_id, row.id, "document_version", unless=SEEN)


def since(row: Document, version: int) -> list[Event]:
    """What was done after a version of the document, the newest first."""
    return [event for event in of(row) if event.version > version]
