"""The background's part of exports: writing long files, and sweeping old ones away."""

import os
import time
import uuid
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import IO

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from app.auth.models import User
from app.core import audit, jobs
from app.core.actor import Actor
from app.core.clock import now
from app.core.database import writing
from app.core.jobs import Claim, GiveUp
from app.core.tabular_out import Batch
from app.customers.exports import services
from app.customers.exports.columns import columns_for, label
from app.customers.exports.models import Export
from app.customers.exports.rows import batches, snapshot
from app.customers.listing import ListInput
from app.extensions import db

TELL_EVERY = 1.0
"""Seconds between two words on the progress, which also renew the lease."""


class _Cancelled(Exception):
    """Its maker does not want the file any more."""


@jobs.handles(services.KIND)
def make(job: Claim) -> None:
    """Write the file of an export; a second attempt begins anew."""
    export = db.session.get(Export, uuid.UUID(job.payload["export"]))
    if export is None or export.cancelled_at or export.finished_at:
        return
    by = _maker(export)
    path, handle = services.new_file(export.format)
    try:
        with os.fdopen(handle, "w+b") as out, force_locale(export.language):
            write(out, export, by, job)
    except _Cancelled:
        path.unlink(missing_ok=True)
        return
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    _finish(export, path, by)


def _maker(export: Export) -> Actor:
    """Who asked for it, with the rights of today: they may have gone since."""
    user = db.session.get(User, export.made_by)
    if user is None or user.disabled_at is not None or not user.actor.may("guests.export"):
        raise GiveUp("who asked for this file may not have it any more")
    return user.actor


def write(out: IO[bytes], export: Export, by: Actor, job: Claim) -> None:
    """Write all rows to `out`, telling the job about it. Raises LeaseLost."""
    names = columns_for(by, "all" if export.scope == "all" else "list")
    filters = ListInput.read(export.filters)
    with snapshot() as connection:
        rows = _told(batches(connection, filters, names), job, export.id)
        heads = [label(name) for name in names]
        services.WRITERS[export.format](out, heads, rows, title=_("Guests"))


def _told(rows: Iterable[Batch], job: Claim, export_id: uuid.UUID) -> Iterator[Batch]:
    done, told = 0, 0.0
    for batch in rows:
        yield batch
        done += len(batch)
        if time.monotonic() - told > TELL_EVERY:
            told = time.monotonic()
            _tell(job, done, export_id)


def _tell(job: Claim, done: int, export_id: uuid.UUID) -> None:
    query = select(Export.cancelled_at, Export.total).where(Export.id == export_id)
    db.session.rollback()  # what was read for the list belongs to an older state
    with writing():
        row = db.session.execute(query).one_or_none()
        if row is None or row.cancelled_at:
            db.session.rollback()
            raise _Cancelled
        jobs.progress(job, done, row.total)
        db.session.commit()


def _finish(export: Export, path: Path, by: Actor) -> None:
    db.session.rollback()
    db.session.refresh(export)
    if export.cancelled_at:
        path.unlink(missing_ok=True)
        return
    export.file, export.size, export.finished_at = path.name, path.stat().st_size, now()
    audit.record("guests.export_finished", services.SUBJECT, by=by, export=str(export.id))


@jobs.handles("exports.sweep", every=timedelta(hours=1))
def sweep(_job: Claim) -> None:
    """Delete exports that are over."""
    services.sweep()
