"""How many guests each segment has, and what they spent: the matrix of section 6.1.

Counted over what lists are filtered by, so that a figure agrees with the list of that moment;
blacklisted guests are left out of both.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from sqlalchemy import case, false, func, null, select, true

from app.customers.listing.asked import COUNTING
from app.customers.models import Customer
from app.customers.vocabulary import SEGMENTS
from app.extensions import db
from app.segments.definition import COLUMNS, QUESTIONS, expression, names_in
from app.segments.finding import facts_in
from app.segments.models import GuestSegments
from app.segments.rules import Rules

CROSSED = COLUMNS[:3]
"""The questions of the matrix: value, frequency, recency."""
DOMINANT = {"leisure_traveler": "leisure", "business_traveler": "business"}
"""A purpose of stays that is a `customer_segment` by itself, where staff chose none (ruling 8)."""
CENT, TENTH = Decimal("0.01"), Decimal("0.1")


@dataclass(frozen=True)
class Group:
    """Some guests: how many, and what they spent and stayed together."""

    guests: int = 0
    spent: Decimal = Decimal(0)
    stays: int = 0

    def __add__(self, other: "Group") -> "Group":
        return Group(self.guests + other.guests, self.spent + other.spent, self.stays + other.stays)

    @property
    def average_spent(self) -> Decimal:
        """Money a guest, to hundredths."""
        return _share(self.spent, self.guests, CENT)

    @property
    def average_stays(self) -> Decimal:
        """Stays a guest, to tenths."""
        return _share(Decimal(self.stays), self.guests, TENTH)


@dataclass(frozen=True)
class Report:
    """All groups: `cells` by (value, frequency, recency), and how many guests `segments` have."""

    everybody: Group
    cells: dict[tuple[str, str, str | None], Group]
    segments: dict[str, int]


NOTHING = Report(Group(), {}, {})


@dataclass(frozen=True)
class Worth:
    """What the guests of one `customer_segment` are worth; None for those who have neither one that
    staff chose nor one that their stays say.
    """

    segment: str | None
    guests: int
    average_value: Decimal
    average_stays: Decimal
    average_nights: Decimal
    average_spent_per_stay: Decimal
    revenue: Decimal


def _share(amount: Decimal, among: int, step: Decimal) -> Decimal:
    return (amount / among).quantize(step, ROUND_HALF_EVEN) if among else Decimal(0)


def report(rules: Rules, day: date) -> Report:
    """Counted now, by two statements over indexes and one over the few who are blacklisted."""
    found = dict(_crossed(rules, day))
    by_name: Counter[str] = Counter()
    for key, group in found.items():
        by_name.update(dict.fromkeys(filter(None, key), group.guests))
    for row in _kept(blacklisted=False):
        by_name.update(dict.fromkeys(_names(row), row.guests))
    for row in _kept(blacklisted=True):
        by_name.subtract(dict.fromkeys(_names(row), row.guests))
    return Report(sum(found.values(), Group()), found, dict(by_name))


def _crossed(rules: Rules, day: date) -> Iterator[tuple[tuple[str, str, str | None], Group]]:
    """Over the index that has all that is asked."""
    columns = facts_in(Customer)
    kinds = [expression(question, columns, rules, day) for question in QUESTIONS[:3]]
    guests = select(
        *kinds, Customer.total_spent.label("spent"), Customer.total_stays.label("stays")
    )
    counted = Customer.status == "active", Customer.is_blacklisted == false()
    each = guests.where(*counted).with_hint(Customer, COUNTING, "sqlite").subquery().c
    keys = [each[name] for name in CROSSED]
    query = select(*keys, func.count(), func.sum(each.spent), func.sum(each.stays))
    for *key, number, spent, stays in db.session.execute(query.group_by(*keys)):
        yield (key[0], key[1], key[2]), Group(number, spent, int(stays))


def _kept(*, blacklisted: bool) -> Iterable[Any]:
    """How many guests have the same other answers; of all, or of the blacklisted ones."""
    others = [getattr(GuestSegments, name) for name in COLUMNS if name not in CROSSED]
    query = select(*others, func.count().label("guests")).group_by(*others)
    if blacklisted:
        query = query.join(Customer, Customer.id == GuestSegments.customer_id)
        query = query.where(Customer.status == "active", Customer.is_blacklisted == true())
    return db.session.execute(query).all()


def _names(row: Any) -> Iterator[str]:
    return names_in(row._asdict() | dict.fromkeys(CROSSED))


def cells(found: Report) -> list[tuple[tuple[str, str, str | None], Group]]:
    """The groups of the matrix that have somebody in them, the largest first."""
    return sorted(found.cells.items(), key=lambda each: (-each[1].guests, str(each[0])))


def crossed(number: int) -> list[str | None]:
    """What one side of the matrix may be, in order; guests who never stayed have no recency."""
    names = [each.name for each in QUESTIONS[number].cases]
    return [name for name in names if name] + [name for name in names if not name]


def lifetime_values() -> list[Worth]:
    """By the segment that staff chose, else by what most stays were for; the highest revenue first.

    Of everybody who ever stayed, blacklisted and erased guests too, since their stays were paid as
    well.
    """
    purposes = [(GuestSegments.purpose == name, word) for name, word in DOMINANT.items()]
    segment = func.coalesce(Customer.customer_segment, case(*purposes, else_=null()))
    query = select(
        segment.label("segment"), func.count().label("guests"),
        func.sum(Customer.total_spent).label("spent"),
        func.sum(Customer.total_stays).label("stays"),
        func.sum(Customer.total_nights).label("nights"),
        func.sum(Customer.average_spent_per_stay).label("a_stay"),
    ).outerjoin(GuestSegments, GuestSegments.customer_id == Customer.id)  # fmt: skip
    query = query.where(Customer.total_stays > 0, Customer.status != "merged")
    rows = db.session.execute(query.group_by("segment")).all()
    found = [_worth(row) for row in rows]
    return sorted(found, key=lambda each: (-each.revenue, list(SEGMENTS).index(each.segment)
                  if each.segment in SEGMENTS else len(SEGMENTS)))  # fmt: skip


def _worth(row: Any) -> Worth:
    stays, nights = (_share(Decimal(n), row.guests, TENTH) for n in (row.stays, row.nights))
    spent, a_stay = (_share(amount, row.guests, CENT) for amount in (row.spent, row.a_stay))
    return Worth(row.segment, row.guests, spent, stays, nights, a_stay, row.spent)
