"""What sample guests have behind them and before them: stays, and a house full of bookings."""

import random
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

from app.core.actor import HOUSE
from app.core.clock import today
from app.customers import services as guests
from app.customers.models import Customer
from app.demo import members
from app.desk.honours import of_stays
from app.extensions import db
from app.loyalty.vip import evaluation as vip
from app.preferences.learning import learn
from app.stays import arrivals, bookings, statistics
from app.stays.models import Stay
from app.stays.vocabulary import PURPOSES

ROOMS = (("Standard Twin", 100, 900), ("Superior King", 200, 1_300),
         ("Deluxe Ocean View", 300, 2_100), ("Family Suite", 400, 3_400))  # fmt: skip
"""Room type, the number before its first room, and its price in thousands."""
REQUESTS = ("Early check-in", "A quiet room, away from the elevator", "Baby cot", "Late check-out",
            "Airport transfer", "Extra towels")  # fmt: skip
COMPLAINTS = ("The air conditioning was loud all night.", "Breakfast was cold on the second day.")
DAY = ((9, (0, 0), False), (11, (-3, -1), True), (6, (-4, -2), None), (14, (1, 12), False))
"""How many bookings, from and to how many days from today they begin, and whether their guests are
in house; None for who is in house and leaves today."""


def past(rng: random.Random, guest: Customer) -> None:
    """Give a guest a few years of stays, and the figures that they add up to."""
    left, usual = today() - timedelta(days=rng.randrange(1, 900)), rng.choice(ROOMS)
    stays = []
    for _ in range(rng.choices((0, 1, 2, 3, 5, 8, 14), (20, 35, 18, 12, 8, 5, 2))[0]):
        nights, room = rng.choice((1, 1, 2, 2, 3, 5)), rng.choice((usual, usual, *ROOMS))
        stays.append(_stay(rng, guest.id, left, nights, room))
        left -= timedelta(days=nights + rng.randrange(20, 300))
    db.session.add_all(stays)
    statistics.refresh(guest)
    learn(guest, of_stays(guest.id), by=HOUSE)
    guests.store(guest)
    if guest.total_stays > 2 and not guest.is_blacklisted:
        members.join(rng, guest, stays)
    vip.evaluate(guest, by=HOUSE)


def _stay(
    rng: random.Random, guest_id: uuid.UUID, left: Any, nights: int, room: tuple[str, int, int]
) -> Stay:
    kind, first, price = room
    rate, extras = Decimal(price * 1000), Decimal(rng.choice((0, 0, 150, 480)) * 1000)
    score = rng.choice((None, 6, 8, 9, 9, 10))
    unhappy = score == 6
    complaint = {"text": rng.choice(COMPLAINTS), "resolved": True, "resolution": "A free dinner"}
    return Stay(
        customer_id=guest_id, check_in_date=left - timedelta(days=nights), check_out_date=left,
        nights=nights, room_type=kind, room_number=str(first + rng.randrange(1, 21)),
        rate_type="flexible", room_rate=rate, total_room_charge=rate * nights,
        total_extras=extras, total_amount=rate * nights + extras,
        purpose_of_visit=rng.choice(list(PURPOSES)), satisfaction_score=score, version=1,
        complaints=[complaint] if unhappy else None,
        compensation_provided=[{"what": "A free dinner"}] if unhappy else None,
        services_used=rng.choice((None, [], ["spa"], ["airport transfer"])),
        minibar_consumption=rng.choice((None, None, None, ["water"], ["beer", "water"])),
    )  # fmt: skip


def present(rng: random.Random, ids: list[uuid.UUID]) -> None:
    """Fill the house: arrivals of today, guests in house, departures, and the days to come."""
    chosen = iter(rng.sample(ids, sum(count for count, _, _ in DAY)))
    rooms = iter(rng.sample([(kind, n) for kind in ROOMS for n in range(1, 21)], 60))
    for count, span, inside in DAY:
        for _ in range(count):
            _book(rng, guests.hold(next(chosen)), next(rooms), rng.randint(*span), inside)


def _book(
    rng: random.Random, guest: Customer, room: tuple[Any, int], begin: int, inside: bool | None
) -> None:
    (kind, first, price), place = room
    start = today() + timedelta(days=begin)
    end = today() if inside is None else max(start, today()) + timedelta(days=rng.randint(1, 4))
    values = {
        "check_in_date": start, "check_out_date": end, "room_type": kind, "rate_type": "flexible",
        "room_number": str(first + place), "room_rate": Decimal(price * 1000),
        "adults": rng.choice((1, 2, 2)), "children": rng.choice((0, 0, 0, 1, 2)),
        "purpose_of_visit": rng.choice(list(PURPOSES)),
        "special_requests": rng.sample(REQUESTS, rng.choice((0, 0, 1, 2))),
    }  # fmt: skip
    if values["purpose_of_visit"] == "business":
        values["company_id"] = guest.company_id
    booking = bookings.create(guest, values, by=HOUSE, override="Sample data", despite_overlap=True)
    if inside is not False:
        arrivals.check_in(booking, by=HOUSE)
