"""What the programme comes to today: members and points by tier, proposals, promotions, notices."""

from typing import NamedTuple

from sqlalchemy import func, select

from app.core.clock import today
from app.extensions import db
from app.loyalty import notices
from app.loyalty.models import Membership, Promotion, TierStep
from app.loyalty.programme import TIERS


class OfTier(NamedTuple):
    """Members of a tier, and the points on their accounts."""

    tier: str
    members: int
    points: int


def by_tier() -> list[OfTier]:
    """Every tier from the lowest, in one statement."""
    query = select(Membership.tier, func.count(), func.sum(Membership.balance))
    query = query.where(Membership.status == "open").group_by(Membership.tier)
    found = {tier: (count, int(points)) for tier, count, points in db.session.execute(query)}
    return [OfTier(tier, *found.get(tier, (0, 0))) for tier in TIERS]


def count_steps() -> dict[str, int]:
    """How many downgrades wait to be decided (`proposed`), and how many have time (`grace`)."""
    query = select(TierStep.state, func.count()).where(TierStep.state.in_(("grace", "proposed")))
    query = query.join(Membership, Membership.id == TierStep.membership_id)
    query = query.where(Membership.status == "open")
    return {row[0]: row[1] for row in db.session.execute(query.group_by(TierStep.state))}


def running_promotions() -> int:
    """Promotions of today."""
    here = today()
    query = select(func.count()).select_from(Promotion).where(~Promotion.retired)
    query = query.where(Promotion.starts_on <= here, Promotion.ends_on >= here)
    return db.session.scalar(query) or 0


def waiting_notices() -> int:
    """Notices that nobody told yet, as their page counts them."""
    return sum(notices.count().values())
