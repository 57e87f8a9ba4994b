"""What the tests of loyalty share: a member with points, days that pass, and sums that hold."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.actor import HOUSE
from app.customers import services as guests
from app.customers.models import Customer
from app.extensions import db
from app.loyalty import memberships, points
from app.loyalty.models import Lot, LotUse, Membership, Transaction
from tests.auth.conftest import audited  # noqa: F401 - a fixture
from tests.desk.conftest import staying  # noqa: F401 - a fixture
from tests.stays.conftest import book, day, past, stayed  # noqa: F401 - fixtures


@pytest.fixture
def member(app, guest) -> Callable[..., Customer]:
    """A guest who is a member, with points from a referral; commits."""

    def make(balance: int = 0, name: str = "Đỗ Đức", **values: Any) -> Customer:
        made = guests.hold(guest(name, **values).id)
        memberships.enrol(made, by=HOUSE)
        if balance:
            points.earn(memberships.hold(made.id), balance, source="referral", by=HOUSE)
        db.session.commit()
        return made

    return make


@pytest.fixture
def pass_days(monkeypatch) -> Callable[[int], date]:
    """Moves the property's calendar on by days; time of day and stamps stay as they are."""
    real, gone = clock.now, [0]

    def shifted() -> datetime:
        return real() + timedelta(days=gone[0])

    def move(days: int) -> date:
        gone[0] += days
        return clock.today()

    monkeypatch.setattr(clock, "now", shifted)
    return move


@pytest.fixture
def holds(app) -> Callable[[Customer], Membership]:
    """Asserts that all sums about a member agree; the membership."""
    return check


def check(guest: Customer) -> Membership:
    """Rows chain and add up to the balance, so do the lots, and so say the guest's columns."""
    db.session.expire_all()
    member = memberships.of(guest.id)
    assert member is not None
    rows = list(
        db.session.scalars(
            select(Transaction)
            .where(Transaction.membership_id == member.id)
            .order_by(Transaction.serial)
        )
    )
    assert [row.serial for row in rows] == list(range(1, len(rows) + 1))
    running = 0
    for row in rows:
        assert (row.points_balance_before, row.points_balance_after) == (
            running, running + row.points,
        )  # fmt: skip
        running += row.points
        assert running >= 0
    lots = db.session.scalar(select(func.sum(Lot.remaining)).where(Lot.membership_id == member.id))
    assert member.balance == running == (lots or 0) == guest.loyalty_points
    assert guest.points_expiry_date == memberships.next_end(member)
    for row in rows:  # each debit took from lots as many points as it says
        taken = db.session.scalar(
            select(func.sum(LotUse.points)).where(LotUse.transaction_id == row.id)
        )
        assert (taken or 0) == (-row.points if row.points < 0 else 0)
    return member
