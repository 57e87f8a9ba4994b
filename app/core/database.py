"""How connections are opened and transactions begin: the one tuned place for both engines."""

import fcntl
import math
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    Insert,
    Update,
    event,
    text,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.engine.interfaces import ExecuteStyle
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.selectable import FromClause

from app.extensions import Base, db

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # NORMAL loses acknowledged commits in a power cut
    "foreign_keys=ON",
    "busy_timeout=15000",
    "cache_size=-8000",
    "temp_store=MEMORY",
    "secure_delete=ON",  # what is erased leaves the file
)

PREPARED = {"prepare": True}
"""Execution options of a statement whose plan hangs on no value, such as a look-up by a key: the
server then plans it once for a connection."""
NEVER = 1_000_000_000
QUEUE = "queue"
"""Where a connection to SQLite keeps the file in which writers of all processes queue."""
TRUSTED_SECONDS = 5
"""How long a connection to PostgreSQL may lie idle before it is asked whether it still stands."""

_reading: ContextVar[bool] = ContextVar("reading", default=False)
_single: ContextVar[bool] = ContextVar("single", default=False)


def engine_options(url: str) -> dict[str, Any]:
    """Pool and driver options for `create_engine`."""
    if url.startswith("sqlite"):
        connect = {"check_same_thread": False, "timeout": 15, "isolation_level": None}
        return {"connect_args": connect, "pool_size": 16, "hide_parameters": True}
    # The driver would have any statement planned for no value in particular, and the list of a
    # common tag wants another plan than that of a rare one. Only `PREPARED` ones are.
    connect = {"prepare_threshold": NEVER}
    pool = {"pool_size": 8, "max_overflow": 8}
    return {"connect_args": connect, "hide_parameters": True, **pool}


def tune(engine: Engine) -> None:
    """Attach what each new connection and transaction needs."""
    if engine.dialect.name != "sqlite":
        event.listen(engine, "connect", _reach)
        event.listen(engine, "checkin", _lie_down)
        event.listen(engine, "checkout", _wake)
        event.listen(engine, "begin", _begin_if_writing)
        event.listen(engine, "do_execute", _prepare_if_asked)
        return
    engine.dialect.statement_compiler = _Compiler
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "close", _leave_the_queue)
    event.listen(engine, "begin", _begin)


def _reach(connection: Any, _record: Any) -> None:
    # The default takes a page out of order for four in a row, as on a turning disk, and so reads
    # a million guests to the end where an index has the answer.
    connection.execute("SET random_page_cost = 1.1")
    connection.execute("SET jit = off")  # compiling takes longer than what is left to do
    connection.commit()


def _lie_down(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["idle_since"] = time.monotonic()


def _wake(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    # The server may have gone while a connection lay idle; asking at every use takes too long.
    if time.monotonic() - record.info.get("idle_since", math.inf) < TRUSTED_SECONDS:
        return
    from psycopg import OperationalError  # not loaded on SQLite

    try:
        connection.execute("")
        connection.rollback()
    except OperationalError as lost:
        raise DisconnectionError from lost  # the pool opens another one


def _begin_if_writing(connection: Connection) -> None:
    # READ COMMITTED lets each statement see its own moment, transaction or not; so who only reads,
    # or writes by one statement, is spared the two errands to the server that a transaction takes.
    if "isolation_level" in connection.get_execution_options():
        return
    driver: Any = connection.connection.dbapi_connection
    by_itself = _reading.get() or _single.get()
    if driver.autocommit != by_itself:
        driver.autocommit = by_itself


def _prepare_if_asked(cursor: Any, statement: str, values: Any, context: Any) -> bool:
    if not (context.execution_options.get("prepare") or _is_one_row(context)):
        return False
    cursor.execute(statement, values, prepare=True)
    return True


def _is_one_row(context: Any) -> bool:
    # There is but one plan for it, and a table's rows are all written by the same words.
    insert = context.invoked_statement
    is_insert = isinstance(insert, Insert) and insert.select is None
    return is_insert and context.execute_style is ExecuteStyle.EXECUTE


class _Compiler(SQLiteCompiler):
    """Writes `with_hint(table, "INDEXED BY ...", "sqlite")`, which SQLAlchemy leaves out."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:
        """The hint as it stands behind the table's name."""
        return text


def _prepare(connection: Any, record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    file = cursor.execute("PRAGMA database_list").fetchone()[2]
    cursor.close()
    if file:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        record.info[QUEUE] = os.open(f"{file}-queue", flags, 0o600)


def _leave_the_queue(_connection: Any, record: ConnectionPoolEntry) -> None:
    if (queue := record.info.pop(QUEUE, None)) is not None:
        os.close(queue)


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another wrote between;
    # so it takes the write lock from the start, unless it said that it only reads.
    if _reading.get():
        connection.exec_driver_sql("BEGIN")
    else:
        _begin_in_turn(connection)


def _begin_in_turn(connection: Connection) -> None:
    # Who waits for SQLite's write lock looks again ever more rarely, and whoever comes by in
    # between takes it: among eight busy writers some wait until they give up. So one of them
    # looks, and the others stand in a queue behind.
    queue = connection.info.get(QUEUE)
    if queue is not None:
        fcntl.flock(queue, fcntl.LOCK_EX)
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        if queue is not None:
            fcntl.flock(queue, fcntl.LOCK_UN)


def set_reading(value: bool) -> None:
    """Say whether the transactions that begin from here on only read (SQLite)."""
    _reading.set(value)


@contextmanager
def writing() -> Iterator[None]:
    """Transactions begun inside take the write lock at once."""
    token = _reading.set(False)
    try:
        yield
    finally:
        _reading.reset(token)


@contextmanager
def reading() -> Iterator[None]:
    """Transactions begun inside only read, beside any writer."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


@contextmanager
def hashed() -> Iterator[None]:
    """Let PostgreSQL join whole tables without looking one through again for each row of another.

    It would take tables that an import has just filled for nearly empty ones.
    """
    if db.session.get_bind().dialect.name != "postgresql":
        yield
        return
    db.session.execute(text("SET enable_nestloop = off"))
    try:
        yield
    finally:
        db.session.execute(text("RESET enable_nestloop"))


@contextmanager
def apart(*, single: bool = False) -> Iterator[None]:
    """A short writing transaction of its own amid reading; it commits at the end.

    single: it is one statement and no more, which PostgreSQL commits by itself.
    """
    db.session.rollback()  # ends the reading transaction, so that this one may write
    token = _single.set(single)
    try:
        with writing():
            yield
            db.session.commit()
    finally:
        _single.reset(token)


def insert_missing(dialect: str, table: Any) -> Insert:
    """An INSERT that leaves alone whatever row stands in its way."""
    own = pg_insert if dialect == "postgresql" else sqlite_insert
    return own(table).on_conflict_do_nothing()


def rows_changed(statement: Update) -> int:
    """Run a conditional UPDATE; how many rows met its condition. Only one of many callers wins."""
    result = db.session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount


def whole_table(model: type[Base]) -> None:
    """Hold off other writers of a table until this transaction ends, so that a count stays true.

    Does nothing on SQLite, where a writing transaction holds off all others from its start.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text(f"LOCK TABLE {model.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))


def alone(name: str) -> None:
    """Wait for every other transaction that does what this name says, and hold off later ones.

    For what has no row to lock yet. Does nothing on SQLite, where only one transaction writes.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
        db.session.execute(lock, {"name": name})
