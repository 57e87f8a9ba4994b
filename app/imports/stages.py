"""The stages of an import: begun, stopped, and how far the present one is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext
from sqlalchemy import select, update
from sqlalchemy.orm.attributes import set_committed_value

from app.core import audit, jobs
from app.core.actor import Actor
from app.core.clock import now
from app.core.database import rows_changed
from app.core.errors import Conflict
from app.core.jobs import Job
from app.extensions import db
from app.imports.models import BUSY, READING, ImportBatch
from app.imports.targets import PERMISSION, target_of

NOT_NOW = _l("This import has moved on meanwhile. Look at where it stands now.")
BROKEN_OFF = _l("The work broke off; the log of the worker says why.")


def settle(batch: ImportBatch) -> None:
    """Show a stage whose job has died as stopped: it can be gone on with, or taken back."""
    if batch.state not in BUSY:
        return
    job = db.session.get(Job, batch.job_id) if batch.job_id else None
    if job is None or job.state not in ("queued", "running"):
        state = "mapping" if batch.state == "checking" else "stopped"
        set_committed_value(batch, "fault", batch.fault or str(BROKEN_OFF))
        set_committed_value(batch, "state", state)


@dataclass(frozen=True)
class Stage:
    """What a batch can be told to do: from which states, to which, by which job."""

    name: str
    begins: tuple[str, ...]
    state: str
    anew: bool = False


CHECK = Stage("check", ("mapping", "checked"), "checking", anew=True)
RUN = Stage("run", ("checked",), "running", anew=True)
RESUME = Stage("run", ("stopped",), "running")
UNDO = Stage("undo", ("done", "stopped"), "undoing")


def begin(batch: ImportBatch, stage: Stage, *, by: Actor) -> Job:
    """Start a stage in the background. Raises Conflict when the batch is not there any more,
    when another import of the kind is at work, or when an undo would lose later changes."""
    by.must(PERMISSION)
    if stage is UNDO:
        _refuse_late_undo(batch)
    elif not batch.mapping or not batch.stored:
        raise Conflict(NOT_NOW)
    elif stage is not CHECK:
        _refuse_second(batch)
    job = jobs.enqueue(f"imports.{stage.name}", {"batch": str(batch.id)}, by=by.user_id)
    position = 0 if stage.anew else batch.position
    if stage.anew:
        batch.checked, batch.counts = batch.checked if stage is RUN else {}, {}
        db.session.flush()
    values: dict[str, Any] = {
        "state": stage.state, "job_id": job.id, "position": position, "stop_wanted": False,
        "fault": None, "since": {"at": now().isoformat(), "done": done_of(batch)},
    }  # fmt: skip
    _move(batch, _stored_states(batch, stage.begins), values)
    audit.record(f"import.{stage.name}_started", ("import", batch.id), by=by, file=batch.filename)
    return job


def _stored_states(batch: ImportBatch, begins: tuple[str, ...]) -> tuple[str, ...]:
    """The states to start from; a dead job's batch still has its old state in the database."""
    return (*begins, *BUSY) if batch.state in begins else begins


def _move(batch: ImportBatch, begins: tuple[str, ...], values: dict[str, Any]) -> None:
    job = ImportBatch.job_id == batch.job_id if batch.job_id else ImportBatch.job_id.is_(None)
    here = (ImportBatch.id == batch.id, ImportBatch.state.in_(begins), job)
    db.session.expire(batch)
    if rows_changed(update(ImportBatch).where(*here).values(values)) != 1:
        raise Conflict(NOT_NOW)
    db.session.refresh(batch)


def _refuse_second(batch: ImportBatch) -> None:
    query = select(ImportBatch).where(
        ImportBatch.state == "running", ImportBatch.target == batch.target,
        ImportBatch.id != batch.id,
    )  # fmt: skip
    for other in db.session.scalars(query):
        settle(other)
        if other.state == "running":
            raise Conflict(_l("Another import is at work: %(file)s. Wait for its end, or stop it.",
                              file=other.filename))  # fmt: skip


def _refuse_late_undo(batch: ImportBatch) -> None:
    count, codes = target_of(batch.target).changed_since(batch.id)
    if count:
        raise Conflict(
            lazy_ngettext(
                "One record of this import has been worked with since: %(codes)s."
                " Nothing was taken back.",
                "%(num)d records of this import have been worked with since: %(codes)s."
                " Nothing was taken back.", count, codes=", ".join(codes)),
            changed=count,
        )  # fmt: skip


def stop(batch: ImportBatch, *, by: Actor) -> None:
    """Ask the work to stop after the rows at hand; it does within a second or two."""
    by.must(PERMISSION)
    if batch.state not in READING:
        raise Conflict(NOT_NOW)
    batch.stop_wanted = True
    audit.record("import.stop_asked", ("import", batch.id), by=by)


def done_of(batch: ImportBatch) -> int:
    """How many rows, or when it is taken back how many records, were dealt with."""
    return batch.figures.get("undone" if batch.state == "undoing" else "read", 0)


def total_of(batch: ImportBatch) -> int | None:
    """How many there are of them; about as many for the first pass, None when unknown."""
    if batch.state == "undoing":
        return batch.counts.get("new", 0) + batch.counts.get("updated", 0)
    return batch.total


def seconds_left(batch: ImportBatch) -> int | None:
    """How long the present stage will still take, by its pace so far; None before that shows."""
    total = total_of(batch)
    if not batch.since or not total:
        return None
    passed = (now() - datetime.fromisoformat(batch.since["at"])).total_seconds()
    done = done_of(batch) - int(batch.since["done"])
    if done <= 0 or passed < 2:
        return None
    return round(max(total - done_of(batch), 0) * passed / done)
