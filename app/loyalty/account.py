"""An account as it is looked at: a page of its rows, the lots behind them, what ends soon.

The number of statements never depends on how many rows there are.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, or_, select

from app.core.clock import today
from app.core.database import PREPARED
from app.customers.models import Customer
from app.extensions import db
from app.loyalty.models import Lot, LotUse, Membership, Transaction

PAGE = 20
FEW_LOTS = 6
"""So many lots are told of one row."""


class Page(NamedTuple):
    """Rows, the newest first; `before` leads to the older ones, None at the end."""

    rows: list[Transaction]
    before: int | None


class Ending(NamedTuple):
    """Points that end with a day; None: never."""

    day: date | None
    points: int


class Part(NamedTuple):
    """A lot that a row brought, or of which it took `points`: when it came and when it ends.

    serial: the row that brought it.
    """

    points: int
    left: int
    earned_on: date
    expires_on: date | None
    serial: int


@dataclass
class Behind:
    """The lots that stand behind some rows, by the row's id."""

    brought: dict[uuid.UUID, list[Part]] = field(default_factory=dict)
    took: dict[uuid.UUID, list[Part]] = field(default_factory=dict)
    lots: dict[uuid.UUID, int] = field(default_factory=dict)
    """How many lots a row took from in all."""


def of_guest(guest_id: uuid.UUID) -> list[Membership]:
    """All memberships of a guest: the open one first, then the latest."""
    mine = select(Membership).where(Membership.customer_id == guest_id)
    latest = mine.order_by(Membership.joined_on.desc(), Membership.id.desc())
    found = db.session.scalars(latest, execution_options=PREPARED)
    return sorted(found, key=lambda each: each.status != "open")


def page(member_id: uuid.UUID, before: int | None = None, limit: int = PAGE) -> Page:
    """A page of an account's rows, by their serial: page 500 costs what the first one does."""
    query = select(Transaction).where(Transaction.membership_id == member_id)
    if before is not None:
        query = query.where(Transaction.serial < before)
    newest = query.order_by(Transaction.serial.desc()).limit(limit + 1)
    found = list(db.session.scalars(newest, execution_options=PREPARED))
    rows = found[:limit]
    return Page(rows, rows[-1].serial if len(found) > limit else None)


def endings(member_id: uuid.UUID) -> list[Ending]:
    """What is left, by the day on which it ends, the soonest first; for ever comes last.

    Days that are over wait for the daily run. All days are asked for: a bound on them would lead
    a planner to everybody's lots of those days.
    """
    left = select(Lot.expires_on, func.sum(Lot.remaining)).where(
        Lot.membership_id == member_id, Lot.remaining > 0
    )
    found = db.session.execute(left.group_by(Lot.expires_on), execution_options=PREPARED).all()
    days = [Ending(day, int(points)) for day, points in found]
    return sorted(days, key=lambda each: each.day or date.max)


def soon(found: Sequence[Ending], warn_days: int) -> tuple[list[Ending], int]:
    """Of endings those of the next `warn_days`; and the points whose day is over already."""
    day = today()
    dated = [(each.day, each) for each in found if each.day is not None]
    ended = sum(each.points for on, each in dated if on < day)
    return [e for on, e in dated if day <= on <= day + timedelta(days=warn_days)], ended


def behind(rows: Collection[Transaction]) -> Behind:
    """The lots of these rows, in two statements."""
    found = Behind()
    if rows:
        _brought(found, rows)
        _took(found, [row.id for row in rows])
    return found


def _brought(found: Behind, rows: Collection[Transaction]) -> None:
    serials = {row.id: row.serial for row in rows}
    for lot in db.session.scalars(select(Lot).where(Lot.transaction_id.in_(serials))):
        serial = serials[lot.transaction_id]
        part = Part(lot.points, lot.remaining, lot.earned_on, lot.expires_on, serial)
        found.brought.setdefault(lot.transaction_id, []).append(part)


def _took(found: Behind, ids: list[uuid.UUID]) -> None:
    """The first lots that each row took from, and how many there were: a debit may take a
    thousand."""
    of_row, by_age = LotUse.transaction_id, (Lot.earned_on, Lot.id)
    numbered = (
        select(
            LotUse.transaction_id.label("row"), LotUse.points, Lot.remaining, Lot.earned_on,
            Lot.expires_on, Lot.transaction_id.label("origin"),
            func.row_number().over(partition_by=of_row, order_by=by_age).label("place"),
            func.count().over(partition_by=of_row).label("all"),
        )
        .join(Lot, Lot.id == LotUse.lot_id).where(LotUse.transaction_id.in_(ids)).subquery()
    )  # fmt: skip
    query = select(numbered, Transaction.serial).join(
        Transaction, Transaction.id == numbered.c.origin
    )
    few = query.where(numbered.c.place <= FEW_LOTS).order_by(numbered.c.row, numbered.c.place)
    for use in db.session.execute(few):
        part = Part(use.points, use.remaining, use.earned_on, use.expires_on, use.serial)
        found.took.setdefault(use.row, []).append(part)
        found.lots[use.row] = use.all


def partners(rows: Collection[Transaction]) -> dict[uuid.UUID, int]:
    """By row the number of the one that it takes back, or that took it back."""
    taken_back = [row.id for row in rows if row.status == "reversed"]
    targets = {row.reverses_id: row.id for row in rows if row.reverses_id}
    if not taken_back and not targets:
        return {}
    query = select(Transaction.id, Transaction.serial, Transaction.reverses_id).where(
        or_(Transaction.id.in_(list(targets)), Transaction.reverses_id.in_(taken_back))
    )
    found = {}
    for row_id, serial, reverses_id in db.session.execute(query):
        if row_id in targets:
            found[targets[row_id]] = serial
        if reverses_id in taken_back:
            found[reverses_id] = serial
    return found


def others(rows: Collection[Transaction]) -> dict[str, tuple[uuid.UUID, str]]:
    """Who stands on the other side of transfers: by code the guest's id and name."""
    codes = {row.source_reference for row in rows if row.source == "transfer"} - {None}
    if not codes:
        return {}
    query = select(Customer.customer_code, Customer.id, Customer.full_name)
    found = db.session.execute(
        query.where(Customer.customer_code.in_(codes), Customer.status != "erased")
    )
    return {code: (guest_id, name) for code, guest_id, name in found}
