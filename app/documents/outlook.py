"""What the runs to come will remove, as the documents' own dates foretell it."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from app.core.clock import today, zone
from app.documents.models import Document
from app.extensions import db

MOST = 20
HAS_IMAGE = Document.file_key_id.is_not(None)
WAITS = Document.is_verified.is_(False) & (Document.status != "archived")


@dataclass(frozen=True)
class Outlook:
    """How many images there are; how many go at the next run, within a week, later; how many of
    all wait to be verified, and since when the oldest does. `next` are the first that go."""

    kept: int
    due: int
    soon: int
    later: int
    waiting: int
    oldest: date | None
    next: list[Document]


def look() -> Outlook:
    """The outlook as of today; two statements."""
    here, ends = today(), Document.retention_date
    week = here + timedelta(days=7)
    query = select(
        func.count(), func.count().filter(ends <= here),
        func.count().filter(ends > here, ends <= week), func.count().filter(ends > week),
        func.count().filter(WAITS), func.min(Document.uploaded_at).filter(WAITS),
    )  # fmt: skip
    kept, due, soon, later, waiting, oldest = db.session.execute(query.where(HAS_IMAGE)).one()
    first = select(Document).where(HAS_IMAGE, ends.is_not(None)).order_by(ends, Document.id)
    rows = list(db.session.scalars(first.limit(MOST)))
    since = oldest.astimezone(zone()).date() if waiting else None
    return Outlook(kept, due, soon, later, waiting, since, rows)


def lost(ids: Collection[str]) -> list[Document]:
    """Those of the documents that a run missed an image of and that are still there."""
    found = [uuid.UUID(each) for each in ids]
    query = select(Document).where(Document.id.in_(found), HAS_IMAGE).order_by(Document.id)
    return list(db.session.scalars(query)) if found else []
