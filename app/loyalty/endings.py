"""Who is told that points end, some days before: once for each account and day, however late."""

import uuid
from datetime import date, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import Date, Table, Uuid, func, literal, select, tuple_, update

from app.core.actor import HOUSE
from app.core.bulk import among
from app.core.clock import now
from app.core.database import insert_missing
from app.core.jobs import Claim, progress
from app.core.types import new_id
from app.customers.models import Customer
from app.extensions import db
from app.loyalty import programme, runs
from app.loyalty.models import Lot, Membership, Notice

KIND = "points_expiring"
PORTION = 1000
NOTICES = cast(Table, Notice.__table__)


class Ending(NamedTuple):
    """Points of an account that end with a day."""

    day: date
    membership_id: uuid.UUID
    points: int


def warn(job: Claim, day: date) -> None:
    """A notice for each account and day of the coming ones; what is over by now is let go.

    Commits portion by portion.
    """
    _let_go(day)
    place = None
    while portion := _next(day, place):
        place = portion[-1]
        runs.add(day, warned=_tell(portion))
        progress(job, job.done)
        db.session.commit()
    db.session.commit()


def _let_go(day: date) -> None:
    """Nobody needs to be told any more of points that are gone."""
    late = select(Notice.id).where(
        Notice.state == "waiting", Notice.kind == KIND, Notice.occasion < day.isoformat()
    )
    free = late.with_for_update(skip_locked=True)  # whom somebody settles just now is settled
    gone = update(Notice).where(Notice.id.in_(free))
    gone = gone.values(state="dropped", settled_at=now(), settled_name=HOUSE.name)
    db.session.execute(gone.execution_options(synchronize_session=False))


def _next(day: date, after: Ending | None) -> list[Ending]:
    until = day + timedelta(days=programme.current().warn_days)
    here = (Lot.expires_on, Lot.membership_id)
    query = select(*here, func.sum(Lot.remaining).label("points"))
    query = query.where(Lot.remaining > 0, Lot.expires_on <= until)
    if after is None:
        query = query.where(Lot.expires_on >= day)
    else:  # one lower bound alone, or SQLite would begin at the first day again
        there = tuple_(literal(after.day, Date), literal(after.membership_id, Uuid()))
        query = query.where(tuple_(*here) > there)
    rows = db.session.execute(query.group_by(*here).order_by(*here).limit(PORTION))
    return [Ending(r.expires_on, r.membership_id, int(r.points)) for r in rows if r.expires_on]


def _tell(portion: list[Ending]) -> int:
    """Notices for those who may be told; how many are new."""
    whose = select(Membership.id, Membership.customer_id)
    whose = whose.join(Customer, Customer.id == Membership.customer_id)
    whose = whose.where(among(Membership.id, {each.membership_id for each in portion}))
    told = whose.where(Membership.status == "open", *may_be_told())
    guests = {row.id: row.customer_id for row in db.session.execute(told)}
    rows = [_notice(guests[e.membership_id], e) for e in portion if e.membership_id in guests]
    return put(rows)


def may_be_told() -> tuple[Any, ...]:
    """Guests whom the house speaks to of its own accord."""
    return Customer.status == "active", Customer.is_blacklisted.is_(False)


def _notice(guest: uuid.UUID, each: Ending) -> dict[str, Any]:
    ends = each.day.isoformat()
    return row_of(guest, KIND, ends, {"points": each.points, "ends": ends})


def row_of(guest: uuid.UUID, kind: str, occasion: str, facts: dict[str, Any]) -> dict[str, Any]:
    """A notice that waits, ready to be put."""
    return {
        "id": new_id(), "customer_id": guest, "kind": kind, "occasion": occasion, "facts": facts,
        "state": "waiting", "created_at": now(),
    }  # fmt: skip


def put(rows: list[dict[str, Any]]) -> int:
    """Write notices, each but once for its occasion; how many are new.

    Each takes hold of its guest, so they are written in the order in which `hold_both` does.
    """
    if not rows:
        return 0
    once = insert_missing(db.engine.dialect.name, NOTICES)
    known = _known(rows)
    fresh = [row for row in rows if (row["customer_id"], row["kind"], row["occasion"]) not in known]
    if fresh:
        db.session.execute(once, sorted(fresh, key=lambda row: row["customer_id"]))
    return len(fresh)


def _known(rows: list[dict[str, Any]]) -> set[tuple[uuid.UUID, str, str]]:
    query = select(Notice.customer_id, Notice.kind, Notice.occasion)
    of = query.where(among(Notice.customer_id, {row["customer_id"] for row in rows}))
    return {tuple(row) for row in db.session.execute(of)}  # type: ignore[misc]
