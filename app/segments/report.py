"""How many guests each segment has, and what they spent: the matrix of section 6.1.

Counted from the rows that lists are filtered by, so that a figure and the list behind it agree;
blacklisted guests are left out of both.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from sqlalchemy import false, func, select

from app.customers.models import Customer
from app.customers.vocabulary import SEGMENTS
from app.extensions import db
from app.segments.definition import COLUMNS, QUESTIONS, names_in
from app.segments.models import GuestSegments

CROSSED = COLUMNS[:3]
"""The questions of the matrix: value, frequency, recency."""
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
    """All groups: `cells` by (value, frequency, recency), `segments` by name."""

    everybody: Group
    cells: dict[tuple[str, str, str | None], Group]
    segments: dict[str, Group]


@dataclass(frozen=True)
class Worth:
    """What the guests of one `customer_segment` are worth; None for those who have none."""

    segment: str | None
    guests: int
    average_value: Decimal
    average_stays: Decimal
    average_nights: Decimal
    average_spent_per_stay: Decimal
    revenue: Decimal


def _share(amount: Decimal, among: int, step: Decimal) -> Decimal:
    return (amount / among).quantize(step, ROUND_HALF_EVEN) if among else Decimal(0)


def report() -> Report:
    """Counted now, by one statement."""
    rows = [(row, Group(row.guests, row.spent, int(row.stays))) for row in _rows()]
    return Report(
        everybody=sum((group for _row, group in rows), Group()),
        cells=_summed(rows, lambda row: [tuple(getattr(row, name) for name in CROSSED)]),
        segments=_summed(rows, names_in),
    )


def _rows() -> Iterable[Any]:
    kept = [getattr(GuestSegments, name) for name in COLUMNS]
    figures = (
        func.count().label("guests"), func.sum(Customer.total_spent).label("spent"),
        func.sum(Customer.total_stays).label("stays"),
    )  # fmt: skip
    query = select(*kept, *figures).join(Customer, Customer.id == GuestSegments.customer_id)
    counted = Customer.status == "active", Customer.is_blacklisted == false()
    return db.session.execute(query.where(*counted).group_by(*kept)).all()


def _summed(rows: Iterable[tuple[Any, Group]], keys: Callable[[Any], Iterable[Any]]) -> Any:
    found: dict[Any, Group] = {}
    for row, group in rows:
        for key in keys(row):
            found[key] = found.get(key, Group()) + group
    return found


def cells(found: Report) -> list[tuple[tuple[str, str, str | None], Group]]:
    """The groups of the matrix that have somebody in them, the largest first."""
    return sorted(found.cells.items(), key=lambda each: (-each[1].guests, str(each[0])))


def crossed(number: int) -> list[str | None]:
    """What one side of the matrix may be, in order; guests who never stayed have no recency."""
    names = [each.name for each in QUESTIONS[number].cases]
    return [name for name in names if name] + [name for name in names if not name]


def lifetime_values() -> list[Worth]:
    """By the segment that staff chose, the highest revenue first; of everybody who ever stayed,
    blacklisted and erased guests too, since their stays were paid as well.
    """
    query = select(
        Customer.customer_segment.label("segment"), func.count().label("guests"),
        func.sum(Customer.total_spent).label("spent"),
        func.sum(Customer.total_stays).label("stays"),
        func.sum(Customer.total_nights).label("nights"),
        func.sum(Customer.average_spent_per_stay).label("a_stay"),
    ).where(Customer.total_stays > 0, Customer.status != "merged")  # fmt: skip
    rows = db.session.execute(query.group_by(Customer.customer_segment)).all()
    found = [_worth(row) for row in rows]
    return sorted(found, key=lambda each: (-each.revenue, list(SEGMENTS).index(each.segment)
                  if each.segment in SEGMENTS else len(SEGMENTS)))  # fmt: skip


def _worth(row: Any) -> Worth:
    stays, nights = (_share(Decimal(n), row.guests, TENTH) for n in (row.stays, row.nights))
    spent, a_stay = (_share(amount, row.guests, CENT) for amount in (row.spent, row.a_stay))
    return Worth(row.segment, row.guests, spent, stays, nights, a_stay, row.spent)
