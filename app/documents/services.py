"""What may happen to a document: added, changed, verified, put aside, removed."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.core.actor import Actor
from app.core.audit import MASK, Event
from app.core.clock import now, today
from app.core.errors import Conflict, Invalid, NotFound, Stale
from app.core.types import new_id
from app.customers import parts
from app.customers import services as guests
from app.customers.models import Customer
from app.documents import files, keeping, trail
from app.documents.files import Stored
from app.documents.models import Document
from app.extensions import db

MOST = 200
"""Documents of one guest, archived ones with them."""
FIELDS = (
    "document_type", "document_number", "document_name", "issue_date", "expiry_date",
    "issuing_country", "issuing_authority",
)  # fmt: skip
ATTESTED = {"document_type", "document_number", "issue_date", "expiry_date", "issuing_country"}
"""What somebody who verifies a paper vouches for: changed, it has to be verified anew."""

Values = Mapping[str, Any]
Changes = dict[str, tuple[Any, Any]]


def of(guest_id: uuid.UUID) -> list[Document]:
    """The guest's documents in one statement: archived ones last, then the newest first."""
    query = select(Document).where(Document.customer_id == guest_id)
    order = (Document.status == "archived", Document.uploaded_at.desc(), Document.id.desc())
    return list(db.session.scalars(query.order_by(*order)))


def find(guest_id: uuid.UUID, document_id: uuid.UUID) -> Document:
    """One document of this guest. Raises NotFound, also for somebody else's."""
    row = db.session.get(Document, document_id)
    if row is None or row.customer_id != guest_id:
        raise NotFound(str(document_id))
    return row


