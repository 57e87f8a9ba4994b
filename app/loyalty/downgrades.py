"""Tiers that figures no longer reach: a time of grace, a proposal, and a manager who decides.

The daily run looks at every open membership. It raises whom new rules raise, begins the grace of
those whose figures have fallen short, proposes a lower tier where that time is over, and lets go
what no longer holds. Run twice, or late, it does nothing twice.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core.actor import HOUSE, Actor
from app.core.bulk import among
from app.core.clock import now, today
from app.core.database import alone
from app.core.errors import Conflict, Invalid, NotFound
from app.core.jobs import Claim, handles, progress
from app.extensions import db
from app.loyalty import memberships, programme, steps, tiers
from app.loyalty.memberships import Held
from app.loyalty.models import Membership, TierStep
from app.loyalty.programme import Programme
from app.loyalty.tiers import Progress

KIND = "loyalty.tiers"
PORTION = 500
OUTCOMES = ("lowered", "kept", "lapsed", "changed", "decided")
"""What may come of a decision: see `decide`."""


class Judged(NamedTuple):
    """A membership, where its figures stand, and what waits to be decided about it."""

    member: Membership
    found: Progress
    step: TierStep | None


@handles(KIND, every=timedelta(days=1))
def daily(job: Claim) -> None:
    """Look at all memberships, a portion and a transaction at a time."""
    after, done, day = None, 0, today()
    while ids := look(after, day):
        after, done = ids[-1], done + len(ids)
        progress(job, done)
        db.session.commit()


def look(after: uuid.UUID | None, day: date) -> list[uuid.UUID]:
    """Judge the next memberships by id, and write what follows; their ids, [] at the end."""
    alone(KIND)
    members = _next(after)
    rules = programme.current()
    judged = list(_judge(members, day, rules))
    for each in judged:
        _follow(each, day, rules)
    for each in judged:
        if rules.rank(each.found.reached) > rules.rank(each.member.tier):
            _raise(memberships.hold(each.member.customer_id), rules)
    db.session.flush()
    return [each.id for each in members]


def _raise(held: Held, rules: Programme) -> None:
    if steps.settle(held, by=HOUSE, rules=rules):
        memberships.follow(*held, "tier.raised", by=HOUSE)


def _next(after: uuid.UUID | None) -> Sequence[Membership]:
    query = select(Membership).where(Membership.status == "open").order_by(Membership.id)
    query = query.where(Membership.id > after) if after else query
    return db.session.scalars(query.limit(PORTION)).all()


def _judge(members: Sequence[Membership], day: date, rules: Programme) -> Iterable[Judged]:
    if not members:
        return
    found = tiers.figures(members, day, rules)
    waiting = _waiting([each.id for each in members])
    for each in members:
        yield Judged(each, tiers.judge(each, found[each.id], day, rules), waiting.get(each.id))


def _waiting(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, TierStep]:
    query = select(TierStep).where(TierStep.state.in_(steps.OPEN))
    rows = db.session.scalars(query.where(among(TierStep.membership_id, ids)))
    return {row.membership_id: row for row in rows}


def _follow(each: Judged, day: date, rules: Programme) -> None:
    member, found, step = each
    if not falls_short(member, found, day, rules):
        if step is not None:
            steps.decide(step, "lapsed", by=HOUSE)
    elif step is None:
        said = member.tier_kept_until is not None  # and is over: there was time enough
        _begin(member, found, "proposed" if said or not rules.grace_days else "grace")
    elif step.state == "grace" and _since(step) + timedelta(days=rules.grace_days) < day:
        _propose(step, found)


def falls_short(member: Membership, found: Progress, day: date, rules: Programme) -> bool:
    """True where figures no longer reach the tier, and nobody said that it is kept."""
    kept = member.tier_kept_until is not None and member.tier_kept_until >= day
    return not kept and rules.rank(found.reached) < rules.rank(member.tier)


def _since(step: TierStep) -> date:
    """The day on which the figures were found short."""
    assert step.progress is not None
    return date.fromisoformat(step.progress["to"])


def _begin(member: Membership, found: Progress, state: str) -> None:
    step = TierStep(
        customer_id=member.customer_id, membership_id=member.id, kind="downgrade", state=state,
        from_tier=member.tier, to_tier=found.reached, progress=steps.told(found),
    )  # fmt: skip
    db.session.add(step)


def _propose(step: TierStep, found: Progress) -> None:
    step.state, step.proposed_at = "proposed", now()
    step.to_tier, step.progress = found.reached, steps.told(found)


def decide(
    step_id: uuid.UUID, *, lower: bool, reason: str, by: Actor, kept_until: date | None = None
) -> str:
    """Lower a tier as proposed, or keep it to the end of a day; which of `OUTCOMES` came of it.

    lapsed: the figures reach the tier again, or somebody promised it meanwhile. changed: they now
    come to another tier than was shown, which the proposal says from here on, for another look.
    decided: somebody else did. Raises Invalid for a day that is over.
    """
    by.must("loyalty.tiers")
    if not lower and (kept_until is None or kept_until <= today()):
        raise Invalid({"kept_until": _l("Say until which day to come the tier is kept.")})
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
    if step.to_tier != found.reached:
        _propose(step, found)
        return "changed"
    steps.move(held, "downgrade", found.reached, by=by, progress=found, reason=reason, step=step)
    memberships.follow(*held, "tier.lowered", by=by, reason=(None, reason))
    return "lowered"


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
