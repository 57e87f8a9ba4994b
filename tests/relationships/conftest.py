"""What the tests of relationships share: ties made as staff would make them."""

from collections.abc import Callable
from typing import Any

import pytest

from app.core.actor import HOUSE
from app.customers.models import Customer
from app.extensions import db
from app.relationships import services
from app.relationships.models import Relationship


@pytest.fixture
def tie(app) -> Callable[..., Relationship]:
    """`tie(an, "spouse", binh)`: Bình is An's spouse; a text instead of a guest is a name."""

    def make(guest: Customer, kind: str, other: Customer | str, **values: Any) -> Relationship:
        who = (
            {"related_name": other} if isinstance(other, str) else {"related_customer_id": other.id}
        )
        made = services.add(guest.id, who | {"relationship_type": kind} | values, by=HOUSE)
        db.session.commit()
        return made

    return make
