"""How far a member has come: the figures of a period, the tier that they reach, the next one."""

import uuid
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select

from app.core.bulk import among
from app.extensions import db
from app.loyalty import calendar, programme
from app.loyalty.models import Membership, Transaction
from app.loyalty.programme import MEASURES, Programme, Tier
from app.stays.models import Stay


class Figures(NamedTuple):
    """What counts for a tier within a period."""

    points: int = 0
    stays: int = 0
    nights: int = 0


class Progress(NamedTuple):
    """Where a member stands on a day.

    first, last: the days that count. next: the lowest tier above that figures can reach; None at
    the top. needed: by measure what is missing to it, None for a measure that does not reach it;
    one of them is enough. reached: the tier that the figures alone would give. held: that one, or
    a higher one that the calendar year before reached, where such years count.
    """

    tier: str
    next: Tier | None
    figures: Figures
    needed: dict[str, int | None]
    reached: str
    held: str
    first: date
    last: date

    @property
    def points(self) -> int:
        """Points earned within the period."""
        return self.figures.points

    @property
    def stays(self) -> int:
        """Stays that ended within the period."""
        return self.figures.stays

    @property
    def nights(self) -> int:
        """Their nights."""
        return self.figures.nights


def progress(member: Membership, day: date, rules: Programme | None = None) -> Progress:
    """Where an open membership stands on a day: one statement, and one for rules not given; one
    more for a tier that is of the calendar year before.
    """
    return of_many([member], day, rules or programme.current())[member.id]


def of_many(
    members: Collection[Membership], day: date, rules: Programme
) -> dict[uuid.UUID, Progress]:
    """The same for several, by id."""
    found = figures(members, day, rules)
    made = {each.id: _judge(each, found[each.id], day, rules) for each in members}
    if rules.period != "calendar_year":
        return made
    short = [each for each in members if rules.rank(made[each.id].reached) < rules.rank(each.tier)]
    before = figures(short, date(day.year - 1, 12, 31), rules) if short else {}
    for key, theirs in before.items():
        held = max(made[key].reached, rules.reached(*theirs), key=rules.rank)
        made[key] = made[key]._replace(held=held)
    return made


def _judge(member: Membership, found: Figures, day: date, rules: Programme) -> Progress:
    """What figures come to by the rules."""
    first, last = calendar.period(rules.period, member.joined_on, day)
    higher = rules.above(member.tier)
    needed = {
        name: None if (goal := getattr(higher, name, None)) is None
        else max(0, goal - getattr(found, name))
        for name in MEASURES
    }  # fmt: skip
    reached = rules.reached(*found)
    return Progress(
        member.tier, higher, found, needed if higher else {}, reached, reached, first, last
    )


def figures(
    members: Collection[Membership], day: date, rules: Programme
) -> dict[uuid.UUID, Figures]:
    """The figures of these memberships in the periods that end with the day; all are in it.

    Points are those earned by stays, spending and promotions, by the day they were earned, as
    corrections of a stay left them; welcome points, gifts by hand from other accounts and what was
    reversed do not count. Stays and nights are those of the guest's history, by departure.
    """
    ids = [each.id for each in members]
    rows = db.session.execute(_query(rules, day).where(among(Membership.id, ids)))
    return {key: Figures(max(0, points), stays, nights) for key, points, stays, nights in rows}


def _query(rules: Programme, day: date) -> Select[uuid.UUID, int, int, int]:
    """Points, stays and nights of each membership in its own period."""
    mine = Transaction.membership_id == Membership.id
    theirs = Stay.customer_id == Membership.customer_id
    earned = within(Transaction.earned_date, rules, day)
    left = within(Stay.check_out_date, rules, day)
    return select(
        Membership.id, _sum(func.sum(Transaction.points), mine, COUNTING, earned),
        _sum(func.count(Stay.id), theirs, left), _sum(func.sum(Stay.nights), theirs, left),
    )  # fmt: skip


COUNTING = and_(
    Transaction.status != "reversed",
    or_(
        and_(Transaction.transaction_type == "earn", Transaction.source != "welcome"),
        and_(Transaction.transaction_type == "adjust", Transaction.source == "stay"),
    ),
)
"""Rows that say what was earned: corrections of a stay's points among them."""


def within(column: Any, rules: Programme, day: date) -> ColumnElement[bool]:
    """What lies in a membership's own period that ends with the day."""
    first, last = calendar.period(rules.period, date.min, day)
    since = and_(column >= Membership.joined_on, column <= last)
    return since if first == date.min else and_(since, column >= first)


def _sum(what: Any, *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    found = select(func.coalesce(what, 0)).where(*conditions)
    return found.correlate(Membership).scalar_subquery()
