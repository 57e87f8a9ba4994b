"""Points that follow a stay whose charges were put right after check-out."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import func

from app.core.actor import Actor
from app.core.clock import today
from app.extensions import db
from app.loyalty import earning, ledger, memberships, points, programme, steps
from app.loyalty.memberships import Held
from app.loyalty.models import Transaction
from app.stays.models import Stay

Facts = dict[str, Any]


class Righted(NamedTuple):
    """What followed: the entry, points that were spent already and so stayed, the tier reached."""

    row: Transaction | None = None
    missing: int = 0
    tier: str | None = None


def follow(stay: Stay, *, by: Actor) -> Righted:
    """Bring a stay's points in step with its charges, by the rate and multipliers of its earning,
    and raise the tier that it reaches now.

    The difference is an entry of its own, of type `adjust`; the guest must be held. What an entry
    cannot take back without going below zero stays with the guest. An earning that was reversed
    stays so; a stay that brought nothing so far earns now.
    """
    first = earning.of_stay(stay)
    if first is None:
        earned = earning.for_stay(stay, by=by)
        return Righted(earned.row, 0, earned.tier)
    member = memberships.of(stay.customer_id)
    if member is None or first.membership_id != member.id or not first.working:
        return Righted()
    comes_to, before = _comes_to(stay, first), first.points + _corrected(first)
    held = memberships.hold(stay.customer_id)
    if comes_to == before:
        return _nights_alone(held, by)
    amount = earning.charges_of(stay, programme.current())
    facts: Facts = {
        "source": "stay", "source_reference": first.source_reference, "base_amount": amount,
        "multiplier": first.multiplier, "description": first.description,
        "working": first.working
        | {"amount": str(amount), "comes_to": comes_to, "before": before},
    }  # fmt: skip
    if comes_to > before:
        return _give(held, first, comes_to - before, facts, by)
    return _take(held, first, before - comes_to, facts, by)


def _nights_alone(held: Held, by: Actor) -> Righted:
    """A day that was put right may reach a tier, though no points follow."""
    step = steps.settle(held, by=by)
    if step is not None:
        memberships.follow(*held, "tier.raised", by=by)
    return Righted(tier=step.to_tier if step else None)


def _comes_to(stay: Stay, first: Transaction) -> int:
    """What the stay brings by its charges of now and the rules of then."""
    known = first.working or {}
    if "rate" not in known:  # points that somebody gave by number, whatever the charges were
        return first.points
    amount = max(earning.charges_of(stay, programme.current()), Decimal(0))
    factors = Decimal(known["tier_multiplier"]) * Decimal(known["promotion_multiplier"])
    return points.whole(amount * factors / Decimal(known["rate"])) + int(known.get("bonus") or 0)


def _corrected(first: Transaction) -> int:
    """What earlier corrections came to."""
    told = points.corrections(first).with_only_columns(func.sum(Transaction.points))
    return db.session.scalar(told) or 0


def _give(held: Held, first: Transaction, more: int, facts: Facts, by: Actor) -> Righted:
    guest, member = held
    row = ledger.credit(
        member, more, "adjust", by=by, expires_on=_end(first), earned_on=first.earned_date, **facts
    )
    step = steps.settle(held, by=by)
    memberships.follow(
        guest, member, "points.corrected", by=by, raised=step is not None, points=(None, more)
    )
    return Righted(row, 0, step.to_tier if step else None)


def _end(first: Transaction) -> date | None:
    """The day on which the stay's points end; where it is over, the usual time from today."""
    if first.expiry_date is None or first.expiry_date >= today():
        return first.expiry_date
    return points.lot_end(programme.current())


def _take(held: Held, first: Transaction, wanted: int, facts: Facts, by: Actor) -> Righted:
    guest, member = held
    good = ledger.good(member)
    lots = sorted(good, key=lambda lot: lot.transaction_id != first.id)  # its own first
    there = min(wanted, sum(lot.remaining for lot in lots))
    if not there:
        return Righted(None, wanted)
    row, _taken = ledger.debit(
        member, there, "adjust", by=by, lots=lots, earned_date=first.earned_date, **facts
    )
    memberships.follow(guest, member, "points.corrected", by=by, points=(None, -there))
    return Righted(row, wanted - there)
