"""How a tier changes: up as soon as figures reach one, by hand until a day, down if a manager says.

Each leaves a `TierStep` with the figures that it was judged by, a line in the guest's history, and
a notice for the guest.
"""

import uuid
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Conflict, Invalid
from app.customers.models import Customer
from app.extensions import db
from app.loyalty import memberships, programme, tiers
from app.loyalty.memberships import Held
from app.loyalty.models import Membership, Notice, TierStep
from app.loyalty.programme import TIERS, Programme
from app.loyalty.tiers import Progress

MOST_DAYS = 3660
"""So far ahead may a tier be promised."""
OPEN = ("grace", "proposed")


def settle(held: Held, *, by: Actor, rules: Programme | None = None) -> TierStep | None:
    """Raise a held membership to the tier that its figures reach; None where they reach no more.

    `memberships.follow`, for the guest's columns, is the caller's.
    """
    _guest, member = held
    rules = rules or programme.current()
    if rules.above(member.tier) is None:
        return None
    db.session.flush()
    found = tiers.progress(member, today(), rules)
    if rules.rank(found.reached) <= rules.rank(member.tier):
        return None
    return move(held, "upgrade", found.reached, by=by, progress=found)


def grant(held: Held, tier: str, until: date, reason: str, *, by: Actor) -> TierStep:
    """Give a held membership a tier by hand, or keep its own, to the end of a day.

    Raises Invalid for a day that cannot be. A tier that was earned is never lowered so (Conflict):
    the daily run proposes that. One that was given by hand may be.
    """
    by.must("loyalty.tiers")
    guest, member = held
    rules = programme.current()
    _check(tier, until)
    found = tiers.progress(member, today(), rules)
    if rules.rank(tier) < max(rules.rank(found.reached), _earned_rank(member, rules)):
        raise Conflict(
            _l("This guest earned a higher tier. Only the daily run proposes to lower such a one.")
        )
    kept = member.tier_kept_until
    step = move(held, "granted", tier, by=by, progress=found, reason=reason)
    lapse(member, by=by)
    member.tier_kept_until = until
    memberships.follow(
        guest, member, "tier.granted", by=by, tier_kept_until=(kept, until), reason=(None, reason)
    )
    return step


def _check(tier: str, until: date) -> None:
    if tier not in TIERS:
        raise Invalid({"tier": _l("Choose one of the list.")})
    if until < today():
        raise Invalid({"until": _l("This day is over.")})
    if until > today() + timedelta(days=MOST_DAYS):
        raise Invalid({"until": _l("This lies too far in the future.")})


def _earned_rank(member: Membership, rules: Programme) -> int:
    """The rank of the present tier unless it was given by hand; then nothing was earned by it."""
    last = latest(member)
    by_hand = last is not None and last.kind == "granted" and last.to_tier == member.tier
    return 0 if by_hand else rules.rank(member.tier)


def latest(member: Membership) -> TierStep | None:
    """The step that brought the present tier."""
    mine = select(TierStep).where(TierStep.membership_id == member.id, TierStep.state == "done")
    mine = mine.where(TierStep.from_tier.is_distinct_from(TierStep.to_tier))
    return db.session.scalar(mine.order_by(TierStep.decided_at.desc(), TierStep.id.desc()).limit(1))


def latest_of(customer_id: uuid.UUID) -> TierStep | None:
    """What changed a guest's tier last."""
    mine = select(TierStep).where(TierStep.customer_id == customer_id, TierStep.state == "done")
    mine = mine.where(TierStep.from_tier != TierStep.to_tier)
    return db.session.scalar(mine.order_by(TierStep.decided_at.desc(), TierStep.id.desc()).limit(1))


def move(
    held: Held, kind: str, tier: str, *, by: Actor, progress: Progress, reason: str | None = None,
    step: TierStep | None = None,
) -> TierStep:  # fmt: skip
    """Write a held membership's new tier and its step; `memberships.follow` is the caller's.

    What waits to be decided about an earlier tier lapses when the daily run comes by, or whoever
    decides.
    """
    guest, member = held
    before = member.tier
    step = step or TierStep(
        customer_id=guest.id, membership_id=member.id, kind=kind, from_tier=before, to_tier=tier,
        progress=told(progress),
    )  # fmt: skip
    decide(step, "done", by=by, reason=reason)
    if tier != before:
        member.tier, member.tier_since, member.tier_kept_until = tier, today(), None
        _tell(guest, step, before)
    db.session.flush()
    return step


def decide(step: TierStep, state: str, *, by: Actor, reason: str | None = None) -> None:
    """Note what became of a step, and by whom."""
    step.state, step.reason, step.decided_at = state, reason, now()
    step.decided_by, step.decided_name = by.user_id, by.name
    db.session.add(step)


def lapse(member: Membership, *, by: Actor) -> None:
    """What waits to be decided about a membership holds no more."""
    waiting = update(TierStep).where(TierStep.membership_id == member.id)
    db.session.execute(
        waiting.where(TierStep.state.in_(OPEN)).values(
            state="lapsed", decided_at=now(), decided_name=by.name
        )
    )


def told(progress: Progress) -> dict[str, Any]:
    """Figures as a step keeps them."""
    days = {"from": progress.first.isoformat(), "to": progress.last.isoformat()}
    return {**progress.figures._asdict(), **days}


def _tell(guest: Customer, step: TierStep, before: str) -> None:
    """A notice for the guest; one that was not told yet is no longer true."""
    db.session.execute(
        update(Notice).where(
            Notice.customer_id == guest.id, Notice.state == "waiting",
            Notice.kind.in_(("tier_upgrade", "tier_downgrade")),
        ).values(state="dropped", settled_at=now(), settled_name="Guestbook")
    )  # fmt: skip
    if guest.status != "active" or guest.is_blacklisted:
        return
    rises = TIERS.index(step.to_tier) > TIERS.index(before) if before in TIERS else True
    kind = "tier_upgrade" if rises else "tier_downgrade"
    facts = {"from": before, "to": step.to_tier}
    db.session.add(
        Notice(customer_id=guest.id, kind=kind, occasion=str(step.id), facts=facts, state="waiting")
    )
