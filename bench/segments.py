"""The segments of the whole base, beside the bare aggregate over the same tables."""

import tempfile
from datetime import timedelta

from sqlalchemy import case, delete, func, select

from app.core import statistics
from app.core.clock import today
from app.core.database import reading, writing
from app.core.jobs import Claim
from app.core.types import new_id
from app.customers.models import Customer
from app.extensions import db
from app.segments import keeping, run
from app.segments.models import GuestSegments
from app.segments.rules import RUN, usual
from app.stays.models import Stay
from bench.frame import Bench, Measured, figure, interleaved, timed
from bench.site import in_process

JOB = Claim(new_id(), RUN, {})
ROUNDS, FEW = 7, 3
SOME = 10_000


def aggregate() -> None:
    """Section 6.1 from raw stays: guests with the sum, count and end of their stays, classified."""
    rules, day = usual(), today()
    stays = (
        select(
            Stay.customer_id, func.sum(Stay.total_amount).label("spent"),
            func.count().label("stays"), func.max(Stay.check_out_date).label("last"),
        )
        .group_by(Stay.customer_id)
        .subquery()
    )  # fmt: skip
    value = case(
        (stays.c.spent >= rules.high_value, "high"),
        (stays.c.spent >= rules.medium_value, "medium"),
        else_="low",
    )  # fmt: skip
    frequency = case(*((stays.c.stays >= least, str(least)) for least in (10, 5, 2)), else_="new")
    recency = case(
        *((stays.c.last >= day - timedelta(days=days), str(days)) for days in (30, 90, 365)),
        else_="dormant",
    )
    kinds = select(
        value.label("value"), frequency.label("frequency"), recency.label("recency"),
        stays.c.spent, stays.c.stays,
    ).join_from(Customer, stays, stays.c.customer_id == Customer.id, isouter=True)  # fmt: skip
    each = kinds.where(Customer.status == "active").subquery().c
    keys = (each.value, each.frequency, each.recency)
    figures = func.count(), func.avg(each.spent), func.avg(each.stays)
    with reading():
        db.session.execute(select(*keys, *figures).group_by(*keys)).all()
        db.session.rollback()


@figure("segments of the whole base", "x", 2, 1.5, floor="A")
def whole_base(bench: Bench) -> Measured:
    """A nightly run that finds everything as it ought to be; first fills are told beside."""
    with tempfile.TemporaryDirectory() as folder, in_process(bench.base, folder), writing():
        _empty()
        first = timed(lambda: run.run(JOB))
        statistics.refresh(db.session.connection())
        db.session.commit()
        _empty(SOME)
        some = timed(lambda: run.run(JOB))
        measured = interleaved(aggregate, lambda: run.run(JOB), bench.many(ROUNDS, FEW))
        told = bench.details.setdefault("segments, seconds", {})
        told["first fill of all"] = f"{first:.1f}"
        told[f"a run that writes {SOME:,}"] = f"{some:.1f}"
        told["a run that writes nothing"] = f"{measured.subject:.2f}"
        told["the report, counted and kept"] = f"{timed(_report):.2f}"
        told["bare aggregate"] = f"{measured.floor:.2f}"
    return measured


def _report() -> None:
    keeping.keep(usual(), today())
    db.session.commit()


def _empty(some: int | None = None) -> None:
    ids = select(GuestSegments.customer_id).order_by(GuestSegments.customer_id).limit(some)
    these = [] if some is None else [GuestSegments.customer_id.in_(ids)]
    db.session.execute(delete(GuestSegments).where(*these))
    db.session.commit()
