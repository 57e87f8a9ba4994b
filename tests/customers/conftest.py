"""What the tests of guests share: a guest with everything, and posting a form as it stands."""

from collections.abc import Callable
from typing import Any

import pytest

from app.core.actor import Actor
from app.customers import services
from app.customers.models import Customer
from app.extensions import db

RICH = {
    "display_name": "Cô Tuyết", "date_of_birth": "1985-12-31", "nationality": "VN",
    "email": "tuyet@example.vn", "phone": "0903124567", "city": "Huế", "country": "VN",
    "id_type": "passport", "id_number": "C1234678", "tax_id": "0312345678",
    "medical_notes": "Allergic to peanuts", "credit_limit": "5000000",
}  # fmt: skip


@pytest.fixture
def rich(guest: Callable[..., Customer]) -> Customer:
    """A guest with every sealed field filled."""
    return guest("Nguyễn Thị Ánh Tuyết", **RICH)


@pytest.fixture
def fresh(app: Any) -> Callable[[Customer], Customer]:
    """The guest as the database has it now."""

    def read(made: Customer) -> Customer:
        guest_id = made.id
        db.session.rollback()
        return services.get(guest_id)

    return read


@pytest.fixture
def manager(actor_of: Callable[[str], Actor]) -> Actor:
    """A manager, as services take one."""
    return actor_of("manager")
