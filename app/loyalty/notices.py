"""What guests are to be told: what waits, for whom, and that somebody told it.

Whoever became blacklisted, merged or erased meanwhile is not among them.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, Uuid, func, literal, select, tuple_, update

from app.core.actor import Actor
from app.core.bulk import among
from app.core.clock import now, today
from app.core.errors import Invalid
from app.customers.models import Customer
from app.extensions import db
from app.loyalty import trail
from app.loyalty.endings import KIND as POINTS
from app.loyalty.endings import may_be_told
from app.loyalty.models import Lot, Membership, Notice

LIMIT = 50
KINDS = (
    POINTS, "tier_upgrade", "tier_downgrade", "vip_upgrade", "vip_downgrade", "welcome",
)  # fmt: skip
SETTLED = ("told", "dropped")
Place = tuple[datetime, uuid.UUID]
_GUEST = (
    "full_name", "display_name", "customer_code", "preferred_language", "email", "phone",
    "email_opt_in", "phone_opt_in", "sms_opt_in",
)  # fmt: skip
_NOTICE = ("id", "customer_id", "kind", "occasion", "facts", "created_at")


@dataclass(frozen=True)
class Waiting:
    """A notice with its guest (one row), and of points that end how many are left by now."""

    row: Any
    points: int | None = None


@dataclass(frozen=True)
class Page:
    """A page of notices, those that wait longest first; `after` is where the next one begins."""

    rows: list[Waiting]
    after: Place | None


def find_page(kind: str | None, *, by: Actor, after: Place | None = None) -> Page:
    """Notices that wait, of one kind or of all. Two statements."""
    by.must("loyalty.notices")
    query = _waiting()
    if kind is not None:
        query = query.where(Notice.kind == kind)
    order = (Notice.created_at, Notice.id)
    if after is not None:
        there = tuple_(literal(after[0], Notice.created_at.type), literal(after[1], Uuid()))
        query = query.where(tuple_(*order) > there)
    found = db.session.execute(query.order_by(*order).limit(LIMIT + 1)).all()
    rows = found[:LIMIT]
    last = (rows[-1].created_at, rows[-1].id) if len(found) > LIMIT else None
    return Page(_with_points(rows), last)


def of_guests(guest_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Waiting]]:
    """What waits for these guests, by guest. Two statements, one where nothing waits."""
    if not guest_ids:
        return {}
    query = _waiting().where(among(Notice.customer_id, guest_ids)).order_by(Notice.created_at)
    found: dict[uuid.UUID, list[Waiting]] = {}
    for each in _with_points(db.session.execute(query).all()):
        found.setdefault(each.row.customer_id, []).append(each)
    return found


def count() -> dict[str, int]:
    """How many wait, by kind."""
    told = select(Notice.kind, func.count()).join(Customer, Customer.id == Notice.customer_id)
    told = told.where(*_open()).group_by(Notice.kind)
    return dict.fromkeys(KINDS, 0) | dict(db.session.execute(told).all())


def settle(ids: Collection[uuid.UUID], state: str, *, by: Actor) -> int:
    """Note that these guests were told, or that they will not be; how many still waited.

    Again, or by two at once, it is noted once. Raises Invalid for another word.
    """
    by.must("loyalty.notices")
    if state not in SETTLED:
        raise Invalid({"": _l("Choose one of the list.")})
    mine = update(Notice).where(Notice.id.in_(ids), Notice.state == "waiting")
    done = mine.values(state=state, settled_at=now(), settled_name=by.name)
    changed = done.returning(Notice.customer_id, Notice.kind)
    rows = db.session.execute(changed, execution_options={"synchronize_session": False}).all()
    told = [(row.customer_id, {"notice": (None, row.kind)}) for row in rows]
    trail.tell_many(f"notice.{state}", told, by=by)
    return len(rows)


def _waiting() -> Select[Any]:
    columns = [getattr(Notice, name) for name in _NOTICE]
    columns += [getattr(Customer, name) for name in _GUEST]
    query = select(*columns).join(Customer, Customer.id == Notice.customer_id)
    return query.where(*_open())


def _open() -> tuple[Any, ...]:
    return Notice.state == "waiting", Notice.kind.in_(KINDS), *may_be_told()


def _with_points(rows: Sequence[Any]) -> list[Waiting]:
    """Points may be spent since the notice was written, so they are added up anew."""
    ending = {row.customer_id for row in rows if row.kind == POINTS}
    left = _left(ending) if ending else {}
    return [
        Waiting(row, left.get((row.customer_id, row.occasion), 0) if row.kind == POINTS else None)
        for row in rows
    ]


def _left(guests: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, str], int]:
    query = select(Membership.customer_id, Lot.expires_on, func.sum(Lot.remaining))
    query = query.join(Lot, Lot.membership_id == Membership.id)
    query = query.where(
        Membership.customer_id.in_(guests), Membership.status == "open", Lot.remaining > 0,
        Lot.expires_on >= today(),
    ).group_by(Membership.customer_id, Lot.expires_on)  # fmt: skip
    return {(guest, _iso(end)): int(points) for guest, end, points in db.session.execute(query)}


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
