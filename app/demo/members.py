"""Sample members: points through the real ledger, tiers that wait for a manager, promotions."""

import random
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from app.core.actor import HOUSE
from app.core.clock import today
from app.core.errors import Refusal
from app.core.types import new_id
from app.customers.models import Customer
from app.extensions import db
from app.loyalty import earning, judging, memberships, points, promotions
from app.loyalty.models import Membership
from app.loyalty.programme import REDEMPTIONS
from app.stays.models import Stay

SINCE = timedelta(days=690)
"""So long ago did the programme begin here."""


def join(rng: random.Random, guest: Customer, stays: Iterable[Stay]) -> None:
    """Make a guest a member at a stay of the programme's time, and give points since then."""
    known = sorted(
        (stay for stay in stays if stay.check_out_date > today() - SINCE),
        key=lambda stay: stay.check_out_date,
    )
    if not known:
        return
    memberships.enrol(guest, by=HOUSE, joined_on=known[0].check_in_date)
    for stay in known:
        earning.for_stay(stay, by=HOUSE)
    if rng.random() < 0.4 and guest.loyalty_points > 300:
        held = memberships.hold(guest.id)
        spent = rng.randrange(100, guest.loyalty_points // 2 + 101, 50)
        points.redeem(held, spent, rng.choice(REDEMPTIONS), by=HOUSE)


def programme(rng: random.Random) -> None:
    """Promotions, a few points by other ways, and tiers that figures no longer reach."""
    for name, code, start, days, times, bonus in (
        ("Quiet weeks", "QUIET", -20, 45, "2", 0),
        ("A welcome back", "BACK", -5, 60, "1", 200),
        ("Tết", "TET", 40, 20, "1.5", 0),
    ):
        begin = today() + timedelta(days=start)
        values = {
            "code": code, "name": name, "starts_on": begin, "multiplier": Decimal(times),
            "ends_on": begin + timedelta(days=days), "bonus": bonus, "sources": ["stay"],
            "tiers": [],
        }  # fmt: skip
        promotions.save(new_id(), values, None, by=HOUSE)
    members = list(db.session.scalars(select(Membership).order_by(Membership.id)))
    for member in rng.sample(members, min(12, len(members))):
        _spa(rng, member)
    _fallen(members)


def _spa(rng: random.Random, member: Membership) -> None:
    soon = today() + timedelta(days=rng.randrange(5, 28))
    try:
        points.earn(
            memberships.hold(member.customer_id), rng.randrange(20, 400), by=HOUSE,
            source=rng.choice(("spa", "dining")), reference=f"INV-{rng.randrange(10**6)}",
            expires_on=soon if rng.random() < 0.3 else points.UNSET,
        )  # fmt: skip
    except Refusal:  # an invoice number that came twice
        return


def _fallen(members: list[Membership]) -> None:
    """A few had a tier by hand, up to yesterday; the daily run proposes what follows from that."""
    for member, tier in zip(members[:9], ("silver", "gold", "silver") * 3, strict=False):
        if member.tier == "bronze":
            member.tier, member.tier_kept_until = tier, today() - timedelta(days=1)
            memberships.follow(*memberships.hold(member.customer_id), "tier.granted", by=HOUSE)
    judging.judge([member.id for member in members], today())
