"""The import's jobs: the dry run, the import itself, taking it back, and clearing up old files.

Rows go in portions of at most 500, each a transaction of its own that also says how far the work
has come. A worker that dies leaves whole portions behind it; the next goes on after the last.
"""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from flask_babel import force_locale, lazy_ngettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert, select

from app.auth.models import User
from app.core import audit, jobs, statistics
from app.core.actor import HOUSE, Actor
from app.core.clock import now
from app.core.database import reading
from app.core.errors import Invalid
from app.core.jobs import Claim
from app.core.tabular import Row, Shape, read
from app.extensions import db
from app.imports import storage
from app.imports.models import ImportBatch, ImportProblem
from app.imports.targets import Importer, Prepared, Problem, RawRow, target_of

PORTION = 500
SKIPPED_AT_ONCE = 20_000
KEPT_AFTER_END = timedelta(days=7)
KEPT_UNUSED = timedelta(days=30)

RAGGED = _l("This row has more values than there are columns: one may need quotation marks.")
CLEANED = _l("Control characters were taken out of this row.")


@dataclass(frozen=True)
class _Work:
    """What one run of a job needs of its batch, read once, so that no row is held meanwhile."""

    id: uuid.UUID
    size: int
    shape: Shape
    mapping: dict[int, str]
    options: dict[str, Any]
    position: int
    total: int | None
    dry: bool
    by: Actor


@jobs.handles("imports.check")
def check(job: Claim) -> None:
    """Go through all rows and write what would happen; the records stay as they are."""
    _at_work(job, "checking", "mapping", lambda batch: _go_through(job, batch, dry=True))


@jobs.handles("imports.run")
def run(job: Claim) -> None:
    """Write the rows, from where the last portion ended."""
    _at_work(job, "running", "stopped", lambda batch: _go_through(job, batch, dry=False))


@jobs.handles("imports.undo")
def undo(job: Claim) -> None:
    """Take the batch's records back, portion by portion."""
    _at_work(job, "undoing", "stopped", lambda batch: _take_back(job, batch))


def _at_work(job: Claim, state: str, otherwise: str, do: Callable[[ImportBatch], None]) -> None:
    """Do the stage if the batch still waits for this very job; a damaged file ends it."""
    batch_id = uuid.UUID(job.payload["batch"])
    batch = db.session.get(ImportBatch, batch_id)
    if batch is None or batch.state != state or batch.job_id != job.id:
        return
    with force_locale(batch.language):
        try:
            do(batch)
        except Invalid as refusal:
            db.session.rollback()
            batch = db.session.get_one(ImportBatch, batch_id)
            batch.state, batch.fault = otherwise, str(refusal)


def _actor(batch: ImportBatch) -> Actor:
    user = db.session.get(User, batch.by_id) if batch.by_id else None
    return user.actor if user else HOUSE


def _work_of(batch: ImportBatch, *, dry: bool) -> _Work:
    return _Work(
        id=batch.id, size=batch.size, shape=Shape(**batch.shape),
        mapping={int(index): name for index, name in batch.mapping.items()},
        options=batch.options, position=0 if dry else batch.position, total=batch.total,
        dry=dry, by=_actor(batch),
    )  # fmt: skip


def _go_through(job: Claim, batch: ImportBatch, *, dry: bool) -> None:
    work, target = _work_of(batch, dry=dry), target_of(batch.target)
    if work.position == 0:
        db.session.execute(delete(ImportProblem).where(ImportProblem.batch_id == work.id))
        batch.checked, batch.counts = ({} if dry else batch.checked), {}
    db.session.commit()
    begun = target.begin(work.id, work.options, by=work.by, dry=dry)
    with closing(storage.open_file(work.id, work.size)) as stream, begun as importer:
        rows = read(stream, work.shape)
        width = len(next(rows, Row(0, [])).cells) if work.shape.header else None
        remaining = _after(rows, work.position, job)
        while portion := list(islice(remaining, PORTION)):
            prepared = _prepared(importer, work, portion, width)
            if _stopped_after(job, work, portion, prepared, importer):
                return
    _finish(work)


def _after(rows: Iterator[Row], position: int, job: Claim) -> Iterator[Row]:
    """The rows after a position; the way there may be long, so the lease is renewed on it."""
    for skipped, row in enumerate(rows):
        if row.number > position:
            yield row
        elif skipped % SKIPPED_AT_ONCE == SKIPPED_AT_ONCE - 1:
            jobs.progress(job, row.number)
            db.session.commit()


