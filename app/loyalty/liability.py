"""What the house owes in points: outstanding today, their value, by tier and by month of their end.

Added up by the database, from lots on one side and balances on the other; these must agree.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import CompoundSelect, Date, String, func, literal, null, select, union_all

from app.core.actor import Actor
from app.core.clock import today
from app.extensions import db
from app.loyalty import programme
from app.loyalty.models import Lot, Membership
from app.loyalty.programme import TIERS


@dataclass(frozen=True)
class Part:
    """Points of one tier, or that end in one month. `of`: the tier, or the month's first day; None
    for points that never end. `members` are counted for tiers only.
    """

    of: str | date | None
    points: int
    members: int = 0


@dataclass(frozen=True)
class Liability:
    """As of a day. `over`: points whose time is over, which the next run will note; they are not
    among `points`, but still among the balances and so among the tiers.
    """

    day: date
    point_value: Decimal
    tiers: list[Part]
    months: list[Part]
    over: int

    @property
    def points(self) -> int:
        """Points that may still be redeemed."""
        return sum(part.points for part in self.months)

    @property
    def balances(self) -> int:
        """What all accounts' balances add up to."""
        return sum(part.points for part in self.tiers)

    @property
    def members(self) -> int:
        """Open memberships."""
        return sum(part.members for part in self.tiers)

    @property
    def amiss(self) -> int:
        """By how much balances exceed what lots have left; 0 while the ledger is whole."""
        return self.balances - self.points - self.over

    def value(self, points: int) -> Decimal:
        """What so many points are worth, in the property's currency."""
        return points * self.point_value

    @property
    def total_value(self) -> Decimal:
        """What the outstanding points are worth."""
        return self.value(self.points)


def report(*, by: Actor) -> Liability:
    """The report as of today: one statement beside the settings, so that lots and balances are
    those of one moment.
    """
    by.must("loyalty.report")
    day, rules = today(), programme.current()
    ends, tiers = _summed()
    over = sum(points for end, points in ends if end is not None and end < day)
    return Liability(day, rules.point_value, tiers, list(_months(ends, day)), over)


def _summed() -> tuple[list[tuple[date | None, int]], list[Part]]:
    """What lots have left by the day of their end, and what accounts have by tier."""
    no_day, no_tier = null().cast(Date), null().cast(String)
    lots = select(no_tier.label("tier"), Lot.expires_on, func.sum(Lot.remaining), literal(0))
    lots = lots.where(Lot.remaining > 0).group_by(Lot.expires_on)
    is_open = func.count().filter(Membership.status == "open")
    accounts = select(Membership.tier, no_day, func.sum(Membership.balance), is_open)
    both: CompoundSelect[Any] = union_all(lots, accounts.group_by(Membership.tier))
    rows = db.session.execute(both).all()
    ends = [(end, int(points)) for tier, end, points, _count in rows if tier is None]
    found = {tier: Part(tier, int(points), count) for tier, _end, points, count in rows if tier}
    return ends, _tiers(found)


def _months(ends: list[tuple[date | None, int]], day: date) -> Iterator[Part]:
    """The soonest first; those without an end last."""
    found: dict[date | None, int] = {}
    for end, points in ends:
        if end is None or end >= day:
            month = end.replace(day=1) if end else None
            found[month] = found.get(month, 0) + points
    for month in sorted(found, key=lambda each: each or date.max):
        yield Part(month, found[month])


def _tiers(known: dict[str, Part]) -> list[Part]:
    """Every tier, from the lowest; with what closed accounts should not have, where they do."""
    names = [*TIERS, *sorted(known.keys() - set(TIERS))]
    return [known.get(name, Part(name, 0)) for name in names]
