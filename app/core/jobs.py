"""What takes long or leaves the house: rows in `jobs`, claimed with a lease by `flask worker`.

A job is written in the transaction of the change that wants it. A worker that dies loses its
lease, and another takes the job up where its handler left off. Handlers must bear being run again.
"""

import logging
import random
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, String, Text, or_, select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.crypto import forget_opened
from app.core.database import insert_missing, rows_changed
from app.core.datamap import STAFF, TECHNICAL
from app.core.models import Base, Identified
from app.core.types import Instant, Json, new_id
from app.extensions import db

LEASE = timedelta(seconds=60)
PAUSES = (5, 30, 120, 600, 1800)
"""Seconds before each further attempt; after the last one the job is dead."""
AWAY = 2.0
"""Seconds until the worker asks again for a database that did not answer."""

logger = logging.getLogger(__name__)


class Job(Identified, Base):
    """One piece of work. `payload` holds ids only, never personal data."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_due", "state", "run_at"),)

    kind: Mapped[str] = mapped_column(String(60), info=TECHNICAL())
    payload: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, info=TECHNICAL())
    state: Mapped[str] = mapped_column(String(10), default="queued", info=TECHNICAL())
    run_at: Mapped[datetime] = mapped_column(Instant, default=now, info=TECHNICAL())
    lease_until: Mapped[datetime | None] = mapped_column(Instant, info=TECHNICAL())
    worker: Mapped[str | None] = mapped_column(String(40), info=TECHNICAL())
    attempts: Mapped[int] = mapped_column(default=0, info=TECHNICAL())
    done: Mapped[int] = mapped_column(default=0, info=TECHNICAL())
    total: Mapped[int | None] = mapped_column(info=TECHNICAL())
    error: Mapped[str | None] = mapped_column(Text, info=TECHNICAL())
    once: Mapped[str | None] = mapped_column(String(120), unique=True, info=TECHNICAL())
    created_by: Mapped[uuid.UUID | None] = mapped_column(info=STAFF())
    created_at: Mapped[datetime] = mapped_column(Instant, default=now, info=TECHNICAL())
    started_at: Mapped[datetime | None] = mapped_column(Instant, info=TECHNICAL())
    finished_at: Mapped[datetime | None] = mapped_column(Instant, info=TECHNICAL())


@dataclass(frozen=True)
class Claim:
    """A job as one worker took it up; stays what it was when another takes the job over.

    `done` is how far earlier attempts came. `worker` is None for work done without a job.
    """

    id: uuid.UUID
    kind: str
    payload: dict[str, Any]
    created_by: uuid.UUID | None = None
    worker: str | None = None
    attempts: int = 1
    done: int = 0


Handler = Callable[[Claim], None]


class LeaseLost(Exception):
    """Another worker has taken the job over; what was not committed must not be."""


class GiveUp(Exception):
    """A handler's word that trying again is useless; the job is dead at once."""


@dataclass(frozen=True)
class Periodic:
    """Work that comes round: `every` is the length of a slot; one run a slot, whoever runs it."""

    kind: str
    every: timedelta


handlers: dict[str, Handler] = {}
periodic: list[Periodic] = []


