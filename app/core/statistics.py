"""What SQLite's planner knows of the tables; PostgreSQL keeps that up by itself."""

from datetime import timedelta

from sqlalchemy import Connection

from app.core.jobs import Claim, handles
from app.extensions import db

KIND = "database.analyse"
ROWS_AN_INDEX = 100_000


@handles(KIND, every=timedelta(days=1))
def analyse(_claim: Claim) -> None:
    """Count anew; takes well under a second, since a part of each large index tells enough."""
    refresh(db.session.connection())


def refresh(connection: Connection) -> None:
    """The same on a connection; does nothing on PostgreSQL."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA analysis_limit={ROWS_AN_INDEX}")
        connection.exec_driver_sql("ANALYZE")
