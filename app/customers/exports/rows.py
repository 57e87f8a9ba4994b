"""The rows of an export: plain cells in batches, read as one stream that holds no more than one."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from app.core import database
from app.core.tabular_out import Batch, Cell
from app.customers.exports.columns import TAGS, converter
from app.customers.listing.streaming import stream
from app.customers.listing.tags import tags_of
from app.customers.models import Customer
from app.extensions import db

SIZE = 1000


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A connection of its own that sees the database as it is now, until the end."""
    engine = db.engine
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with database.reading(), engine.connect() as connection:
        yield connection


def batches(connection: Connection, filters: Mapping[str, Any], names: Sequence[str]
) -> Iterator[Batch]:  # fmt: skip
    """The guests of the list in its order, at most 1,000 at once, each as cells of the columns."""
    stored = [name for name in names if name != TAGS]
    columns = [Customer.id, *(getattr(Customer, name) for name in stored)]
    convert = [converter(name) for name in stored]
    at = list(names).index(TAGS) if TAGS in names else None
    for rows in stream(connection, filters, columns, SIZE):
        tags = tags_of(connection, [row[0] for row in rows]) if at is not None else {}
        yield [_cells(row, convert, at, tags) for row in rows]


def _cells(
    row: Any, convert: Sequence[Any], at: int | None, tags: dict[uuid.UUID, list[str]]
) -> list[Cell]:
    cells: list[Cell] = [one(value) for one, value in zip(convert, row[1:], strict=True)]
    if at is not None:
        cells.insert(at, "; ".join(tags.get(row[0], ())))
    return cells
