"""Many rows at once: written without the price of each, and asked for by many values."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Dialect,
    Integer,
    Table,
    any_,
    insert,
    literal,
)  # fmt: skip
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeEngine

from app.core.database import PREPARED
from app.extensions import db

Row = Mapping[str, Any]
_Column = ColumnElement[Any] | InstrumentedAttribute[Any]


def insert_many(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows of one shape, complete with defaults; a column that they leave out is NULL.

    Where nobody has a value, the column is left out. PostgreSQL takes the rows by COPY: each
    INSERT would be read and planned anew.
    """
    if not rows:
        return
    names = [n for n in rows[0] if table.c[n].default or any(r[n] is not None for r in rows)]
    into, values = f"{table.name} ({', '.join(names)})", _values(connection, table, names, rows)
    if connection.dialect.name != "postgresql":
        marks = ", ".join("?" * len(names))
        connection.exec_driver_sql(f"INSERT INTO {into} VALUES ({marks})", list(values))
    elif len(rows) == 1:
        connection.execute(insert(table).execution_options(**PREPARED), rows)
    else:
        driver: Any = connection.connection.dbapi_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
            for each in values:
                copy.write_row(each)


def _values(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Row]
) -> Iterator[tuple[Any, ...]]:
    written = [(name, _writer(table.c[name].type, connection.dialect)) for name in names]
    for row in rows:
        yield tuple(
            value if (value := row[name]) is None or write is None else write(value)
            for name, write in written
        )


def _writer(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What makes a value of the type ready for the driver; None where nothing needs to."""
    known = kind.dialect_impl(dialect)
    if isinstance(known, ARRAY) and isinstance(known.item_type, Integer):
        # The driver would ask each number of the list what it is.
        return lambda numbers: f"{{{','.join(map(str, numbers))}}}"
    return known.bind_processor(dialect)


def among(column: _Column, values: Collection[Any]) -> ColumnElement[bool]:
    """`column IN values`; on PostgreSQL as one array, since a mark each is long to read."""
    if db.session.get_bind().dialect.name != "postgresql":
        return column.in_(values)
    return column == any_(literal(list(values), ARRAY(column.type)))