def handles(kind: str, every: timedelta | None = None) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of this kind; `every` makes it periodic too."""

    def register(handler: Handler) -> Handler:
        handlers[kind] = handler
        if every:
            periodic.append(Periodic(kind, every))
        return handler

    return register


def enqueue(
    kind: str,
    payload: dict[str, Any] | None = None,
    *,
    run_at: datetime | None = None,
    by: uuid.UUID | None = None,
) -> Job:
    """Write a job into the present transaction; it runs when that commits, or never."""
    job = Job(kind=kind, payload=payload or {}, run_at=run_at or now(), created_by=by)
    db.session.add(job)
    return job


def progress(job: Claim, done: int, total: int | None = None) -> None:
    """Say how far the job is and renew its lease, in the transaction of the work itself.

    Raises LeaseLost when another worker owns the job by now. Does nothing for a job run by hand.
    """
    values: dict[str, Any] = {"done": done, "lease_until": now() + LEASE}
    if total is not None:
        values["total"] = total
    if job.worker is not None:
        _own(job, values)


def _own(job: Claim, values: dict[str, Any]) -> None:
    mine = (Job.id == job.id, Job.worker == job.worker, Job.attempts == job.attempts)
    if rows_changed(update(Job).where(*mine).values(values)) != 1:
        raise LeaseLost(str(job.id))


def plan_periodic() -> None:
    """Write the jobs of the present slots; a slot planned by another worker is left alone."""
    insert = insert_missing(db.engine.dialect.name, Job)
    for each in periodic:
        slot = int(time.time() // each.every.total_seconds())
        row = {"id": new_id(), "kind": each.kind, "once": f"{each.kind}@{slot}", "payload": {}}
        db.session.execute(insert.values(row))
    db.session.commit()


def claim(worker: str) -> Claim | None:
    """Take the next due job, or one whose worker died; commits. None when nothing is due."""
    moment = now()
    due = or_(
        (Job.state == "queued") & (Job.run_at <= moment),
        (Job.state == "running") & (Job.lease_until < moment),
    )
    query = select(Job).where(due).order_by(Job.run_at).limit(1)
    job = db.session.scalar(query.with_for_update(skip_locked=True))
    if job is None:
        db.session.commit()
        return None
    job.state, job.worker, job.attempts = "running", worker, job.attempts + 1
    job.started_at, job.lease_until = moment, moment + LEASE
    taken = Claim(job.id, job.kind, job.payload, job.created_by, worker, job.attempts, job.done)
    db.session.commit()
    return taken


def run(job: Claim) -> None:
    """Run a claimed job to its end, its next attempt or its death; commits."""
    try:
        if job.attempts > len(PAUSES):
            raise GiveUp("its workers died again and again")
        handlers[job.kind](job)
        _own(job, {"state": "done", "finished_at": now(), "error": None, "lease_until": None})
        db.session.commit()
    except LeaseLost:
        db.session.rollback()
        logger.warning("job %s (%s) went to another worker", job.id, job.kind)
    except Exception as fault:
        db.session.rollback()
        logger.exception("job %s (%s) failed on attempt %d", job.id, job.kind, job.attempts)
        _failed(job, fault)


def _failed(taken: Claim, fault: Exception) -> None:
    job = db.session.get(Job, taken.id, populate_existing=True)
    if job is None or (job.worker, job.attempts) != (taken.worker, taken.attempts):
        return
    first_line = str(fault).partition("\n")[0]  # the further ones of a database quote values
    job.error = f"{type(fault).__name__}: {first_line}"[:500]
    job.lease_until = None
    if isinstance(fault, GiveUp | KeyError) or job.attempts >= len(PAUSES):
        job.state, job.finished_at = "dead", now()
    else:
        pause = PAUSES[job.attempts - 1] * random.uniform(0.8, 1.2)  # noqa: S311 - spreads retries
        job.state, job.run_at = "queued", now() + timedelta(seconds=pause)
    db.session.commit()


def retry(job: Job) -> None:
    """Give a dead job a new life, from its first attempt."""
    job.state, job.attempts, job.run_at, job.finished_at = "queued", 0, now(), None


def work(worker: str, stop: threading.Event, *, until_idle: bool = False) -> None:
    """Claim and run jobs until told to stop, or until none is due.

    While the database is away or busy the worker waits for it; the lease brings back what it held.
    """
    planned = 0.0
    while not stop.is_set():
        try:
            if time.monotonic() - planned > 20:
                plan_periodic()
                planned = time.monotonic()
            job = claim(worker)
            if job is not None:
                run(job)
            elif until_idle:
                return
            pause = 0.0 if job else 1.0
        except (OperationalError, InterfaceError) as away:
            if until_idle:
                raise
            reason = str(away.orig).partition("\n")[0]
            logger.error("the worker waits for the database: %s", reason)
            pause = AWAY
        finally:
            db.session.remove()
            forget_opened()
        stop.wait(pause)
