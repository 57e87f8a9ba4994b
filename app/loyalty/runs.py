"""What the daily run did on each day of the property's calendar: one row a day, one run a day."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.database import insert_missing
from app.core.datamap import TECHNICAL
from app.core.models import Base
from app.core.types import Instant
from app.extensions import db


class LoyaltyRun(Base):
    """One day's run. `finished_at` is None while it goes on, and for one that was cut off.

    skipped: accounts that could not be touched: their clock or their sums do not fit.
    """

    __tablename__ = "loyalty_runs"

    day: Mapped[date] = mapped_column(primary_key=True, info=TECHNICAL())
    began_at: Mapped[datetime] = mapped_column(Instant, default=now, info=TECHNICAL())
    finished_at: Mapped[datetime | None] = mapped_column(Instant, info=TECHNICAL())
    accounts: Mapped[int] = mapped_column(default=0, info=TECHNICAL())
    lots: Mapped[int] = mapped_column(default=0, info=TECHNICAL())
    points: Mapped[int] = mapped_column(BigInteger, default=0, info=TECHNICAL())
    warned: Mapped[int] = mapped_column(default=0, info=TECHNICAL())
    skipped: Mapped[int] = mapped_column(default=0, info=TECHNICAL())


def latest() -> LoyaltyRun | None:
    """The run of the latest day."""
    return db.session.scalar(select(LoyaltyRun).order_by(LoyaltyRun.day.desc()).limit(1))


def begin(day: date) -> None:
    """The day's row, unless it is there; one that was cut off goes on where it stood."""
    first = insert_missing(db.engine.dialect.name, LoyaltyRun)
    none = dict.fromkeys(("accounts", "lots", "points", "warned", "skipped"), 0)
    db.session.execute(first.values(day=day, began_at=now(), **none))
    _write(day, skipped=0)


def add(day: date, **more: int) -> None:
    """Count further accounts, lots and so on, in the transaction of the work itself."""
    _write(day, **{name: getattr(LoyaltyRun, name) + count for name, count in more.items()})


def finish(day: date) -> None:
    """Say that the day's run is over."""
    _write(day, finished_at=now())


def _write(day: date, **values: Any) -> None:
    mine = update(LoyaltyRun).where(LoyaltyRun.day == day).values(values)
    db.session.execute(mine.execution_options(synchronize_session=False))
