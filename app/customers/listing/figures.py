"""What a list holds in all: its total, its summary, and the counts that its filters show."""

import threading
import time
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.customers.models import Customer
from app.extensions import db

KEPT_SECONDS = 60
MOST_KEPT = 200


@dataclass(frozen=True)
class Summary:
    """What the list holds: returning guests stayed more than once, all others are new."""

    total_customers: int
    vip_customers: int
    returning_customers: int
    new_customers: int


@dataclass(frozen=True)
class Figures:
    """The summary, and how many of the guests each quick filter would leave.

    Of all guests of the list, or only of so many unless counted `to_the_end`.
    """

    summary: Summary
    stayed: int
    corporate: int
    to_the_end: bool = True

    @property
    def total(self) -> int:
        """How many guests there are."""
        return self.summary.total_customers


FACTS = (Customer.vip_status, Customer.total_stays, Customer.customer_type)


def figures_of(rows: Iterable[Any]) -> Figures:
    """Counted over rows that have the columns of `FACTS`."""
    total = vips = returning = stayed = corporate = 0
    for row in rows:
        total += 1
        vips += row.vip_status != "none"
        stayed += row.total_stays > 0
        returning += row.total_stays > 1
        corporate += row.customer_type == "corporate"
    summary = Summary(total, vips, returning, total - returning)
    return Figures(summary, stayed, corporate)


def figure_columns(of: Any) -> list[ColumnElement[int]]:
    """Total, VIPs, returning, stayed and corporate guests as a database counts them."""
    asked = (
        of.vip_status != "none", of.total_stays > 1, of.total_stays > 0,
        of.customer_type == "corporate",
    )  # fmt: skip
    return [func.count(), *(func.count().filter(each) for each in asked)]


def count(where: list[ColumnElement[bool]], hint: str = "") -> Figures:
    """Counted by the database, to the end."""
    query = select(*figure_columns(Customer)).select_from(Customer).where(*where)
    if hint:
        query = query.with_hint(Customer, hint, "sqlite")
    total, vips, returning, *more = db.session.connection().execute(query).one()
    return Figures(Summary(total, vips, returning, total - returning), *more)


class Kept:
    """Figures of long lists, kept for a minute: pages of one list need not count it again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[Hashable, tuple[float, Figures]] = {}

    def get(self, key: Hashable) -> Figures | None:
        """What was counted within the last minute."""
        with self._lock:
            at, figures = self._found.get(key, (0.0, None))
        return figures if time.monotonic() - at < KEPT_SECONDS else None

    def put(self, key: Hashable, figures: Figures) -> None:
        """Keep the figures; the oldest make room."""
        with self._lock:
            self._found.pop(key, None)
            self._found[key] = (time.monotonic(), figures)
            while len(self._found) > MOST_KEPT:
                del self._found[next(iter(self._found))]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._found.clear()


kept = Kept()
