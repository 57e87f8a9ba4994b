"""Tells, for those who ask about guests alone, when each left and is here or expected."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import func, select, union_all

from app.core.clock import today
from app.customers import whereabouts
from app.customers.whereabouts import Span, Times
from app.extensions import db
from app.stays.models import STAYING, Booking, Companion, Stay


def times_of(guest_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Times]:
    """Of who has the room, and of who came along with a profile; two statements."""
    left: dict[uuid.UUID, date] = {}
    for who, when in db.session.execute(_departures(guest_ids)):
        left[who] = max(when, left.get(who, when))
    ahead: dict[uuid.UUID, set[Span]] = defaultdict(set)
    inside: dict[uuid.UUID, date] = {}
    here = today()
    for who, status, arrives, leaves in db.session.execute(_open(guest_ids)):
        if status == "checked_in":
            inside[who] = max(leaves, here, inside.get(who, here))
            ahead[who].add((arrives, max(leaves, here)))
        elif leaves >= here:  # else nobody came
            ahead[who].add((arrives, leaves))
    return {
        who: Times(left.get(who), tuple(sorted(ahead[who])), inside.get(who))
        for who in {*left, *ahead}
    }


def _departures(ids: Collection[uuid.UUID]) -> Any:
    own = select(Stay.customer_id, func.max(Stay.check_out_date)).where(Stay.customer_id.in_(ids))
    along = (
        select(Companion.companion_id, func.max(Stay.check_out_date))
        .join(Stay, Stay.booking_id == Companion.booking_id)
        .where(Companion.companion_id.in_(ids))
    )
    return union_all(own.group_by(Stay.customer_id), along.group_by(Companion.companion_id))


def _open(ids: Collection[uuid.UUID]) -> Any:
    columns = (Booking.status, Booking.check_in_date, Booking.check_out_date)
    own = select(Booking.customer_id, *columns).where(Booking.customer_id.in_(ids))
    along = (
        select(Companion.companion_id, *columns)
        .join(Booking, Booking.id == Companion.booking_id)
        .where(Companion.companion_id.in_(ids))
    )
    staying = Booking.status.in_(STAYING)
    return union_all(own.where(staying), along.where(staying))


whereabouts.sources.append(times_of)
