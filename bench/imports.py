"""Figures of the import, beside the bare batch insert of as many guests into the same table."""

import contextlib
import csv
import io
import random
import resource
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, cast

from sqlalchemy import func, select

from app.core import jobs
from app.core.actor import HOUSE
from app.core.database import writing
from app.customers.models import CodeCounter, Customer
from app.extensions import db
from app.imports import services, stages, storage
from bench.bases import Base
from bench.floors import insert_batch, new_guests, sweep
from bench.frame import Bench, Measured, figure, interleaved
from bench.site import in_process

ROWS, PORTION, ROUNDS = 5000, 500, 4
COLUMNS = (
    "guest_id", "first_name", "middle_name", "last_name", "email", "phone", "nationality",
    "date_of_birth", "city", "country", "company_name", "passport",
)  # fmt: skip
_serials = count(1)


@contextlib.contextmanager
def _ready(bench: Bench) -> Iterator[None]:
    """The application in this process, its counter beyond the generated codes."""
    sweep(bench.engine)  # what a run that was cut off has left
    with tempfile.TemporaryDirectory() as folder, in_process(bench.base, folder), writing():
        top = db.session.scalar(select(func.max(Customer.number))) or 0
        db.session.merge(CodeCounter(year=2000 + (top >> 32), last=top & (2**32 - 1)))
        db.session.commit()
        yield


def _file(rows: int) -> io.BytesIO:
    """A guest file as another system writes it; half of the guests show a passport."""
    out = io.StringIO()
    file = csv.DictWriter(out, COLUMNS, extrasaction="ignore")
    file.writeheader()
    start = next(_serials) * 1_000_000
    dice = random.Random(start)
    for number, row in enumerate(new_guests(rows, start=start), start):
        born = row.get("date_of_birth")
        paper = f"B{dice.randrange(10**8):08d}" if number % 2 else ""
        day = f"{born:%d/%m/%Y}" if born else ""
        file.writerow(row | {"guest_id": number, "passport": paper, "date_of_birth": day})
    return io.BytesIO(out.getvalue().encode())


def _brought(rows: int) -> uuid.UUID:
    """A batch that is ready to run; its dry run is done."""
    batch = services.receive("guests", "bench.csv", _file(rows), by=HOUSE, language="en")
    options: dict[str, Any] = batch.options | {"source_system": f"bench {batch.id.hex[-8:]}"}
    services.plan(batch, batch.mapping, options, by=HOUSE)
    db.session.commit()
    _stage(batch.id, stages.CHECK)
    return batch.id


def _stage(batch_id: uuid.UUID, stage: stages.Stage) -> tuple[str, str | None]:
    """Do it as the worker would; the state and fault that it ends with."""
    db.session.expunge_all()
    stages.begin(services.get(batch_id), stage, by=HOUSE)
    db.session.commit()
    while job := jobs.claim("bench"):
        jobs.run(job)
    db.session.expire_all()
    batch = services.get(batch_id)
    ended = batch.state, batch.fault
    db.session.rollback()
    return ended


def _taken_back(batch_id: uuid.UUID) -> None:
    """Leave the base as it was."""
    _stage(batch_id, stages.UNDO)
    services.discard(services.get(batch_id), by=HOUSE)
    db.session.commit()
    storage.remove(batch_id)


@figure("import with all checks, per row", "x", 1 / 0.15, 1 / 0.3, floor="I", scales=True)
def imported(bench: Bench) -> Measured:
    """Read, cleaned, checked, looked up, sealed, indexed for search, noted, by portions of 500."""
    size, rounds = bench.many(ROWS, 500), bench.many(ROUNDS, 2)
    rows = new_guests(size * rounds)
    shared = set.intersection(*(set(row) for row in rows))  # not all have figures of stays
    bare = [{name: row[name] for name in shared} for row in rows]
    floors = [bare[start : start + size] for start in range(0, len(bare), size)]
    with _ready(bench):
        batches = [_brought(size) for _ in range(rounds)]
        waiting, given = iter(batches), iter(floors)

        def floor() -> None:
            part = next(given)
            for start in range(0, size, PORTION):
                insert_batch(bench.engine, part[start : start + PORTION])

        def subject() -> None:
            ended = _stage(next(waiting), stages.RUN)
            assert ended == ("done", None), ended

        measured = interleaved(floor, subject, rounds=rounds)
        for batch_id in batches:
            _taken_back(batch_id)
    sweep(bench.engine)
    bench.details["import, rows a second"] = {
        "I": round(size / measured.floor), "import": round(size / measured.subject),
    }  # fmt: skip
    return measured


@figure("import, growth of memory with a file four times as long", "MB", 60, 30)
def memory(bench: Bench) -> Measured:
    """How much more memory the longer import takes at most, each in a process of its own."""
    short = bench.many(ROWS, 150)
    less, most = (_peak_of(bench.base, rows) for rows in (short, 4 * short))
    return Measured(subject=max(most - less, 0.0))


def _peak_of(base: Base, rows: int) -> float:
    command = [sys.executable, "-m", "bench.imports", base.engine, str(base.size), str(rows)]
    done = subprocess.run([*command, base.server], check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def _import_alone(base: Base, rows: int) -> float:
    """Import so many rows and take them back; the most memory that this process had, in MB."""
    bench = Bench(base, base.open())
    with _ready(bench):
        batch_id = _brought(rows)
        _stage(batch_id, stages.RUN)
        peak = _peak()
        _taken_back(batch_id)
    return peak


def _peak() -> float:
    """The most memory that this program had, in MB; Linux's own count of `getrusage` would begin
    with that of the process that started it."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    asked_for = Base(cast(Any, sys.argv[1]), int(sys.argv[2]), sys.argv[4])
    print(_import_alone(asked_for, int(sys.argv[3])))
