"""The daily run: images whose time is over go, papers expire, strays are swept, losses are told.

First the files leave the store, then their key goes, then the record says so. Wherever a process
dies, the next run finds the same image due again, and removing it again is no fault.
"""

import logging
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import select

from app.core import audit
from app.core.actor import HOUSE
from app.core.clock import now, today, zone
from app.core.crypto import vault
from app.core.errors import Refusal, StoreDown
from app.core.jobs import Claim, handles, progress
from app.core.storage import store
from app.core.types import new_id
from app.documents import expiry, keeping, pictures, strays
from app.documents.models import Document, RetentionRun
from app.extensions import db

logger = logging.getLogger(__name__)
KIND = "documents.retain"
PORTION = 50
PATIENCE = 3
"""After so many refusals in a row the store is left alone until the next run."""


class Image(NamedTuple):
    """An image whose time is over: all that removing it needs, outside of any transaction."""

    document_id: uuid.UUID
    key_id: uuid.UUID
    names: tuple[str, ...]
    why: str


class Due(NamedTuple):
    """What a dry run tells of an image that would go."""

    row: Document
    since: date
    why: str


@handles(KIND, every=timedelta(hours=1))
def daily(job: Claim) -> None:
    """One run for each day of the property's calendar; what failed is tried again each hour."""
    last = latest()
    mine = last is not None and _day_of(last) == today()
    if last and mine and last.finished_at and not last.failed:
        return
    run(job, last if mine else None)


def run(job: Claim, taken_up: RetentionRun | None = None, *, all_strays: bool = False) -> uuid.UUID:
    """A whole run, or the rest of one that was cut off; commits as it goes. The id of its row."""
    run_id = _begin(taken_up)
    _remove_all(job, run_id)
    for expired in expiry.mark_expired():
        _add(run_id, expired=expired)
        progress(job, job.done)
        db.session.commit()
    found = strays.sweep(all_of_them=all_strays)
    _add(run_id, strays=found.removed)
    _tell(run_id, lost=found.lost, trouble=found.trouble)
    _finish(run_id)
    return run_id


def latest() -> RetentionRun | None:
    """The run that began last."""
    query = select(RetentionRun).order_by(RetentionRun.ran_at.desc(), RetentionRun.id.desc())
    return db.session.scalar(query.limit(1))


def last_runs(most: int) -> list[RetentionRun]:
    """The last runs, the newest first."""
    query = select(RetentionRun).order_by(RetentionRun.ran_at.desc(), RetentionRun.id.desc())
    return list(db.session.scalars(query.limit(most)))


def due() -> Iterator[Due]:
    """What a run would remove now; changes nothing."""
    after = None
    while rows := keeping.portion(after):
        found, here = keeping.ends(rows), today()
        for row in rows:
            day, why = found[row.id]
            if day <= here:
                yield Due(row, day, why)
        after = rows[-1].id


def _day_of(row: RetentionRun) -> date:
    return row.ran_at.astimezone(zone()).date()


def _begin(taken_up: RetentionRun | None) -> uuid.UUID:
    """The run's row; one taken up counts anew what it could not remove."""
    row = taken_up or RetentionRun(
        id=new_id(), ran_at=now(), due=0, removed=0, failed=0, expired=0, strays=0, lost=[]
    )
    row.due, row.failed, row.trouble, row.finished_at = row.removed, 0, None, None
    db.session.add(row)
    db.session.commit()
    return row.id


def _remove_all(job: Claim, run_id: uuid.UUID) -> None:
    """Portion by portion: write down each image's end, and remove those that have come to it."""
    after, faults = None, 0
    while rows := keeping.portion(after, PORTION):
        after = rows[-1].id
        images = _due_of(rows)
        progress(job, job.done)
        db.session.commit()
        for image in images:
            faults = 0 if _removed(image, run_id, tired=faults >= PATIENCE) else faults + 1
            progress(job, job.done)
            db.session.commit()


def _due_of(rows: list[Document]) -> list[Image]:
    found, here = keeping.ends(rows), today()
    keeping.note(rows, found)
    return [_image(row, found[row.id].why) for row in rows if found[row.id].day <= here]


def _image(row: Document, why: str) -> Image:
    assert row.file_key_id is not None
    return Image(row.id, row.file_key_id, keeping.names_of(row), why)


def _removed(image: Image, run_id: uuid.UUID, *, tired: bool) -> bool:
    """Remove one image and say so in its record; False, and counted, where it cannot be done."""
    try:
        if tired:
            raise StoreDown("the store does not answer")
        store().remove(*image.names)
        vault().destroy_file_keys([image.key_id])
        if _record(image):
            _add(run_id, due=1, removed=1)
    except Refusal as fault:
        db.session.rollback()
        logger.warning("an image could not be removed: %s: %s", type(fault).__name__, fault)
        _add(run_id, due=1, failed=1)
        _tell(run_id, trouble=f"{type(fault).__name__}: {fault}"[:200])
        return False
    return True


def _record(image: Image) -> bool:
    """Leave the document without its image; False where it was replaced or removed meanwhile."""
    row = db.session.get(Document, image.document_id, with_for_update=True, populate_existing=True)
    if row is None or row.file_key_id != image.key_id:
        return False
    pictures.end(row, image.why, "document.file_ended", by=HOUSE)
    return True


def _add(run_id: uuid.UUID, **more: int) -> None:
    row = db.session.get_one(RetentionRun, run_id, populate_existing=True)
    for name, count in more.items():
        setattr(row, name, getattr(row, name) + count)
    db.session.flush()


def _tell(run_id: uuid.UUID, **facts: object) -> None:
    """Note facts of the run; trouble that is known already stays."""
    row = db.session.get_one(RetentionRun, run_id, populate_existing=True)
    for name, value in facts.items():
        setattr(row, name, value if name != "trouble" else row.trouble or value)
    db.session.flush()


def _finish(run_id: uuid.UUID) -> None:
    row = db.session.get_one(RetentionRun, run_id, populate_existing=True)
    row.finished_at = now()
    figures = {n: getattr(row, n) for n in ("due", "removed", "failed", "expired", "strays")}
    audit.record("retention.ran", ("retention", row.id), by=HOUSE, lost=len(row.lost), **figures)
    db.session.commit()
