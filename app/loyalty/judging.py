"""The daily run over all members: SQL finds whose tier is not what the figures come to.

It raises whom new rules or imported stays raise, begins the grace of those whose figures have
fallen short, proposes a lower tier where that time is over, and lets go what no longer holds. Each
portion is judged anew under lock, so that a run that dies, comes late or twice does nothing twice.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import select, update

from app.core.actor import HOUSE
from app.core.bulk import among
from app.core.clock import now, today
from app.core.database import alone, writing
from app.core.jobs import Claim, handles, progress
from app.customers.models import Customer
from app.extensions import db
from app.loyalty import programme, standings, steps, tiers, trail
from app.loyalty.downgrades import falls_short, propose
from app.loyalty.models import Membership, TierStep
from app.loyalty.programme import Programme
from app.loyalty.tiers import Progress

KIND = "loyalty.tiers"
PORTION = 50
"""So many are judged in one transaction: whoever serves one of them waits for it."""


class Judged(NamedTuple):
    """A membership, where its figures stand, and what waits to be decided about it."""

    member: Membership
    found: Progress
    step: TierStep | None


@handles(KIND, every=timedelta(days=1))
def daily(job: Claim) -> None:
    """Judge whoever has to be, a portion and a transaction at a time."""
    day = today()
    found = standings.find(programme.current(), day)
    for at in range(0, len(found), PORTION):
        with writing():
            judge(found[at : at + PORTION], day)
            progress(job, min(at + PORTION, len(found)), len(found))
            db.session.commit()
    with writing():
        _let_go()
        db.session.commit()


def judge(ids: Sequence[uuid.UUID], day: date) -> None:
    """Judge these memberships anew, now that nobody else changes them; write what follows."""
    alone(KIND)
    rules = programme.current()
    judged = list(_judged(_hold(ids), day, rules))
    for each in judged:
        _follow(each, day, rules)
    rank = rules.rank
    rising = [each for each in judged if rank(each.found.reached) > rank(each.member.tier)]
    if rising:
        _raise(rising)
    db.session.flush()


def _hold(ids: Sequence[uuid.UUID]) -> Sequence[Membership]:
    """Guests, then memberships, in the order in which everybody takes them; open ones alone."""
    whose = select(Membership.customer_id).where(among(Membership.id, ids))
    guests = select(Customer.id).where(Customer.id.in_(whose), Customer.status == "active")
    held = list(db.session.scalars(guests.order_by(Customer.id).with_for_update()))
    mine = select(Membership).where(among(Membership.id, ids), Membership.status == "open")
    mine = mine.where(among(Membership.customer_id, held)).order_by(Membership.id)
    fresh = {"populate_existing": True}
    return db.session.scalars(mine.with_for_update(), execution_options=fresh).all()


def _raise(rising: Sequence[Judged]) -> None:
    """With what `memberships.follow` does for one: the guests' copies, and the log."""
    ids = [each.member.customer_id for each in rising]
    rows = db.session.scalars(select(Customer).where(among(Customer.id, ids)))
    guests, told = {row.id: row for row in rows}, []
    for member, found, _step in rising:
        guest = guests[member.customer_id]
        told.append((guest.id, {"loyalty_tier": (member.tier, found.reached)}))
        steps.move((guest, member), "upgrade", found.reached, by=HOUSE, progress=found)
        copied = update(Customer).where(Customer.id == guest.id).values(loyalty_tier=found.reached)
        db.session.execute(copied.execution_options(synchronize_session=False))
    trail.tell_many("tier.raised", told, by=HOUSE)


def _judged(members: Sequence[Membership], day: date, rules: Programme) -> Iterable[Judged]:
    if not members:
        return
    found = tiers.of_many(members, day, rules)
    waiting = _waiting([each.id for each in members])
    for each in members:
        yield Judged(each, found[each.id], waiting.get(each.id))


def _waiting(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, TierStep]:
    query = select(TierStep).where(
        TierStep.state.in_(steps.OPEN), among(TierStep.membership_id, ids)
    )
    fresh = {"populate_existing": True}
    rows = db.session.scalars(query.with_for_update(), execution_options=fresh)
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
        propose(step, found)


def _since(step: TierStep) -> date:
    """The day on which the figures were found short."""
    assert step.progress is not None
    return date.fromisoformat(step.progress["to"])


def _begin(member: Membership, found: Progress, state: str) -> None:
    step = TierStep(
        customer_id=member.customer_id, membership_id=member.id, kind="downgrade", state=state,
        from_tier=member.tier, to_tier=found.held, progress=steps.told(found),
    )  # fmt: skip
    db.session.add(step)


def _let_go() -> None:
    """Nothing is to be decided any more about memberships that were closed."""
    closed = select(Membership.id).where(Membership.status != "open")
    gone = update(TierStep).where(
        TierStep.state.in_(steps.OPEN), TierStep.membership_id.in_(closed)
    )
    values = {"state": "lapsed", "decided_at": now(), "decided_name": HOUSE.name}
    db.session.execute(gone.values(values).execution_options(synchronize_session=False))
