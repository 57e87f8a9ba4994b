"""Guests' codes: `C`, the year, and a serial of at least four digits (ruling 7)."""

from sqlalchemy import update

from app.core.clock import today
from app.core.database import insert_missing
from app.customers.models import CodeCounter
from app.extensions import db


def reserve(count: int = 1) -> tuple[int, range]:
    """The year and the serials that now belong to the caller's transaction.

    The counter's row stays locked until that commits; what is rolled back leaves a gap on no
    engine, and what is not used does no harm.
    """
    year = today().year
    taken = update(CodeCounter).where(CodeCounter.year == year)
    taken = taken.values(last=CodeCounter.last + count)
    last = db.session.scalar(taken.returning(CodeCounter.last))
    if last is None:
        first = insert_missing(db.engine.dialect.name, CodeCounter)
        db.session.execute(first.values(year=year, last=0))
        last = db.session.scalar(taken.returning(CodeCounter.last))
    assert last is not None
    return year, range(last - count + 1, last + 1)


def code(year: int, serial: int) -> str:
    """`C20240001`; the serial grows past 9999 without a limit."""
    return f"C{year}{serial:04d}"


def number(year: int, serial: int) -> int:
    """One whole number per code, larger for later ones; search orders by it."""
    return (year - 2000) * 2**32 + serial
