"""Papers come to their end: noted daily, and told to those who greet the guest."""

import logging
import uuid
from collections.abc import Collection, Iterator
from datetime import date
from typing import Final

from sqlalchemy import func, select

from app.core.actor import HOUSE
from app.core.clock import today
from app.core.errors import Unreadable
from app.documents import trail
from app.documents.kinds import KINDS
from app.documents.models import Document
from app.extensions import db

logger = logging.getLogger(__name__)
PORTION = 200
TRAVEL: Final = tuple(name for name, kind in KINDS.items() if kind.machine_readable)
"""Papers without which a guest may not be lodged."""
LIVE = Document.status.in_(("active", "expired"))


def mark_expired() -> Iterator[int]:
    """Note the papers that have expired by the property's date, a portion at a time: how many.

    The caller commits after each. Late or again, it is the same; what is archived stays so.
    """
    over = (
        select(Document).where(Document.status == "active", Document.expiry_date < today())
        .order_by(Document.id).limit(PORTION).with_for_update(skip_locked=True)
    )  # fmt: skip
    while rows := list(db.session.scalars(over)):
        for row in rows:
            row.status = "expired"
        db.session.flush()
        for row in rows:
            _record(row)
        yield len(rows)


def _record(row: Document) -> None:
    """Told in its story; one whose guest's key is broken expires all the same."""
    try:
        changes = {"document_status": ("active", "expired")}
        trail.record("document.expired", row, by=HOUSE, changes=changes)
    except Unreadable as fault:
        logger.error("that document %s expired could not be recorded: %s", row.id, fault)


def last_days(guest_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, date | None]]:
    """For each guest and kind of travel paper on file: until when the best of that kind holds.

    None where one of them bears no date. What is put aside does not count. One statement.
    """
    query = select(
        Document.customer_id, Document.document_type, func.max(Document.expiry_date),
        func.count() - func.count(Document.expiry_date),
    )  # fmt: skip
    query = query.where(
        Document.customer_id.in_(guest_ids), Document.document_type.in_(TRAVEL), LIVE
    ).group_by(Document.customer_id, Document.document_type)
    found: dict[uuid.UUID, dict[str, date | None]] = {}
    for guest, kind, last, undated in db.session.execute(query):
        found.setdefault(guest, {})[kind] = None if undated else last
    return found
