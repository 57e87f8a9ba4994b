"""Column types that mean the same on SQLite and PostgreSQL."""

import uuid
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import uuid_utils
from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

MONEY_SCALE = 1000
"""Money is stored in thousandths of the currency unit: no currency in use has finer parts."""

MONEY_LIMIT = Decimal(10) ** 12
"""Amounts stay below this, so that sums of a million of them fit 64 bits."""

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def new_id() -> uuid.UUID:
    """A UUIDv7: unique everywhere, and later ones sort after earlier ones."""
    return uuid.UUID(int=uuid_utils.uuid7().int)


def made_at(made: uuid.UUID) -> datetime:
    """When `new_id` made this one."""
    return datetime.fromtimestamp((made.int >> 80) / 1000, UTC)


def first_id(at: datetime) -> uuid.UUID:
    """What every `new_id` made since that moment sorts after."""
    return uuid.UUID(int=max(int(at.timestamp() * 1000), 0) << 80)


class Money(TypeDecorator[Decimal]):
    """An exact amount as a Decimal, stored as a whole number of thousandths."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        """Thousandths, rounded half to even."""
        if value is None:
            return None
        scaled = (Decimal(value) * MONEY_SCALE).to_integral_value(ROUND_HALF_EVEN)
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """The amount in currency units."""
        return None if value is None else Decimal(value) / MONEY_SCALE


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant; a naive one is refused rather than guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> datetime | None:
        """UTC, without its zone where the database keeps none."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        utc: datetime = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Aware, in UTC."""
        if value is None:
            return None
        aware: datetime = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC)


class days_until(FunctionElement[int]):  # noqa: N801 - reads as a function in queries
    """Whole days from the first date to the second, as an integer."""

    type = Integer()
    inherit_cache = True


@compiles(days_until)
def _subtract(element: Any, compiler: Any, **options: Any) -> str:
    start, end = (compiler.process(part, **options) for part in element.clauses)
    return f"(CAST({end} AS DATE) - CAST({start} AS DATE))"


@compiles(days_until, "sqlite")
def _julian(element: Any, compiler: Any, **options: Any) -> str:
    start, end = (compiler.process(part, **options) for part in element.clauses)
    return f"CAST(julianday({end}) - julianday({start}) AS INTEGER)"
