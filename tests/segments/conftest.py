"""What the tests of segments share: many random guests with stays, written in bulk."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

import pytest
from sqlalchemy import Table

from app.core.bulk import insert_many
from app.core.clock import now, today
from app.core.types import new_id
from app.customers.models import Customer
from app.extensions import db
from app.loyalty.programme import TIERS
from app.stays.models import Stay
from tests.loyalty.conftest import pass_days  # noqa: F401 - fixture
from tests.stays.conftest import book, day, past, stayed  # noqa: F401 - fixtures

GUESTS, STAYS = cast(Table, Customer.__table__), cast(Table, Stay.__table__)
USUAL = {
    table.name: {
        c.name: cast(Any, c.default).arg for c in table.columns
        if c.default is not None and not c.nullable and c.default.is_scalar
    } for table in (GUESTS, STAYS)
}  # fmt: skip
AMOUNTS = (0, 49_999_999, 50_000_000, 99_999_999, 100_000_000, 250_000_000)
PURPOSES = ("leisure", "business", "event", None)


def _guest(dice: random.Random, number: int) -> dict[str, Any]:
    moment = now()
    stays = dice.choice((0, 1, 2, 4, 5, 9, 10, 30))
    left = today() - timedelta(days=dice.choice((0, 30, 31, 90, 91, 365, 366, 4000)))
    member = dice.random() < 0.4
    return USUAL["customers"] | {
        "id": new_id(), "number": number, "customer_code": f"C2025{number:05d}",
        "full_name": "Nguyễn Văn An", "sort_name": "nguyen van an", "languages_spoken": [],
        "former_names": [], "created_at": moment, "updated_at": moment, "version": 1,
        "status": dice.choice(("active",) * 8 + ("merged", "erased")),
        "is_blacklisted": dice.random() < 0.1,
        "total_spent": Decimal(dice.choice(AMOUNTS)) + dice.choice((0, 0, Decimal("0.001"))),
        "total_stays": stays, "last_stay_date": left if stays else None,
        "average_stay_length": Decimal(dice.choice(("0", "2.5", "6.9", "7", "7.1"))),
        "no_show_count": dice.choice((0, 0, 0, 1, 2)),
        "total_cancellations": dice.choice((0, 0, 1, 2, 3, 9)),
        "loyalty_member": member,
        "loyalty_tier": dice.choice((*TIERS, None)) if member or dice.random() < 0.1 else None,
    }  # fmt: skip


def _stays(dice: random.Random, guest: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for _ in range(min(guest["total_stays"], dice.choice((1, 2, 3, 5)))):
        arrival = today() - timedelta(days=dice.choice((10, 20, 20, 40)))
        yield USUAL["customer_stay_history"] | {
            "id": new_id(), "customer_id": guest["id"], "check_in_date": arrival,
            "check_out_date": arrival + timedelta(days=2), "nights": 2, "created_at": now(),
            "purpose_of_visit": dice.choice(PURPOSES), "total_amount": Decimal(1),
            "has_open_complaint": dice.random() < 0.05,
        }  # fmt: skip


@pytest.fixture
def crowd(app) -> Callable[..., None]:
    """So many random guests with stays, at and around every threshold; commits."""

    def make(count: int, seed: int = 1) -> None:
        dice = random.Random(seed)
        guests = [_guest(dice, number) for number in range(1, count + 1)]
        connection = db.session.connection()
        insert_many(connection, GUESTS, guests)
        insert_many(connection, STAYS, [stay for guest in guests for stay in _stays(dice, guest)])
        db.session.commit()

    return make
