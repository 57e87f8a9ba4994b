"""What the tests of bookings and stays share: a booking made as staff would."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.core.actor import HOUSE
from app.core.audit import AuditEntry
from app.core.clock import today
from app.customers import services as guests
from app.customers.models import Customer
from app.extensions import db
from app.stays import arrivals, bookings, departures
from app.stays.models import Booking, Stay
from tests.companies.conftest import company  # noqa: F401 - a fixture


@pytest.fixture
def day(app) -> Callable[[int], date]:
    """Today on the property's calendar, so many days on."""

    def on(days: int = 0) -> date:
        return today() + timedelta(days=days)

    return on


@pytest.fixture
def book(app, guest) -> Callable[..., Booking]:
    """A booking from today for two nights, of a guest made for it; commits."""

    def make(
        whose: Customer | None = None, arrive: int = 0, nights: int = 2, **values: Any
    ) -> Booking:
        start = today() + timedelta(days=arrive)
        dates = {"check_in_date": start, "check_out_date": start + timedelta(days=nights)}
        held = guests.hold((whose or guest()).id)
        made = bookings.create(held, dates | values, by=HOUSE, despite_overlap=True)
        db.session.commit()
        return made

    return make


@pytest.fixture
def stayed(book) -> Callable[..., Stay]:
    """A stay that is over: booked, checked in and out; commits."""

    def make(whose: Customer | None = None, nights: int = 2, **outcome: Any) -> Stay:
        booking = bookings.hold(book(whose, arrive=-nights, nights=nights).id)
        arrivals.check_in(booking, by=HOUSE)
        stay = departures.check_out(booking, outcome, by=HOUSE)
        db.session.commit()
        return stay

    return make


@pytest.fixture
def audited(app) -> Callable[[str], list[str]]:
    """The outcomes of the audit entries of one action, in order."""

    def find(action: str) -> list[str]:
        query = select(AuditEntry.outcome).where(AuditEntry.action == action)
        found = list(db.session.scalars(query.order_by(AuditEntry.id)))
        db.session.rollback()
        return found

    return find


@pytest.fixture
def dates(day: Callable[[int], date]) -> dict[str, str]:
    """The fields of a booking's form that must not be empty."""
    return {"check_in": day(3).isoformat(), "check_out": day(5).isoformat(), "adults": "2",
            "children": "0"}  # fmt: skip


@pytest.fixture
def past(day: Callable[[int], date]) -> Callable[..., Stay]:
    """A stay of another system, that began so many days ago; commits."""

    def make(whose: Customer, ago: int = 30, **more: Any) -> Stay:
        values: dict[str, Any] = {
            "customer_id": whose.id, "check_in_date": day(-ago), "check_out_date": day(2 - ago),
            "nights": 2, "total_amount": Decimal(3000000), "room_type": "Deluxe Ocean View",
            "purpose_of_visit": "business", "room_rate": Decimal(1500000),
        }  # fmt: skip
        made = Stay(**values | more)
        db.session.add(made)
        db.session.commit()
        return made

    return make