def hold(guest_id: uuid.UUID, document_id: uuid.UUID) -> Document:
    """Like `find`, for a change: whoever else wants to change it waits."""
    guests.hold(guest_id)
    find(guest_id, document_id)
    row = db.session.get(Document, document_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(str(document_id))
    return row


def add(
    guest_id: uuid.UUID, values: Values, *, by: Actor, document_id: uuid.UUID | None = None,
    file: Stored | None = None,
) -> Document:  # fmt: skip
    """A new document of the guest; `values` as `DocumentInput` gives them, `file` as `files.keep`.

    `document_id` came with the form: sent twice it makes one document. Where the house keeps no
    image of such a paper, the file is left out. Raises Conflict for a number that this guest has
    on file under the same kind, and for a guest who was merged.
    """
    by.must("documents.update")
    guest = guests.hold(guest_id)
    if document_id and (made := db.session.get(Document, document_id)):
        return _made_before(made, guest.id)
    _refuse_crowd(guest.id)
    row = Document(
        id=document_id or new_id(), customer_id=guest.id, is_verified=False, access_count=0,
        uploaded_by=by.user_id, uploaded_name=by.name, status="active", version=1,
    )  # fmt: skip
    changes = _assign(row, values)
    _refuse_double(row)
    if file and keeping.may_keep(row):
        put(row, file)
        changes["file_type"] = (None, file.kind)
    db.session.add(row)
    db.session.flush()
    trail.record("document.added", row, by=by, changes=changes)
    return row


def put(row: Document, file: Stored) -> None:
    """Note in the row which file is its own."""
    row.file_key_id, row.file_name, row.thumbnail_name = file.key_id, file.name, file.thumbnail
    row.file_size, row.file_type, row.pages = file.size, file.kind, file.pages
    row.file_removed_at = row.file_removed_why = None
    keeping.follow(row)


def _made_before(row: Document, guest_id: uuid.UUID) -> Document:
    if row.customer_id != guest_id:
        raise NotFound(str(row.id))
    return row


def _refuse_crowd(guest_id: uuid.UUID) -> None:
    counted = select(func.count()).where(Document.customer_id == guest_id)
    if (db.session.scalar(counted) or 0) >= MOST:
        raise Conflict(_l("A guest has at most %(most)s documents here.", most=MOST))


def _refuse_double(row: Document) -> None:
    """Raise Conflict where the guest has this number on file already, not put aside."""
    if row.number_digest is None or row.status == "archived":
        return
    same = select(Document.id).where(
        Document.customer_id == row.customer_id, Document.id != row.id,
        Document.number_digest == row.number_digest, Document.status != "archived",
        Document.document_type == row.document_type,
    )  # fmt: skip
    with db.session.no_autoflush:
        if (other := db.session.scalar(same.limit(1))) is not None:
            sentence = _l("This document is on file for this guest already.")
            raise Conflict(sentence, document=str(other), field="document_number")


def change(
    guest_id: uuid.UUID, document_id: uuid.UUID, values: Values, *, by: Actor,
    version: int | None = None,
) -> Changes:  # fmt: skip
    """Write the values; what really changed, as {field: (old, new)}.

    With the `version` that a form showed, what others changed meanwhile stays; raises Stale, with
    `details["changes"]`, where both changed one field. What a verification vouched for ends it.
    """
    by.must("documents.update")
    row = hold(guest_id, document_id)
    if version is not None and version != row.version:
        values = _mine(row, values, version)
    changes = _assign(row, values)
    _refuse_double(row)
    if ATTESTED & set(changes):
        changes |= end_if_verified(row)
    if changes:
        keeping.follow(row)
        db.session.flush()
        trail.record("document.changed", row, by=by, changes=changes)
    return changes


def _mine(row: Document, values: Values, version: int) -> Values:
    """What I changed in a form of an older version. Raises Stale where others did so, too."""
    events = trail.since(row, version)
    theirs: dict[str, Event] = {n: event for event in reversed(events) for n in event.changes}
    before = {n: event.changes[n][0] for event in events for n in event.changes}
    mine = {
        name: value for name, value in values.items()
        if value != getattr(row, name) and (name not in theirs or _plain(value) != before[name])
    }  # fmt: skip
    if both := [name for name in mine if name in theirs]:
        who = ", ".join(dict.fromkeys(theirs[name].who for name in both))
        sentence = _l("%(who)s changed the same meanwhile. Look again, then save.", who=who)
        raise Stale(sentence, changes=[theirs[name] for name in both], fields=both)
    return mine


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _assign(row: Document, values: Values) -> Changes:
    """Set the values and what follows from them; the changes. Raises Invalid."""
    changes = {n: (old, v) for n, v in values.items() if (old := getattr(row, n, None)) != v}
    for name, (_old, new) in changes.items():
        setattr(row, name, new)
    if row.issue_date and row.expiry_date and row.expiry_date < row.issue_date:
        raise Invalid({"expiry_date": _l("It expires before it was issued.")})
    if "document_number" in changes:
        row.number_digest = guests.paper_digest(changes["document_number"][1])
    if row.status != "archived":
        row.status = row.status_on(today())
    return changes


def verify(
    guest_id: uuid.UUID, document_id: uuid.UUID, notes: str | None = None, *, by: Actor,
    version: int | None = None,
) -> Document:  # fmt: skip
    """Note that the paper was checked, by whom and when; by the same person again is no change.

    Raises Conflict when somebody else did so already or the document is archived, Stale when it
    was changed after the `version` that was looked at.
    """
    by.must("documents.verify")
    row = hold(guest_id, document_id)
    if row.is_verified:
        return _verified_before(row, by)
    if row.status == "archived":
        raise Conflict(_l("This document is archived. Bring it back before you verify it."))
    if version is not None and any(event.changes for event in trail.since(row, version)):
        raise Stale(_l("This document was changed after you opened it. Look again, then verify."))
    row.is_verified, row.verified_at, row.verification_notes = True, now(), notes
    row.verified_by, row.verified_name = by.user_id, by.name
    keeping.follow(row)
    db.session.flush()
    changes: Changes = {"is_verified": (False, True)}
    changes |= {"verification_notes": (None, notes)} if notes else {}
    trail.record("document.verified", row, by=by, changes=changes)
    return row


def _verified_before(row: Document, by: Actor) -> Document:
    if row.verified_name == by.name and row.verified_by == by.user_id:
        return row
    sentence = _l("%(who)s has verified this document already.", who=row.verified_name or "–")
    raise Conflict(sentence, verified_by=row.verified_name)


def end_verification(guest_id: uuid.UUID, document_id: uuid.UUID, *, by: Actor) -> Document:
    """Take a verification back; on one that is none, no change."""
    by.must("documents.verify")
    row = hold(guest_id, document_id)
    if changes := end_if_verified(row):
        db.session.flush()
        trail.record("document.verification_ended", row, by=by, changes=changes)
    return row


def end_if_verified(row: Document) -> Changes:
    """End the row's verification, if it has one; the change."""
    if not row.is_verified:
        return {}
    row.is_verified = False
    row.verified_at = row.verified_by = row.verified_name = row.verification_notes = None
    keeping.follow(row)
    return {"is_verified": (True, False)}


def archive(guest_id: uuid.UUID, document_id: uuid.UUID, wanted: bool, *, by: Actor) -> Document:
    """Put the document aside, or bring it back: it takes the wanted state, again is no change."""
    by.must("documents.update")
    row = hold(guest_id, document_id)
    was = row.status
    if wanted == (was == "archived"):
        return row
    row.status = "archived" if wanted else "active"
    row.status = row.status_on(today())
    _refuse_double(row)
    keeping.follow(row)
    db.session.flush()
    action = "document.archived" if wanted else "document.brought_back"
    trail.record(action, row, by=by, changes={"document_status": (was, row.status)})
    return row


def remove(guest_id: uuid.UUID, document_id: uuid.UUID, *, by: Actor) -> None:
    """Delete the document for good; the history keeps what it said."""
    by.must("documents.update")
    row = hold(guest_id, document_id)
    plain = [name for name in FIELDS if name != "document_number"]  # it may be unreadable
    gone = {n: (value, None) for n in plain if (value := getattr(row, n)) is not None}
    gone |= {"document_number": (MASK, None)} if row.number_sealed else {}
    trail.record("document.removed", row, by=by, changes=gone)
    files.forget_later(row)
    db.session.delete(row)
    db.session.flush()


def others_with(row: Document, *, by: Actor) -> list[Customer]:
    """Other guests with a paper of this number, for who may look papers up; that is audited."""
    if row.number_digest is None or not by.may("guests.identity"):
        return []
    found = guests.find_by_paper(row.document_number, by=by)
    return [guest for guest in found if guest.id != row.customer_id]


@parts.holds_paper
def guests_with(digest: bytes) -> Any:
    """The ids of guests who have a document of this number, as a subquery."""
    return select(Document.customer_id).where(Document.number_digest == digest)
