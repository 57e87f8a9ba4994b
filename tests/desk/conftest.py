"""What the tests of the desk share: bookings as in the tests of stays, and preferences."""

from collections.abc import Callable
from typing import Any

import pytest

from app.core.actor import HOUSE
from app.customers import services as guests
from app.customers.models import Customer
from app.desk import parties
from app.desk.parties import Party
from app.extensions import db
from app.preferences import services as preferences
from app.stays import arrivals, bookings
from app.stays.models import Booking
from tests.auth.conftest import audited  # noqa: F401 - a fixture
from tests.stays.conftest import book, day, stayed  # noqa: F401 - fixtures


@pytest.fixture
def likes(app) -> Callable[..., None]:
    """`likes(guest, pillow_type=["firm"])`: tells preferences as the guest said them; commits."""

    def tell(whose: Customer, **codes: list[str]) -> None:
        held = guests.hold(whose.id)
        for name, values in codes.items():
            for code in values:
                preferences.set_on(held, name, code, source="guest", by=HOUSE)
        db.session.commit()

    return tell


@pytest.fixture
def staying(book) -> Callable[..., Booking]:  # noqa: F811 - the fixture
    """A booking whose guest is in house; commits."""

    def make(whose: Customer | None = None, room: str | None = None, **values: Any) -> Booking:
        booking = bookings.hold(book(whose, **values).id)
        arrivals.check_in(booking, by=HOUSE, room=room)
        db.session.commit()
        return booking

    return make


@pytest.fixture
def party(app) -> Callable[[Booking], Party]:
    """A booking as the desk reads it."""

    def read(booking: Booking) -> Party:
        db.session.commit()
        return parties.load([booking.id])[booking.id]

    return read
