"""Tiers that figures no longer reach: what the daily run proposed, and a manager who decides."""

import uuid
from datetime import date, datetime, timedelta
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import Uuid, literal, select, tuple_

from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Conflict, Invalid, NotFound
from app.core.types import Instant
from app.customers.models import Customer
from app.extensions import db
from app.loyalty import memberships, programme, steps, tiers
from app.loyalty.memberships import Held
from app.loyalty.models import Membership, TierStep
from app.loyalty.programme import Programme
from app.loyalty.tiers import Progress

SAY_UNTIL = _l("Say until which day to come the tier is kept.")
OUTCOMES = ("lowered", "kept", "lapsed", "changed", "decided")
"""What may come of a decision: see `decide`."""


def falls_short(member: Membership, found: Progress, day: date, rules: Programme) -> bool:
    """True where figures no longer reach the tier, and nobody said that it is kept."""
    kept = member.tier_kept_until is not None and member.tier_kept_until >= day
    return not kept and rules.rank(found.held) < rules.rank(member.tier)


def propose(step: TierStep, found: Progress) -> None:
    """Let a step wait for a manager, with the figures of now."""
    step.state, step.proposed_at = "proposed", now()
    step.to_tier, step.progress = found.held, steps.told(found)


def decide(
    step_id: uuid.UUID, *, lower: bool, reason: str, by: Actor, kept_until: date | None = None
) -> str:
    """Lower a tier as proposed, or keep it to the end of a day; which of `OUTCOMES` came of it.

    lapsed: the figures reach the tier again, or somebody promised it meanwhile. changed: they now
    come to another tier than was shown, which the proposal says from here on, for another look.
    decided: somebody else did. Raises Invalid for a day that is over.
    """
    by.must("loyalty.tiers")
    if not lower:
        refuse_until(kept_until)
    held = memberships.hold(_get(step_id).customer_id)
    step = db.session.get_one(TierStep, step_id, with_for_update=True, populate_existing=True)
    if step.state != "proposed":
        return "decided"
    rules, (_guest, member) = programme.current(), held
    found = tiers.progress(member, today(), rules)
    if step.from_tier != member.tier or not falls_short(member, found, today(), rules):
        steps.decide(step, "lapsed", by=by)
        return "lapsed"
    if not lower:
        assert kept_until is not None
        return _keep(held, step, reason, kept_until, by)
    if step.to_tier != found.held:
        propose(step, found)
        return "changed"
    steps.move(held, "downgrade", found.held, by=by, progress=found, reason=reason, step=step)
    memberships.follow(*held, "tier.lowered", by=by, reason=(None, reason))
    return "lowered"


def refuse_until(kept_until: date | None) -> None:
    """Raise Invalid for a day up to which no tier is kept."""
    if kept_until is None or kept_until <= today():
        raise Invalid({"kept_until": SAY_UNTIL})
    if kept_until > today() + timedelta(days=steps.MOST_DAYS):
        raise Invalid({"kept_until": _l("This lies too far in the future.")})


def _keep(held: Held, step: TierStep, reason: str, until: date, by: Actor) -> str:
    guest, member = held
    steps.decide(step, "refused", by=by, reason=reason)
    kept, member.tier_kept_until = (member.tier_kept_until, until), until
    memberships.follow(
        guest, member, "tier.kept", by=by, tier_kept_until=kept, reason=(None, reason)
    )
    return "kept"


def _get(step_id: uuid.UUID) -> TierStep:
    step = db.session.get(TierStep, step_id)
    if step is None:
        raise NotFound(str(step_id))
    if step.kind != "downgrade" or step.state == "grace":
        raise Conflict(_l("This is not waiting to be decided."))
    return step


class Waiting(NamedTuple):
    """A proposal with whom it is about."""

    step: TierStep
    guest: Customer
    member: Membership


Place = tuple[datetime, uuid.UUID]


def waiting(limit: int, after: Place | None = None) -> list[Waiting]:
    """Proposals that wait, the oldest first."""
    query = (
        select(TierStep, Customer, Membership)
        .join(Customer, Customer.id == TierStep.customer_id)
        .join(Membership, Membership.id == TierStep.membership_id)
        .where(TierStep.state == "proposed", Membership.status == "open")
        .order_by(TierStep.proposed_at, TierStep.id)
    )
    if after is not None:
        place = tuple_(TierStep.proposed_at, TierStep.id)
        query = query.where(place > tuple_(literal(after[0], Instant), literal(after[1], Uuid())))
    return [Waiting(*row) for row in db.session.execute(query.limit(limit))]
