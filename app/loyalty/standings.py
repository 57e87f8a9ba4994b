"""All members' figures at once, in SQL: whose tier is another one than these come to."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select

from app.core.database import hashed, reading
from app.extensions import db
from app.loyalty import steps, tiers
from app.loyalty.models import Membership, TierStep, Transaction
from app.loyalty.programme import MEASURES, TIERS, Programme
from app.stays.models import Stay


def find(rules: Programme, day: date) -> list[uuid.UUID]:
    """The memberships to be judged, in a transaction that only reads and is over by then."""
    with reading():
        db.session.rollback()
        with hashed():
            found = list(db.session.scalars(differing(rules, day).order_by("id")))
        db.session.rollback()
    return found


def differing(rules: Programme, day: date) -> Select[uuid.UUID]:
    """Open memberships whose figures come to another tier than theirs and that are not kept from
    falling; and those about which a step is open.
    """
    each = figures(rules, day).subquery()
    has = case(*((each.c.tier == name, rules.rank(name)) for name in TIERS), else_=0)
    reached = _reached(rules, each.c)
    kept = and_(reached < has, func.coalesce(each.c.tier_kept_until, date.min) >= day)
    waiting = select(TierStep.membership_id).where(TierStep.state.in_(steps.OPEN))
    return select(each.c.id).where(or_(and_(reached != has, ~kept), each.c.id.in_(waiting)))


def _reached(rules: Programme, found: Any) -> ColumnElement[int]:
    """The rank of the tier that figures reach, as `Programme.reached` has it."""
    cases = []
    for tier in reversed(rules.tiers):
        goals = ((found[name], getattr(tier, name)) for name in MEASURES)
        met = [there >= goal for there, goal in goals if goal is not None]
        cases += [(or_(*met), rules.rank(tier.name))] if met else []
    return case(*cases, else_=0) if cases else literal(0)


def figures(rules: Programme, day: date) -> Select[Any]:
    """Id, tier and until when it is kept, points, stays and nights of each, as `tiers.figures`
    counts them for a few.
    """
    earned, stayed = _earned(rules, day).subquery(), _stayed(rules, day).subquery()
    counted = [(earned.c.points, "points"), (stayed.c.stays, "stays"), (stayed.c.nights, "nights")]
    columns = [func.coalesce(column, 0).label(name) for column, name in counted]
    query = select(earned.c.id, earned.c.tier, earned.c.tier_kept_until, *columns)
    return query.outerjoin(stayed, stayed.c.id == earned.c.id)


def _earned(rules: Programme, day: date) -> Select[uuid.UUID, str, date | None, int]:
    """The points of each open membership, None for no rows that count."""
    mine = and_(
        Transaction.membership_id == Membership.id, tiers.COUNTING,
        tiers.within(Transaction.earned_date, rules, day),
    )  # fmt: skip
    points = func.sum(Transaction.points).label("points")
    query = select(Membership.id, Membership.tier, Membership.tier_kept_until, points)
    query = query.outerjoin(Transaction, mine).where(Membership.status == "open")
    return query.group_by(Membership.id)


def _stayed(rules: Programme, day: date) -> Select[uuid.UUID, int, int]:
    """The stays of each membership whose guest has any, and their nights."""
    counted = func.count().label("stays"), func.sum(Stay.nights).label("nights")
    query = select(Membership.id.label("id"), *counted)
    query = query.join(Stay, Stay.customer_id == Membership.customer_id)
    within = tiers.within(Stay.check_out_date, rules, day)
    return query.where(within).group_by(Membership.id)
