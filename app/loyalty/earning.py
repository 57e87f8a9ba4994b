"""What a stay, or an amount spent elsewhere, earns: rate, tier and promotion, rounded once."""

import uuid
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core.actor import Actor
from app.core.clock import today
from app.core.errors import Conflict, Invalid
from app.extensions import db
from app.loyalty import memberships, points, programme
from app.loyalty.memberships import Held
from app.loyalty.models import MOST, Promotion, Transaction
from app.loyalty.programme import Programme
from app.stays.models import Booking, Stay

ONE = Decimal(1)


class Reckoned(NamedTuple):
    """Points for an amount, and how they came: `working` as the ledger keeps it."""

    points: int
    bonus: int
    multiplier: Decimal
    working: dict[str, Any]


def for_stay(stay: Stay, *, by: Actor) -> Transaction | None:
    """Give a member the points of a stay, once, however often it is told; None for none to give.

    The guest must be held. Staying renews a membership that has run out.
    """
    if memberships.of(stay.customer_id) is None or _earned(stay):
        return None
    held = memberships.hold(stay.customer_id)
    return _credit_stay(held, stay, by)


def _credit_stay(held: Held, stay: Stay, by: Actor) -> Transaction | None:
    rules, (_guest, member) = programme.current(), held
    found = reckon(charges_of(stay, rules), member.tier, "stay", stay.check_out_date, rules)
    total = min(found.points + found.bonus, MOST - member.balance)
    if total <= 0:
        return None
    end = points.lot_end(rules, stay.check_out_date)
    return points.credited(
        held, total, by=by, source="stay", source_reference=_reference(stay),
        base_amount=charges_of(stay, rules), multiplier=found.multiplier, working=found.working,
        description=stay.booking.reference if stay.booking else "",
        expires_on=end and max(end, today()), earned_on=stay.check_out_date,
    )  # fmt: skip


def _reference(stay: Stay) -> str:
    return str(stay.booking_id or stay.id)


def reckon(amount: Decimal, tier: str, source: str, day: date, rules: Programme) -> Reckoned:
    """Points for an amount spent on a day: amount / rate x tier x promotion, rounded down once."""
    promotion = best(running(day), source, tier)
    by_tier = rules.tier(tier).multiplier
    by_promotion = promotion.multiplier if promotion else ONE
    bonus = promotion.bonus if promotion else 0
    working = {
        "amount": str(amount), "rate": str(rules.rate), "tier": tier,
        "tier_multiplier": str(by_tier), "promotion": promotion.code if promotion else None,
        "promotion_multiplier": str(by_promotion), "bonus": bonus,
    }  # fmt: skip
    exact = max(amount, Decimal(0)) * by_tier * by_promotion / rules.rate
    return Reckoned(points.whole(exact), bonus, by_tier * by_promotion, working)


def charges_of(stay: Stay, rules: Programme) -> Decimal:
    """Those of a stay's charges that earn; of one that only a total is known of, all of it."""
    if set(rules.charges) == set(programme.CHARGES) or stay.total_room_charge is None:
        return stay.total_amount
    parts = {"room": stay.total_room_charge, "extras": stay.total_extras}
    return sum((parts[name] or Decimal(0) for name in rules.charges), Decimal(0))


def running(day: date) -> list[Promotion]:
    """The promotions of a day."""
    query = select(Promotion).where(Promotion.starts_on <= day, Promotion.ends_on >= day)
    return list(db.session.scalars(query.where(~Promotion.retired).order_by(Promotion.code)))


def best(promotions: Iterable[Promotion], source: str, tier: str) -> Promotion | None:
    """The one that brings most; promotions are never added up. An empty list means all."""
    fitting = [
        each for each in promotions
        if (not each.sources or source in each.sources) and (not each.tiers or tier in each.tiers)
    ]  # fmt: skip
    return max(fitting, key=lambda each: (each.multiplier, each.bonus), default=None)


def stay_for(customer_id: uuid.UUID, reference: str) -> Stay:
    """The stay of this guest that a booking's id or reference names.

    Raises Invalid for a booking that is unknown or not over, Conflict for another guest's.
    """
    same = Booking.reference == reference
    if (booking_id := _uuid(reference)) is not None:
        same |= Booking.id == booking_id
    stay = db.session.scalar(select(Stay).join(Booking, Booking.id == Stay.booking_id).where(same))
    if stay is None:
        raise Invalid({"source_reference": _l("No stay that is over came of such a booking.")})
    if stay.customer_id != customer_id:
        raise Conflict(_l("That booking is another guest’s."))
    return stay


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _earned(stay: Stay) -> bool:
    earned = select(Transaction.id).where(
        Transaction.transaction_type == "earn", Transaction.source == "stay",
        Transaction.source_reference == _reference(stay),
    )  # fmt: skip
    return db.session.scalar(earned.limit(1)) is not None
