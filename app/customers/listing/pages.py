"""One page of the guest list, its total and its summary."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, select

from app.core.clock import today
from app.customers.listing.filters import conditions
from app.customers.listing.sorts import DEFAULT, SORTS, order_by
from app.customers.models import Customer, Mark
from app.extensions import db

Filters = Mapping[str, Any]


@dataclass(frozen=True)
class Listed:
    """A guest as a row of the list. `total_spent` in currency units; `tags` by name."""

    id: uuid.UUID
    number: int
    customer_code: str
    full_name: str
    email: str | None
    phone: str | None
    company_name: str | None
    customer_type: str
    vip_status: str
    loyalty_member: bool
    loyalty_tier: str | None
    loyalty_points: int
    total_stays: int
    total_nights: int
    total_spent: Decimal
    last_stay_date: date | None
    is_blacklisted: bool
    warning_level: int
    profile_completeness: int
    days_since_last_stay: int | None = None
    tags: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Summary:
    """What the list holds: returning guests stayed more than once, all others are new."""

    total_customers: int
    vip_customers: int
    returning_customers: int
    new_customers: int


@dataclass(frozen=True)
class ListPage:
    """A page of guests. `total` is a lower bound unless `total_exact`.

    `after` is the place where the next page begins, `before` where the previous one ends; None
    where there is none. `last` is False when there is a next page.
    """

    rows: list[Listed]
    total: int
    total_exact: bool
    page: int
    limit: int
    summary: Summary
    after: str | None = None
    before: str | None = None

    @property
    def total_pages(self) -> int:
        """How many pages the total fills; at least 1."""
        return max(1, -(-self.total // self.limit))


COLUMNS = (
    "id", "number", "customer_code", "full_name", "email", "phone", "company_name",
    "customer_type", "vip_status", "loyalty_member", "loyalty_tier", "loyalty_points",
    "total_stays", "total_nights", "total_spent", "last_stay_date", "is_blacklisted",
    "warning_level", "profile_completeness",
)  # fmt: skip


def find_page(filters: Filters, *, exact: bool = False) -> ListPage:  # noqa: ARG001 - counts to the end for now
    """The page that the filters, as `ListInput` gives them, ask for.

    With `exact` the total and the summary are counted to the end however long that takes, as an
    API owes it; without, they may be a minute old, or a lower bound (`total_exact`).
    """
    where = conditions(filters)
    sort = SORTS[filters["sort_by"] or DEFAULT]
    descending = (filters["order"] or sort.first) == "desc"
    skip = (filters["page"] - 1) * filters["limit"]
    query = select(*(getattr(Customer, name) for name in COLUMNS)).where(*where)
    query = query.order_by(*order_by(sort, descending)).limit(filters["limit"]).offset(skip)
    found = db.session.execute(query).mappings().all()
    summary = _summary(where)
    return ListPage(
        rows=_rows([dict(row) for row in found]), total=summary.total_customers, total_exact=True,
        page=filters["page"], limit=filters["limit"], summary=summary,
    )  # fmt: skip


def _summary(where: list[Any]) -> Summary:
    vip = func.sum(case((Customer.vip_status != "none", 1), else_=0))
    returning = func.sum(case((Customer.total_stays > 1, 1), else_=0))
    counted = db.session.execute(select(func.count(), vip, returning).where(*where)).one()
    total, vips, back = counted[0], counted[1] or 0, counted[2] or 0
    return Summary(total, vips, back, total - back)


def _rows(found: list[dict[str, Any]]) -> list[Listed]:
    day = today()
    tags = _tags([row["id"] for row in found])
    return [
        Listed(
            **row, tags=tags.get(row["id"], []),
            days_since_last_stay=(day - row["last_stay_date"]).days
            if row["last_stay_date"] else None,
        )
        for row in found
    ]  # fmt: skip


def _tags(ids: list[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    query = select(Mark.customer_id, Mark.value).where(
        Mark.customer_id.in_(ids), Mark.kind == "tag", Mark.lifted_at.is_(None),
        Mark.expires_on.is_(None) | (Mark.expires_on >= today()),
    )  # fmt: skip
    found: dict[uuid.UUID, list[str]] = {}
    for owner, tag in db.session.execute(query.order_by(Mark.value)) if ids else ():
        found.setdefault(owner, []).append(str(tag))
    return found
