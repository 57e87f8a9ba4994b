"""What SQLite's planner is told of the tables' sizes, and when."""

import pytest

from app.core import statistics
from app.core.jobs import Job
from app.extensions import db

pytestmark = [pytest.mark.sqlite_only, pytest.mark.usefixtures("app")]


def _asked() -> int:
    return db.session.query(Job).filter_by(kind=statistics.KIND).count()


def test_tables_are_counted_anew_only_after_they_grew_by_much(guest) -> None:
    statistics.after_growth("customers", 1)
    assert _asked() == 1, "nothing was counted before"
    for number in range(30):
        guest(f"Guest {number}")
    statistics.refresh(db.session.connection())
    db.session.commit()
    statistics.after_growth("customers", 2)
    assert _asked() == 1
    statistics.after_growth("customers", 5)
    assert _asked() == 2
