"""The orders in which guests can be listed; each walks an index of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import InstrumentedAttribute

from app.core.paging import parts_of, place
from app.core.types import MONEY_LIMIT
from app.customers.columns import SORT_LENGTH
from app.customers.listing.filters import VIP_LEVELS
from app.customers.models import Customer

BIGGEST = 2**62
LEVELS = ("none", *VIP_LEVELS)


@dataclass(frozen=True)
class Sort:
    """One order: by `column`, equal ones by their numbers in the same direction.

    `first` is the direction that staff want first. Guests without a value come last in both.
    `levels` are the few values of a column whose order is not that of its texts, the lowest first.
    """

    label: Any
    column: InstrumentedAttribute[Any]
    first: str
    read: Callable[[Any], Any]
    nullable: bool = False
    levels: tuple[str, ...] = ()

    def rank(self, value: Any) -> Any:
        """The value as it is compared in Python."""
        return self.levels.index(value) if self.levels else value

    @property
    def index(self) -> str:
        """The index that is walked."""
        return f"ix_customers_by_{self.column.key}"


@dataclass(frozen=True)
class Place:
    """A guest's place in an order: the value sorted by, and the number."""

    value: Any
    number: int


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > BIGGEST:
        raise ValueError("no whole number")
    return value


def _name(value: Any) -> str:
    if not isinstance(value, str) or len(value) > SORT_LENGTH or "\0" in value:
        raise ValueError("no name")
    value.encode()  # a lone surrogate is a ValueError too
    return value


def _money(value: Any) -> Decimal:
    try:
        amount = Decimal(str(value))
    except InvalidOperation as broken:
        raise ValueError("no amount") from broken
    if not amount.is_finite() or abs(amount) >= MONEY_LIMIT:
        raise ValueError("no amount")
    return amount


def _level(value: Any) -> str:
    if value not in LEVELS:
        raise ValueError("no level")
    return str(value)


def _day(value: Any) -> date:
    return date.fromisoformat(str(value))


def _moment(value: Any) -> datetime:
    found = datetime.fromisoformat(str(value))
    if not 1900 < found.year < 9999:  # far from where time zones overflow
        raise ValueError("no moment")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


SORTS = {
    "full_name": Sort(_l("Name"), Customer.sort_name, "asc", _name),
    "customer_code": Sort(_l("Code"), Customer.number, "asc", _whole),
    "created_at": Sort(_l("Created"), Customer.created_at, "desc", _moment),
    "last_stay_date": Sort(_l("Last stay"), Customer.last_stay_date, "desc", _day, nullable=True),
    "total_stays": Sort(_l("Stays"), Customer.total_stays, "desc", _whole),
    "total_spent": Sort(_l("Spent"), Customer.total_spent, "desc", _money),
    "loyalty_points": Sort(_l("Points"), Customer.loyalty_points, "desc", _whole),
    "vip_status": Sort(_l("VIP level"), Customer.vip_status, "desc", _level, levels=LEVELS),
}
DEFAULT = "last_stay_date"


def name_place(sort_by: str, value: Any, number: int) -> str:
    """The opaque word for a place, as it stands in addresses."""
    said = value if value is None or isinstance(value, int) else str(value)
    return place(sort_by, said, number)


def read_place(sort_by: str, word: str) -> Place:
    """The place that a word names. Raises ValueError for one of another order or of none."""
    parts = parts_of(word)
    if len(parts) != 3 or parts[0] != sort_by:
        raise ValueError("a place in another order")
    sort = SORTS[sort_by]
    if parts[1] is None and not sort.nullable:
        raise ValueError("no value")
    return Place(None if parts[1] is None else sort.read(parts[1]), _whole(parts[2]))
