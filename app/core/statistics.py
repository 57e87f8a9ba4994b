"""What SQLite's planner knows of the tables; PostgreSQL keeps that up by itself."""

from datetime import timedelta

from sqlalchemy import Connection, Integer, cast, column, func, inspect, select, text

from app.core.jobs import Claim, enqueue, handles
from app.extensions import db

KIND = "database.analyse"
ROWS_AN_INDEX = 100_000
MUCH = 10
"""A table that grew by less than this part of it is still asked in the same way."""


@handles(KIND, every=timedelta(days=1))
def analyse(_claim: Claim) -> None:
    """Count anew; takes well under a second, since a part of each large index tells enough."""
    refresh(db.session.connection())


def after_growth(table: str, rows: int) -> None:
    """Have everything counted anew, by a job, when so many new rows change what is known."""
    connection = db.session.connection()
    if connection.dialect.name != "sqlite":
        return
    counted = 0
    if inspect(connection).has_table("sqlite_stat1"):
        known = select(func.max(cast(column("stat"), Integer))).select_from(text("sqlite_stat1"))
        counted = db.session.scalar(known.where(column("tbl") == table)) or 0
    if rows * MUCH > counted:
        enqueue(KIND)


def refresh(connection: Connection) -> None:
    """The same on a connection; does nothing on PostgreSQL."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA analysis_limit={ROWS_AN_INDEX}")
        connection.exec_driver_sql("ANALYZE")
