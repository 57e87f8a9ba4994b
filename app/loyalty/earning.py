"""What a stay, or an amount spent elsewhere, earns: rate, tier and promotion, rounded once."""

import uuid
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import contains_eager

from app.core.actor import Actor
from app.core.clock import today
from app.core.errors import Conflict, Invalid
from app.customers.models import Customer
from app.extensions import db
from app.loyalty import memberships, points, programme, steps
from app.loyalty.memberships import Held
from app.loyalty.models import MOST, Promotion, Transaction
from app.loyalty.programme import Programme
from app.stays.models import OWN_SOURCE, Booking, Companion, Stay

ONE = Decimal(1)


class Earned(NamedTuple):
    """What a stay brought: points, and the tier that was reached by it."""

    row: Transaction | None = None
    tier: str | None = None


class Reckoned(NamedTuple):
    """Points for an amount, and how they came: `working` as the ledger keeps it."""

    points: int
    bonus: int
    multiplier: Decimal
    working: dict[str, Any]


def for_stay(stay: Stay, *, by: Actor, fresh: bool = False) -> Earned:
    """Give a member the points of a stay, once, however often it is told; raise the tier reached.

    Staying renews a membership that has run out. A stay that ended before the guest joined brings
    nothing. The guest must be held. `fresh`: the stay was made just now, so nothing can have come
    of it yet.
    """
    guest = db.session.get_one(Customer, stay.customer_id)
    member = memberships.hold_of(guest) if guest.loyalty_member else None
    if member is None or stay.check_out_date < member.joined_on:
        return Earned()
    earned = not fresh and points.has_earned("stay", reference_of(stay))
    return _earn((guest, member), None if earned else stay, by)


def _earn(held: Held, stay: Stay | None, by: Actor) -> Earned:
    (guest, member), rules, before = held, programme.current(), held[1].tier
    row = _credit_stay(held, stay, rules, by) if stay else None
    if row is None and steps.settle(held, by=by, rules=rules):
        memberships.follow(guest, member, "tier.raised", by=by)
    return Earned(row, member.tier if member.tier != before else None)


def _credit_stay(held: Held, stay: Stay, rules: Programme, by: Actor) -> Transaction | None:
    amount = charges_of(stay, rules)
    found = reckon(amount, held[1].tier, "stay", stay.check_out_date, rules)
    end = points.lot_end(rules, stay.check_out_date)
    total = min(found.points + found.bonus, MOST - held[1].balance)
    if total <= 0:
        return None
    return points.credited(
        held, total, by=by, rules=rules, source="stay",
        source_reference=reference_of(stay), base_amount=amount, multiplier=found.multiplier,
        working=found.working, description=stay.booking.reference if stay.booking else "",
        expires_on=end and max(end, today()), earned_on=stay.check_out_date,
    )  # fmt: skip


def of_stay(stay: Stay) -> Transaction | None:
    """The earning of a stay that still stands."""
    earned = points.earnings("stay", reference_of(stay))
    return db.session.scalar(earned.where(Transaction.status != "reversed"))


def reference_of(stay: Stay) -> str:
    """What the ledger calls a stay: its booking's id, or its own where it has none."""
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
    same = or_(Booking.reference == reference, Booking.id == _uuid(reference))
    mine = select(Stay).join(Stay.booking).where(Stay.customer_id == customer_id, same)
    stay = db.session.scalar(mine.options(contains_eager(Stay.booking)).limit(1))
    if stay is None:
        refuse_anothers(customer_id, reference)
        sentence = _l("No stay of this guest that is over came of such a booking.")
        raise Invalid({"source_reference": sentence})
    return stay


def refuse_anothers(customer_id: uuid.UUID, reference: str) -> None:
    """Raise Conflict for a booking by this id, or by the house's own reference, of another guest
    than this one; who travels along is no other.

    Other engines' references are no key by themselves, so nothing is sought by one alone.
    """
    booking_id = _uuid(reference)
    same = Booking.id == booking_id
    if booking_id is None:
        same = and_(Booking.source == OWN_SOURCE, Booking.reference == reference)
    along = select(Companion.id).where(
        Companion.booking_id == Booking.id, Companion.companion_id == customer_id
    )
    others = select(Booking.id).where(same, Booking.customer_id != customer_id, ~along.exists())
    if db.session.scalar(others) is not None:
        raise Conflict(_l("That booking is another guest’s."))


def without_points(customer_id: uuid.UUID, most: int) -> list[Stay]:
    """Those of the guest's latest stays of a booking that earned nothing yet."""
    mine = select(Stay).join(Stay.booking).where(Stay.customer_id == customer_id)
    latest = mine.order_by(Stay.check_in_date.desc(), Stay.id.desc()).limit(most)
    stays = list(db.session.scalars(latest.options(contains_eager(Stay.booking))))
    rows = points.earnings("stay", *(str(stay.booking_id) for stay in stays))
    earned = rows.with_only_columns(Transaction.source_reference)
    earned = earned.where(Transaction.status != "reversed")
    told = set(db.session.scalars(earned))
    return [stay for stay in stays if str(stay.booking_id) not in told]


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
