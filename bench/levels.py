"""Figures of VIP levels and of tiers: the search for all whose changes, beside a bare aggregate."""

import tempfile
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.core.actor import HOUSE
from app.core.clock import today
from app.core.database import hashed, reading, writing
from app.customers.models import Customer
from app.extensions import db
from app.loyalty import calendar, judging, programme, standings, tiers
from app.loyalty.models import Membership, Transaction
from app.loyalty.programme import Programme
from app.loyalty.vip import run
from app.loyalty.vip.rules import VipRules, current
from app.stays.models import Stay
from bench.frame import Bench, Measured, figure, interleaved, timed
from bench.people import LAST_DAY
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


@figure("tiers, all members judged", "x", 2, 1.5, floor="A")
def tiers_judged(bench: Bench) -> Measured:
    """What the daily run does where nothing has changed; on a made-up base most tiers differ, so
    they are counted and not fetched."""
    with tempfile.TemporaryDirectory() as folder, in_process(bench.base, folder):
        rules, day = programme.current(), LAST_DAY
        found = interleaved(
            lambda: _bare_members(rules, day), lambda: _differing(rules, day), bench.many(8, 4)
        )
        bench.details["tiers"] = _details_of_tiers(rules, day, found)
    return found


def _bare_members(rules: Programme, day: date) -> None:
    """Members by tier with what they earned and stayed in the last twelve months."""
    first, _last = calendar.period(rules.period, date.min, day)
    earned = (
        select(Transaction.membership_id.label("id"), func.sum(Transaction.points).label("points"))
        .where(tiers.COUNTING, Transaction.earned_date.between(first, day))
        .group_by(Transaction.membership_id).subquery()
    )  # fmt: skip
    stayed = (
        select(Stay.customer_id, func.count().label("stays"), func.sum(Stay.nights).label("nights"))
        .where(Stay.check_out_date.between(first, day))
        .group_by(Stay.customer_id).subquery()
    )  # fmt: skip
    figures = func.avg(earned.c.points), func.avg(stayed.c.stays), func.avg(stayed.c.nights)
    query = select(Membership.tier, func.count(), *figures).where(Membership.status == "open")
    query = query.outerjoin(earned, earned.c.id == Membership.id)
    query = query.outerjoin(stayed, stayed.c.customer_id == Membership.customer_id)
    with reading():
        db.session.execute(query.group_by(Membership.tier)).all()
        db.session.rollback()


def _differing(rules: Programme, day: date) -> int:
    with reading(), hashed():
        query = standings.differing(rules, day).subquery()
        found = db.session.scalar(select(func.count()).select_from(query)) or 0
        db.session.rollback()
    return found


def _details_of_tiers(rules: Programme, day: date, found: Measured) -> dict[str, str]:
    """In words, with what judging a portion takes; it is taken back."""
    differ = standings.find(rules, day)
    portion = differ[: judging.PORTION]
    with writing():
        taken = timed(lambda: judging.judge(portion, day))
    db.session.rollback()
    return {
        "bare aggregate": f"{found.floor * 1000:.0f} ms",
        "search": f"{found.subject * 1000:.0f} ms, finds {len(differ):,}",
        "a portion judged": f"{taken * 1000:.0f} ms for {len(portion)}",
    }
