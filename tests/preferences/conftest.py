"""What the tests of preferences share: a guest held for a change, and what must always agree."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from app.core.actor import Actor
from app.customers import services as guests
from app.customers.models import Customer
from app.extensions import db
from app.preferences import origins, services
from app.preferences.catalogue import FIELDS
from app.preferences.learning import StayFacts
from app.preferences.values import State, state_of, summary_of

DAY = date(2026, 1, 1)


@pytest.fixture
def manager(actor_of: Callable[[str], Actor]) -> Actor:
    """A manager, as services take one."""
    return actor_of("manager")


@pytest.fixture
def held(app: Any, guest: Callable[..., Customer]) -> Customer:
    """A guest, held for a change."""
    return guests.hold(guest().id)


@pytest.fixture
def told(app: Any) -> Callable[[Customer], State]:
    """What the database has of a guest now; asserts that everything kept of it agrees."""

    def read(whose: Customer) -> State:
        guest_id = whose.id
        db.session.commit()
        db.session.expire_all()
        made = db.session.get_one(Customer, guest_id)
        row = services.of(guest_id)
        if row is None:
            assert origins.rows_of(guest_id) == {}
            assert made.preferences_summary is None
            return {}
        state = state_of(row)
        assert made.preferences_summary == summary_of(state)
        places = {origins.place_of(FIELDS[n], c) for n, codes in state.items() for c in codes}
        assert set(origins.rows_of(guest_id)) == places
        return state

    return read


@pytest.fixture
def stay() -> Callable[..., StayFacts]:
    """`stay(3, 9, room_type=...)`: the facts of a stay that ended on the third day, rated 9."""

    def make(day: int, score: int | None = 9, **facts: Any) -> StayFacts:
        made = uuid.UUID(int=day + 1)
        return StayFacts(made, DAY + timedelta(days=day), score, **facts)

    return make
