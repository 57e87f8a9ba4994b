"""What is made of a reading once staff ticked it: values of the guest, and the paper on file."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from app.core.actor import Actor
from app.core.clock import today
from app.core.types import new_id
from app.customers import edits
from app.customers import services as guests
from app.customers.inputs import PERMISSION_OF, CustomerInput
from app.customers.models import Customer
from app.documents import services
from app.documents.inputs import ChangedDocument, DocumentInput
from app.documents.models import Document
from app.documents.reading import wedge
from app.documents.reading.compare import Line, lines
from app.documents.reading.reading import Reading

CARRIED = "paper"
"""The control with which a new guest's form carries what was read."""


@dataclass(frozen=True)
class Record:
    """How the paper stands among the guest's documents: new, less complete there, or on file."""

    standing: Literal["new", "fuller", "on_file"]
    row: Document | None
    values: Mapping[str, Any]


def permitted(reading: Reading, guest: Customer, *, by: Actor) -> list[Line]:
    """The lines whose every field this person may write."""
    return [
        line for line in lines(reading, guest)
        if all(by.may(PERMISSION_OF.get(name, "guests.update")) for name in line.values)
    ]  # fmt: skip


def record(reading: Reading, guest_id: uuid.UUID) -> Record | None:
    """The paper beside the guest's documents; None for one without a number."""
    if not reading.number:
        return None
    values = {
        "document_number": reading.number, "issue_date": reading.issued,
        "expiry_date": reading.expiry, "issuing_country": reading.country,
    }  # fmt: skip
    values = {name: value for name, value in values.items() if value}
    digest = guests.paper_digest(reading.number)
    rows = [
        row for row in services.of(guest_id)
        if row.number_digest == digest and row.document_type == reading.document_type
        and row.status != "archived"
    ]  # fmt: skip
    if not rows:
        return Record("new", None, values | {"document_type": reading.document_type})
    del values["document_number"]
    news = {name: value for name, value in values.items() if getattr(rows[0], name) != value}
    return Record("fuller" if news else "on_file", rows[0], news)


def save(
    guest: Customer, reading: Reading, taken: Collection[str], *, version: int, by: Actor,
    document_id: uuid.UUID | None,
) -> tuple[dict[str, tuple[Any, Any]], Document | None]:  # fmt: skip
    """Write the ticked lines to the guest, and with a `document_id` the paper to the documents.

    Returns what changed in the guest, and the document. Raises Stale where somebody else changed
    one of the ticked fields after `version`, Invalid for what no profile may hold.
    """
    chosen: dict[str, Any] = {}
    for line in permitted(reading, guest, by=by):
        if line.field in taken and line.verdict != "same":
            chosen |= line.values
    typed = CustomerInput.read({name: _sent(value) for name, value in chosen.items()})
    changes, _meanwhile = edits.save(guest, typed, version, by=by) if typed else ({}, None)
    return changes, _file(guest.id, reading, document_id, by) if document_id else None


def _file(
    guest_id: uuid.UUID, reading: Reading, document_id: uuid.UUID, by: Actor
) -> Document | None:
    found = record(reading, guest_id)
    if found is None or found.standing == "on_file":
        return found.row if found else None
    sent = {name: _sent(value) for name, value in found.values.items()}
    if found.row is None:
        return services.add(guest_id, DocumentInput.read(sent), by=by, document_id=document_id)
    services.change(guest_id, found.row.id, ChangedDocument.read(sent), by=by)
    return found.row


def put_on_file(guest: Customer, text: str, by: Actor) -> None:
    """Put the paper that this text tells of among the guest's documents; none that it does not."""
    reading = wedge.read(text, today()).reading
    if reading is not None:
        _file(guest.id, reading, new_id(), by)


def _sent(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
