"""Who got or lost a level lately, whose level ends soon, and how many have which."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select

from app.core.clock import today
from app.customers.models import Customer, VipChange
from app.customers.vip import BY_HAND, EARNED, LEVELS
from app.extensions import db
from app.loyalty.vip.criteria import in_sql

PER_PAGE, MOST_ENDING, MOST_OF_ONE = 20, 50, 100
AHEAD = timedelta(days=30)
GUEST = (
    Customer.id.label("guest_id"), Customer.full_name, Customer.display_name,
    Customer.customer_code, Customer.vip_status, Customer.preferences_summary,
)  # fmt: skip
KINDS = {
    "raised": ("upgrade",), "lowered": ("downgrade", "lapsed"), "hand": BY_HAND,
}  # fmt: skip


def counts() -> dict[str, int]:
    """How many active guests have each level, `none` left out."""
    query = select(Customer.vip_status, func.count()).where(
        Customer.vip_status.in_(LEVELS[1:]), *in_sql()
    )
    rows = db.session.execute(query.group_by(Customer.vip_status))
    found = {row[0]: row[1] for row in rows}
    return {level: found.get(level, 0) for level in reversed(LEVELS[1:])}


def lately(show: str, before: uuid.UUID | None) -> Sequence[Any]:
    """Changes of all guests, the newest first; one more than a page has."""
    query = select(VipChange, *GUEST).join(Customer, Customer.id == VipChange.customer_id)
    query = query.where(Customer.status == "active")
    if show in KINDS:
        query = query.where(VipChange.kind.in_(KINDS[show]))
    if before:
        query = query.where(VipChange.id < before)
    return db.session.execute(query.order_by(VipChange.id.desc()).limit(PER_PAGE + 1)).all()


def ending() -> Sequence[Any]:
    """Guests whose level ends within 30 days or has, the soonest first; of those that figures
    reached none, since they only are looked at anew.
    """
    by_hand = or_(Customer.vip_source.is_(None), Customer.vip_source != EARNED)
    query = select(
        *GUEST, Customer.vip_status_expiry, Customer.total_spent, Customer.total_stays,
        Customer.loyalty_points,
    ).where(Customer.vip_status_expiry <= today() + AHEAD, by_hand, *in_sql())  # fmt: skip
    query = query.order_by(Customer.vip_status_expiry, Customer.number)
    return db.session.execute(query.limit(MOST_ENDING)).all()


def of(guest_id: uuid.UUID) -> list[VipChange]:
    """A guest's changes, the newest first; at most 100."""
    mine = select(VipChange).where(VipChange.customer_id == guest_id)
    newest = mine.order_by(VipChange.changed_at.desc(), VipChange.id.desc())
    return list(db.session.scalars(newest.limit(MOST_OF_ONE)))


def last(guest_id: uuid.UUID) -> VipChange | None:
    """The change that led to the guest's level; None where none is on record."""
    mine = select(VipChange).where(VipChange.customer_id == guest_id)
    return db.session.scalar(
        mine.order_by(VipChange.changed_at.desc(), VipChange.id.desc()).limit(1)
    )
