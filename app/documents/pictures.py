"""The image or PDF of a document as its record sees it: brought, looked at, taken away."""

import uuid
from typing import Literal

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from app.core.actor import Actor
from app.core.clock import now
from app.core.database import rows_changed
from app.core.errors import Conflict, Invalid, NotFound
from app.documents import files, keeping, services, trail
from app.documents.files import Stored
from app.documents.models import Document
from app.extensions import db

Part = Literal["thumbnail", "preview", "original"]
PERMISSIONS: dict[Part, str] = {
    "thumbnail": "documents.read", "preview": "documents.read", "original": "documents.original",
}  # fmt: skip
ACTIONS: dict[Part, str] = {
    "thumbnail": "thumbnail.viewed", "preview": "preview.viewed", "original": "original.opened",
}  # fmt: skip


def attach(
    guest_id: uuid.UUID, document_id: uuid.UUID, file: Stored, *, by: Actor, over: str | None = None
) -> Document:
    """Give the document this file, in place of the one that it had; it is to be verified anew.

    `over` names the file that was looked at (see `which`). Raises Invalid where the house keeps no
    image of such a paper, Conflict where it is another by now.
    """
    by.must("documents.update")
    row = services.hold(guest_id, document_id)
    if row.file_key_id == file.key_id:
        return row
    _refuse_unwanted(row)
    _refuse_unseen(row, over)
    files.forget_later(row)
    was = row.file_type
    services.put(row, file)
    changes = {"file_type": (was, row.file_type)} | services.end_if_verified(row)
    db.session.flush()
    trail.record("document.file_added", row, by=by, changes=changes)
    return row


def expect(guest_id: uuid.UUID, document_id: uuid.UUID) -> None:
    """Raise what `attach` would, before a file is written in vain."""
    _refuse_unwanted(services.find(guest_id, document_id))


def _refuse_unwanted(row: Document) -> None:
    if not keeping.may_keep(row):
        raise Invalid({"file": _l("The house’s rules keep no picture of such a paper.")})


def which(row: Document) -> str:
    """What tells the document's present file from those before and after it; '' for none."""
    return row.file_key_id.hex if row.file_key_id else ""


def _refuse_unseen(row: Document, over: str | None) -> None:
    if over is not None and over != which(row):
        raise Conflict(_l("Another picture came meanwhile. Look at it before it goes."))


def detach(
    guest_id: uuid.UUID, document_id: uuid.UUID, why: str, *, by: Actor, over: str | None = None
) -> Document:
    """Take the file away for good; the record stays, with what was verified. Again: no change.

    Raises Conflict where it is not the file that was looked at, which `over` names.
    """
    by.must("documents.update")
    row = services.hold(guest_id, document_id)
    if row.has_file:
        _refuse_unseen(row, over)
        files.forget_later(row)
        end(row, why, "document.file_removed", by=by)
    return row


def end(row: Document, why: str, action: str, *, by: Actor) -> None:
    """Leave a held document without its file, and say so in its story; the file is the caller's."""
    was = row.file_type
    row.file_key_id = row.file_name = row.thumbnail_name = None
    row.file_size = row.file_type = row.pages = None
    row.file_removed_at, row.file_removed_why = now(), why
    keeping.follow(row)
    db.session.flush()
    trail.record(action, row, by=by, changes={"file_type": (was, None)})


def look(guest_id: uuid.UUID, document_id: uuid.UUID, part: Part, *, by: Actor) -> Document:
    """Put on record that somebody is to be shown the file; commit that before a byte leaves.

    Raises NotFound where there is no file. Thumbnails are not counted as accesses.
    """
    by.must(PERMISSIONS[part])
    row = services.find(guest_id, document_id)
    if not row.has_file:
        raise NotFound(f"the file of {document_id}")
    if part != "thumbnail":
        counted = {"access_count": Document.access_count + 1, "last_accessed": now()}
        rows_changed(update(Document).where(Document.id == row.id).values(counted))
    trail.record(ACTIONS[part], row, by=by, changes={})
    return row
