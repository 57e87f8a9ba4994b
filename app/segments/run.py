"""The nightly run: the whole base is looked through, and the rows that differ are written.

Cut off anywhere, the next run finds what is still wrong; run twice, the second writes nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from app.core import audit
from app.core.actor import HOUSE
from app.core.clock import today
from app.core.database import reading, writing
from app.core.jobs import Claim, handles, progress
from app.extensions import db
from app.segments import counting, keeping
from app.segments.counting import BATCH, Wrong
from app.segments.rules import RUN, Rules, current


@handles(RUN, every=timedelta(hours=1))
def daily(job: Claim) -> None:
    """One run for each day of the property's calendar, and one whenever it was asked for, as after
    a change of thresholds.
    """
    if not job.payload.get("anew") and keeping.last_day() == today():
        return
    rules, day = current(), today()
    run(job)
    with writing():
        keeping.keep(rules, day)
        db.session.commit()


def run(job: Claim) -> int:
    """Bring every row up to date; commits as it goes. How many rows were wrong."""
    rules, day, changed, seen = current(), today(), 0, 0
    db.session.rollback()
    for wrong in _looked_through(rules, day):
        seen += wrong.seen
        _each(wrong.differing, lambda ids: counting.write(ids, rules, day), job, seen)
        _each(wrong.gone, counting.remove, job, seen)
        changed += len(wrong.differing) + len(wrong.gone)
        progress(job, seen)
        db.session.commit()
    progress(job, seen, seen)
    audit.record("segments.counted", ("segments", None), by=HOUSE, guests=seen, changed=changed)
    db.session.commit()
    return changed


def _looked_through(rules: Rules, day: date) -> Iterator[Wrong]:
    """The portions, each read in a transaction of its own that holds nobody off."""
    portions = counting.look_through(rules, day)
    while True:
        with reading():
            wrong = next(portions, None)
            db.session.rollback()
        if wrong is None:
            return
        yield wrong


def _each(ids: Sequence[Any], work: Callable[[Sequence[Any]], None], job: Claim, seen: int) -> None:
    """Do it for a few at a time, each a transaction with the progress in it."""
    for at in range(0, len(ids), BATCH):
        with writing():
            work(ids[at : at + BATCH])
            progress(job, seen)
            db.session.commit()
