"""The rows of the list: the few columns it shows, and the guests' tags."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select

from app.core.clock import today
from app.customers.listing.tags import tags_of
from app.customers.models import Customer
from app.extensions import db


@dataclass(frozen=True, slots=True)
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
    preferences_summary: dict[str, Any] | None
    days_since_last_stay: int | None
    tags: list[str] = field(default_factory=list)


COLUMNS = tuple(
    getattr(Customer, name)
    for name in (
        "id", "number", "customer_code", "full_name", "email", "phone", "company_name",
        "customer_type", "vip_status", "loyalty_member", "loyalty_tier", "loyalty_points",
        "total_stays", "total_nights", "total_spent", "last_stay_date", "is_blacklisted",
        "warning_level", "profile_completeness", "preferences_summary",
    )
)  # fmt: skip
ROWS = select(*COLUMNS).where(Customer.number.in_(bindparam("numbers", expanding=True)))


def told(rows: Sequence[Any], *, tags: bool) -> list[Listed]:
    """The guests of rows that hold `COLUMNS`, or only a `number`; with their tags if asked for."""
    if not rows:
        return []
    found = rows
    if "customer_code" not in rows[0]._fields:
        numbers = {"numbers": [row.number for row in rows]}
        by_number = {row.number: row for row in db.session.connection().execute(ROWS, numbers)}
        found = [by_number[row.number] for row in rows if row.number in by_number]
    day = today()
    ids = [row.id for row in found]
    carried = tags_of(db.session.connection(), ids) if tags else {}
    return [_listed(row, day, carried.get(row.id, [])) for row in found]


def _listed(row: Any, day: date, tags: list[str]) -> Listed:
    last: date | None = row.last_stay_date
    days = (day - last).days if last else None
    facts: list[Any] = [*row[: len(COLUMNS)], days, tags]
    return Listed(*facts)
