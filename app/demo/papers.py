"""Sample guests' papers: what they say, some verified, some about to expire; no pictures."""

import random
from datetime import timedelta

from app.core.actor import HOUSE
from app.core.clock import today
from app.customers.models import Customer
from app.documents import services

SHARE, VERIFIED = 0.2, 0.6
KINDS = ("passport", "passport", "passport", "id_card", "visa", "driver_license")
DAYS_LEFT = (-200, 12, 45, 80, 400, 1500, 2800)


def papers(rng: random.Random, guest: Customer) -> None:
    """Give one guest in five a paper."""
    if rng.random() >= SHARE:
        return
    expires = today() + timedelta(days=rng.choice(DAYS_LEFT) + rng.randrange(9))
    values = {
        "document_type": rng.choice(KINDS), "issuing_country": guest.nationality,
        "document_number": f"{rng.choice('BCEKN')}{rng.randrange(10**6, 10**7)}",
        "issue_date": expires - timedelta(days=3650), "expiry_date": expires,
    }  # fmt: skip
    row = services.add(guest.id, values, by=HOUSE)
    if rng.random() < VERIFIED:
        services.verify(guest.id, row.id, by=HOUSE)
