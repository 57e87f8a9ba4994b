"""Fills the bases: made-up guests straight into the real tables, then the indexes.

`python -m bench.generate ENGINE SIZE [SERVER]` makes one base; `make_all` makes several at once.
"""

import sqlite3
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import cache
from itertools import islice
from typing import Any, cast

import psycopg
from sqlalchemy import Column, Dialect, Engine, Index, Table

from app import schema
from app.companies import models as _companies  # noqa: F401 - guests point to its table
from app.core import statistics
from app.core.database import writing
from app.customers.models import Customer, Mark
from app.customers.search import GuestFacts, models, upkeep
from app.loyalty import guards
from app.loyalty.models import Lot, LotUse, Membership, Transaction
from app.stays.models import Stay
from bench.bases import Base
from bench.ledger import SOME, accounts
from bench.people import SOME_STAY, guests, stays, tags

BATCH = 5000
CUSTOMERS, MARKS = cast(Table, Customer.__table__), cast(Table, Mark.__table__)
SEARCH, STAYS = cast(Table, models.SearchRow.__table__), cast(Table, Stay.__table__)
MEMBERS, LEDGER = cast(Table, Membership.__table__), cast(Table, Transaction.__table__)
LOTS, USES = cast(Table, Lot.__table__), cast(Table, LotUse.__table__)
TABLES = (CUSTOMERS, MARKS, STAYS, SEARCH, MEMBERS, LEDGER, LOTS, USES)
MADE = datetime(2026, 7, 1, tzinfo=UTC)
Row = dict[str, Any]
SOME_ROW = {**SOME.rows[0], **SOME.rows[2]}
EMPTY = {
    table.name: {c.key for c in table.columns if c.nullable} - set(known)
    for table, known in ((STAYS, SOME_STAY), (LEDGER, SOME_ROW))
}
"""Table: columns that no made-up row has a value for; millions of rows are many."""


def facts(row: Row) -> GuestFacts:
    """What search needs of a made-up guest."""
    names = ("id", "number", "full_name", "first_name", "middle_name", "last_name",
             "former_names", "company_name", "loyalty_number", "vip_status")  # fmt: skip
    return GuestFacts(
        **{name: row[name] for name in names},
        code=row["customer_code"],
        emails=[row["email"]] if row["email"] else [],
        phones=[row["phone"]] if row["phone"] else [],
        last_stay_date=row.get("last_stay_date"),
    )


class Writer:
    """Turns {column: value} into tuples as the driver wants them."""

    def __init__(self, table: Table, dialect: Dialect) -> None:
        self.table = table
        empty = EMPTY.get(table.name, set())
        stored = [c for c in table.columns if c.computed is None and c.key not in empty]
        self.parts = [(c.key, _default(c), _processor(c, dialect)) for c in stored]
        self.made = [(key, make) for key, make, _ in self.parts if callable(make)]
        self.columns = [column.name for column in stored]

    def tuple(self, row: Row) -> tuple[Any, ...]:
        """One row in the order of `columns`."""
        told = {key: make(_Context(row)) for key, make in self.made if key not in row} | row
        cells: list[Any] = []
        for key, default, convert in self.parts:
            value = told.get(key, default)
            cells.append(value if value is None or convert is None else convert(value))
        return tuple(cells)


class _Context:
    """Stands in for SQLAlchemy's where a default is computed from the rest of the row."""

    def __init__(self, row: Row) -> None:
        self.row = row

    def get_current_parameters(self) -> Row:
        return self.row


def _default(column: Column[Any]) -> Any:
    """A value for all rows, or a function of SQLAlchemy's context where each row has its own."""
    if column.name in ("created_at", "updated_at", "placed_at"):
        return MADE
    if column.default is None or column.primary_key:
        return None
    kept = cast(Any, column.default)
    if not kept.is_callable:
        return kept.arg
    try:
        return kept.arg(None)
    except AttributeError:
        return kept.arg