def _prepared(importer: Importer, work: _Work, portion: list[Row], width: int | None) -> Prepared:
    faults: list[Problem] = []
    notes: list[Problem] = []
    good: list[RawRow] = []
    for row in portion:
        fault = row.fault or (RAGGED if width and any(row.cells[width:]) else None)
        if fault is not None:
            faults.append(Problem(row.number, "refused", "", fault))
            continue
        if row.cleaned:
            notes.append(Problem(row.number, "note", "", CLEANED))
        cells = row.cells
        values = {n: cells[i] for i, n in work.mapping.items() if i < len(cells) and cells[i]}
        good.append(RawRow(row.number, values))
    prepared = importer.prepare(good)
    prepared.problems += faults + notes
    prepared.counts.update(refused=len(faults))
    return prepared


def _stopped_after(
    job: Claim, work: _Work, portion: list[Row], prepared: Prepared, importer: Importer
) -> bool:
    """Write the portion and how far it brought us, together; True when the work is to stop."""
    if not work.dry:
        importer.write(prepared)
    _write_problems(work.id, prepared.problems)
    batch = db.session.get_one(ImportBatch, work.id)
    figures = Counter(batch.checked if work.dry else batch.counts) + prepared.counts
    figures["read"] += len(portion)
    figures["warned"] += len({p.row for p in prepared.problems if p.kind == "left_out"})
    if work.dry:
        batch.checked = dict(+figures)
    else:
        batch.counts = dict(+figures)
    batch.position = portion[-1].number
    stop = batch.stop_wanted
    if stop:
        batch.state, batch.stop_wanted = ("mapping" if work.dry else "stopped"), False
        audit.record("import.stopped", ("import", work.id), by=work.by, row=batch.position)
    jobs.progress(job, figures["read"], work.total)
    db.session.commit()
    return stop


def _write_problems(batch_id: uuid.UUID, problems: list[Problem]) -> None:
    ordinals: Counter[int] = Counter()
    rows = []
    for problem in sorted(problems, key=lambda p: p.row):
        ordinals[problem.row] += 1
        rows.append({
            "batch_id": batch_id, "row": problem.row, "ordinal": ordinals[problem.row],
            "kind": problem.kind, "field": problem.field, "sentence": str(problem.sentence),
        })  # fmt: skip
    if rows:
        db.session.execute(insert(ImportProblem), rows)


def _finish(work: _Work) -> None:
    batch = db.session.get_one(ImportBatch, work.id)
    if work.dry:
        batch.state, batch.total = "checked", batch.checked.get("read", 0)
    else:
        batch.state, batch.finished_at = "done", now()
        statistics.after_growth(target_of(batch.target).table, batch.counts.get("new", 0))
    action = "import.checked" if work.dry else "import.finished"
    audit.record(action, ("import", work.id), by=work.by, counts=batch.figures)


def _take_back(job: Claim, batch: ImportBatch) -> None:
    target, by, batch_id = target_of(batch.target), _actor(batch), batch.id
    db.session.commit()
    while gone := target.undo(batch_id, by=by):
        batch = db.session.get_one(ImportBatch, batch_id)
        batch.counts = batch.counts | {"undone": batch.counts.get("undone", 0) + gone}
        jobs.progress(job, batch.counts["undone"])
        db.session.commit()
    batch = db.session.get_one(ImportBatch, batch_id)
    kept, _ = target.changed_since(batch_id)
    if kept:
        batch.fault = str(
            lazy_ngettext(
                "One record was worked with meanwhile and stays.",
                "%(num)d records were worked with meanwhile and stay.",
                kept,
            )
        )
    batch.state, batch.finished_at = "undone", now()
    audit.record("import.undone", ("import", batch_id), by=by, counts=batch.counts, kept=kept)


@jobs.handles("imports.sweep", every=timedelta(hours=6))
def sweep(_job: Claim) -> None:
    """Remove files some days after their import ended, batches that never began, and strays."""
    with reading():
        ended = ImportBatch.stored & (ImportBatch.finished_at < now() - KEPT_AFTER_END)
        unused = ImportBatch.state.in_(("mapping", "checked")) & (
            ImportBatch.created_at < now() - KEPT_UNUSED
        )
        old = list(db.session.scalars(select(ImportBatch.id).where(ended)))
        idle = list(db.session.scalars(select(ImportBatch.id).where(unused)))
        known = set(db.session.scalars(select(ImportBatch.id)))
        db.session.rollback()
    for batch_id in (*old, *idle, *storage.orphans(known)):
        storage.remove(batch_id)
    for batch in db.session.scalars(select(ImportBatch).where(ImportBatch.id.in_(old))):
        batch.stored = False
    db.session.execute(delete(ImportBatch).where(ImportBatch.id.in_(idle)))
