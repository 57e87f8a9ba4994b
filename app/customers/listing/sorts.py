"""The orders in which guests can be listed; each walks an index of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from app.customers.models import Customer


@dataclass(frozen=True)
class Sort:
    """One order. `first` is the direction that staff want first; guests without a value are last
    in both directions, and equal ones follow their numbers.
    """

    label: Any
    column: InstrumentedAttribute[Any]
    first: str
    read: Callable[[Any], Any]


def _day(value: Any) -> date | None:
    return None if value is None else date.fromisoformat(value)


SORTS = {
    "full_name": Sort(_l("Name"), Customer.full_name, "asc", str),
    "customer_code": Sort(_l("Code"), Customer.number, "asc", int),
    "created_at": Sort(_l("Created"), Customer.created_at, "desc", str),
    "last_stay_date": Sort(_l("Last stay"), Customer.last_stay_date, "desc", _day),
    "total_stays": Sort(_l("Stays"), Customer.total_stays, "desc", int),
    "total_spent": Sort(_l("Spent"), Customer.total_spent, "desc", Decimal),
    "loyalty_points": Sort(_l("Points"), Customer.loyalty_points, "desc", int),
}
DEFAULT = "last_stay_date"


def order_by(sort: Sort, descending: bool) -> list[ColumnElement[Any]]:
    """The ORDER BY of a sort, unique by the guest's number."""
    column, number = sort.column, Customer.number
    if descending:
        return [column.desc().nulls_last(), number.desc()]
    return [column.asc().nulls_last(), number.asc()]