def _processor(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What a value becomes for the driver; days repeat so often that theirs are kept."""
    found = column.type.dialect_impl(dialect).bind_processor(dialect)
    keeps = found and issubclass(column.type.python_type, date)
    return cast(Callable[[Any], Any] | None, cache(found) if found and keeps else found)


def _batches(size: int, dialect: str) -> Iterator[tuple[list[Row], ...]]:
    """Guests, their tags, stays, search rows and accounts, as `TABLES` has them."""
    remaining, first = guests(size), True
    while batch := list(islice(remaining, BATCH)):
        for row in batch:
            row["created_at"] = datetime(int(row["customer_code"][1:5]), 1, 15, tzinfo=UTC)
        opened = list(accounts(batch, first=first))
        members, first = [each.member for each in opened], first and not opened
        found = (upkeep.search_row(dialect, facts(row)) for row in batch)
        marks = [mark for row in batch for mark in _marks(row)]
        stayed = [stay for row in batch for stay in stays(row["id"])]
        yield (
            batch, marks, stayed, [row for row in found if row], members,
            [row for each in opened for row in each.rows],
            [lot for each in opened for lot in each.lots],
            [use for each in opened for use in each.uses],
        )  # fmt: skip


def sample(dialect: str) -> list[str]:
    """What tells whether a base is up to date: its columns, indexes and some of its guests."""
    columns = [f"{table.name} {c.name} {c.type}" for table in TABLES for c in table.columns]
    indexes = [str(index.name) for table in TABLES for index in table.indexes]
    some = [
        f"{row}{stays(row['id'])}{upkeep.search_row(dialect, facts(row))}" for row in guests(300)
    ]
    ledgers = [
        f"{a.member}{a.rows}{a.lots}{a.uses}" for a in accounts(list(guests(300)), first=False)
    ]
    return sorted(columns) + sorted(indexes) + some + ledgers


def _marks(row: Row) -> Iterator[Row]:
    for place, tag in enumerate(tags(row)):
        mark = uuid.UUID(int=row["id"].int ^ (place + 1))
        yield {"id": mark, "customer_id": row["id"], "kind": "tag", "value": tag,
               "placed_name": "bench"}  # fmt: skip


def make(base: Base) -> None:
    """Make the base anew."""
    base.clear()
    with tempfile.TemporaryDirectory() as folder:
        schema.create(base.url, base.keystore_url, folder)
    engine = base.open()
    (_fill_sqlite if base.engine == "sqlite" else _fill_postgresql)(base, engine)
    engine.dispose()
    base.note()


def _secondary() -> list[Index]:
    return [index for table in TABLES if table is not SEARCH for index in table.indexes]


def _without_indexes(engine: Engine, fill: Callable[[], None]) -> None:
    with engine.begin() as connection:
        for index in _secondary():
            index.drop(connection)
        models.drop_indexes(connection)
        guards.drop(connection)
    engine.dispose()  # journal_mode=OFF needs the file to itself
    fill()
    with engine.begin() as connection:
        for index in _secondary():
            index.create(connection)
        guards.create(connection)


def _fill_sqlite(base: Base, engine: Engine) -> None:
    writers = [Writer(table, engine.dialect) for table in TABLES]

    def fill() -> None:
        raw = sqlite3.connect(base.file, isolation_level=None)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-600000"):
            raw.execute(f"PRAGMA {pragma}")
        raw.execute("BEGIN")
        for batch in _batches(base.size, "sqlite"):
            for writer, rows in zip(writers, batch, strict=True):
                raw.executemany(_insert(writer), map(writer.tuple, rows))
        for statement in (*models.SQLITE_CREATE, *models.SQLITE_REBUILD):
            raw.execute(statement)
        raw.execute("COMMIT")
        raw.close()

    _without_indexes(engine, fill)
    with writing(), engine.begin() as connection:
        statistics.refresh(connection)
    engine.dispose()
    raw = sqlite3.connect(base.file)
    raw.execute("PRAGMA journal_mode=WAL")
    raw.close()


def _insert(writer: Writer) -> str:
    marks = ", ".join("?" * len(writer.columns))
    return f"INSERT INTO {writer.table.name} ({', '.join(writer.columns)}) VALUES ({marks})"


def _fill_postgresql(base: Base, engine: Engine) -> None:
    writers = [Writer(table, engine.dialect) for table in TABLES]

    def fill() -> None:
        with psycopg.connect(base.url) as connection, connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")  # foreign keys hold anyway
            for batch in _batches(base.size, "postgresql"):
                for writer, rows in zip(writers, batch, strict=True):
                    into = f"{writer.table.name} ({', '.join(writer.columns)})"
                    with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                        for row in rows:
                            copy.write_row(writer.tuple(row))

    _without_indexes(engine, fill)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '512MB'")
        models.create_indexes(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM (ANALYZE)")


def make_all(stale: list[Base]) -> None:
    """Make several, all at once. Raises CalledProcessError when one fails."""
    running = []
    for base in stale:
        print(f"making {base.size:,} guests on {base.engine} ...", flush=True)
        arguments = [base.engine, str(base.size), base.server]
        running.append(subprocess.Popen([sys.executable, "-m", "bench.generate", *arguments]))
    for process in running:
        if process.wait():
            raise subprocess.CalledProcessError(process.returncode, process.args)


if __name__ == "__main__":
    make(Base(cast(Any, sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
