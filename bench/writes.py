"""Figures of single writes, beside the bare insert of one guest."""

import contextlib
import tempfile
from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete, func, select

from app.core.actor import HOUSE
from app.core.audit import AuditEntry
from app.core.database import writing
from app.customers import services
from app.customers.models import CodeCounter, Customer
from app.customers.search.models import SearchRow
from app.extensions import db
from bench.floors import insert_one, new_guests, sweep
from bench.frame import Bench, Measured, figure, interleaved
from bench.site import in_process

ROUNDS = 40
SENT = (
    "first_name", "middle_name", "last_name", "full_name", "email", "phone", "nationality",
    "date_of_birth", "city", "country", "company_name",
)  # fmt: skip


@contextlib.contextmanager
def _ready(bench: Bench) -> Iterator[None]:
    """The application in this process, its counter beyond the generated codes."""
    sweep(bench.engine)  # what a run that was cut off has left
    with tempfile.TemporaryDirectory() as folder, in_process(bench.base, folder), writing():
        top = db.session.scalar(select(func.max(Customer.number))) or 0
        year, serial = 2000 + (top >> 32), top & (2**32 - 1)
        db.session.merge(CodeCounter(year=year, last=serial))
        db.session.commit()
        yield
        made = select(Customer.id).where(Customer.number > top).scalar_subquery()
        db.session.rollback()
        db.session.execute(delete(SearchRow).where(SearchRow.customer_id.in_(made)))
        trail = (AuditEntry.subject_type == "customer", AuditEntry.subject_id.in_(made))
        db.session.execute(delete(AuditEntry).where(*trail))
        db.session.execute(delete(Customer).where(Customer.number > top))
        db.session.commit()


@figure("one guest created, all included", "x", 6, 4, floor="W")
def one_created(bench: Bench) -> Measured:
    """Name, code, keys, search row and audit in one transaction, committed."""
    rows = iter(new_guests(ROUNDS))
    sent = [{name: row.get(name) for name in SENT} for row in new_guests(ROUNDS, start=500_000)]
    people = iter(sent)

    def create() -> None:
        db.session.expunge_all()
        services.create(_filled(next(people)), by=HOUSE)
        db.session.commit()

    with _ready(bench):
        services.create({"full_name": "Warm Up"}, by=HOUSE)
        db.session.commit()
        measured = interleaved(lambda: insert_one(bench.engine, next(rows)), create, rounds=ROUNDS)
    sweep(bench.engine)
    return measured


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
