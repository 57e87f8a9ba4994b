"""Figures of VIP levels: the search for all whose level changes, beside a bare aggregate."""

import tempfile
from typing import Any

from sqlalchemy import func, select

from app.core.actor import HOUSE
from app.core.clock import today
from app.core.database import reading
from app.customers.models import Customer
from app.extensions import db
from app.loyalty.vip import run
from app.loyalty.vip.rules import VipRules, current
from bench.frame import Bench, Measured, figure, interleaved, timed
from bench.site import in_process

BARE = (
    select(
        Customer.vip_status, func.count(), func.sum(Customer.total_spent),
        func.avg(Customer.total_stays), func.avg(Customer.loyalty_points),
    )
    .where(Customer.status == "active")
    .group_by(Customer.vip_status)
)  # fmt: skip
"""The analysis of VIP guests of section 6.1, over everybody."""


@figure("VIP levels, all guests judged", "x", 2, 1.5, floor="A")
def judged(bench: Bench) -> Measured:
    """What the nightly run does where nothing has changed: on a made-up base half the levels
    differ, so they are counted and not fetched."""
    with tempfile.TemporaryDirectory() as folder, in_process(bench.base, folder):
        own = current()
        found = interleaved(_bare, lambda: _search(own), bench.many(8, 4))
        bench.details["VIP levels"] = _details(own, found)
    return found


def _bare() -> Any:
    with reading():
        rows = db.session.execute(BARE).all()
        db.session.rollback()
    return rows


def _search(own: VipRules) -> None:
    with reading():
        for query in run.searches(own, today()):
            db.session.scalar(select(func.count()).select_from(query.subquery()))
        db.session.rollback()


def _details(own: VipRules, found: Measured) -> dict[str, str]:
    """In words, with what writing a portion takes; it is taken back."""
    differ = run.numbers(own, today())
    portion = list(differ[: run.PORTION])
    taken = timed(lambda: run.write(run.hold(portion, own, today()), HOUSE, news=True))
    db.session.rollback()
    return {
        "bare aggregate": f"{found.floor * 1000:.0f} ms",
        "search": f"{found.subject * 1000:.0f} ms, finds {len(differ):,}",
        "a portion written": f"{taken * 1000:.0f} ms for {len(portion)}",
    }
