"""The daily run: points whose time is over go, in portions that each stand or fall as a whole.

A portion is one transaction: rows of the ledger, lots, balances, the guests' columns, the log and
the run's own figures. A process that dies leaves whole portions, and what is left is found again.
"""

import logging
import uuid
from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import Date, Table, Uuid, case, func, literal, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute

from app.core.actor import HOUSE
from app.core.bulk import among, insert_many
from app.core.clock import now, today
from app.core.crypto import forget_opened
from app.core.jobs import Claim, handles, progress
from app.core.types import new_id
from app.customers.models import Customer
from app.extensions import db
from app.loyalty import endings, runs, trail
from app.loyalty.ledger import CLOCK_SLACK
from app.loyalty.models import Lot, LotUse, Membership, Transaction
from app.loyalty.runs import LoyaltyRun

logger = logging.getLogger(__name__)
KIND = "loyalty.daily"
PORTION = 500
"""So many lots begin a portion; the other ones that are over of the same accounts go with them."""
ROWS, USES = cast(Table, Transaction.__table__), cast(Table, LotUse.__table__)
UNTOLD = {"synchronize_session": False}


class Place(NamedTuple):
    """How far a pass came along the index of lots by their last day."""

    day: date
    membership_id: uuid.UUID


class Ended(NamedTuple):
    """An account's lots that are over, and the row that says so."""

    member: Any
    lots: list[Any]
    points: int


@handles(KIND, every=timedelta(hours=1))
def daily(job: Claim) -> None:
    """One run for each day of the property's calendar; a clock that went back does nothing."""
    day = today()
    if sentence := turned_back(day):
        logger.error(sentence)
        return
    last = runs.latest()
    if last is None or last.day < day or last.finished_at is None:
        run(job, day)


def turned_back(day: date) -> str:
    """Why nothing may be done on a day before that of the last run; '' where it may."""
    last = runs.latest()
    if last is None or last.day <= day:
        return ""
    return f"The calendar says {day}, before the last run of points on {last.day}. Set the clock."


def run(job: Claim, day: date) -> LoyaltyRun:
    """A whole run, or the rest of one that was cut off; commits as it goes."""
    expire(job, day)
    endings.warn(job, day)
    runs.finish(day)
    db.session.commit()
    return db.session.get_one(LoyaltyRun, day, populate_existing=True)


def expire(job: Claim, day: date) -> None:
    """Let all lots end whose last day is over on this one; commits as it goes."""
    while _pass(job, day):
        pass  # once more, for whom somebody else held meanwhile


def _pass(job: Claim, day: date) -> bool:
    """Through all lots that are over, by their last day; whether any went."""
    place, found = None, False
    runs.begin(day)  # counts anew who has to be left out
    db.session.commit()  # the run's row is locked after guests and accounts, never before
    while portion := _next(day, place):
        place = portion[-1]
        ended = _hold(day, {each.membership_id for each in portion})
        if ended:
            _expire(day, ended)
            found = True
        progress(job, job.done)
        db.session.commit()
        forget_opened()
    db.session.commit()
    return found


def _next(day: date, after: Place | None) -> list[Place]:
    here = tuple_(Lot.expires_on, Lot.membership_id)
    query = select(Lot.expires_on, Lot.membership_id).where(Lot.remaining > 0, Lot.expires_on < day)
    if after is not None:
        query = query.where(here > tuple_(literal(after.day, Date), literal(after[1], Uuid())))
    rows = db.session.execute(query.order_by(Lot.expires_on, Lot.membership_id).limit(PORTION))
    return [Place(row.expires_on, row.membership_id) for row in rows if row.expires_on]


def _hold(day: date, ids: Collection[uuid.UUID]) -> list[Ended]:
    """Guests, then accounts, in the order in which `memberships.hold` takes them; what is over."""
    whose = select(Membership.customer_id).where(among(Membership.id, ids))
    guests = set(db.session.scalars(whose))
    _lock(Customer.id, guests)
    _lock(Membership.id, ids)
    query = select(
        Membership.id, Membership.customer_id, Membership.balance, Membership.serial,
        Membership.last_at, Membership.status,
    ).where(among(Membership.id, ids))  # fmt: skip
    members = [row for row in db.session.execute(query) if row.customer_id in guests]
    over = _over(day, [row.id for row in members])
    every = [Ended(row, over[row.id], _sum(over[row.id])) for row in members if over.get(row.id)]
    sound = [each for each in every if _is_sound(each.member, each.points)]
    runs.add(day, skipped=len(every) - len(sound))
    return sound


def _lock(column: InstrumentedAttribute[uuid.UUID], ids: Collection[uuid.UUID]) -> None:
    db.session.execute(select(column).where(among(column, ids)).order_by(column).with_for_update())


def _over(day: date, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Any]]:
    query = select(Lot.id, Lot.membership_id, Lot.remaining, Lot.expires_on)
    found: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for lot in db.session.execute(query.where(*_due(day, ids))):
        found[lot.membership_id].append(lot)
    return found


def _due(day: date, ids: Collection[uuid.UUID]) -> tuple[Any, ...]:
    return among(Lot.membership_id, ids), Lot.remaining > 0, Lot.expires_on < day


def _sum(lots: list[Any]) -> int:
    return sum(lot.remaining for lot in lots)


def _is_sound(member: Any, points: int) -> bool:
    """False for an account whose sums do not hold, or whose last row is still to come."""
    if member.balance < points:
        logger.error("account %s has less than its lots: see `loyalty recount`", member.id)
        return False
    if member.last_at is not None and now() < member.last_at - CLOCK_SLACK:
        logger.error("the clock stands before the last row of account %s", member.id)
        return False
    return True


def _expire(day: date, ended: list[Ended]) -> None:
    """Write that these lots are over, and all that follows from it."""
    moment, ids = now(), [each.member.id for each in ended]
    rows = [_row(each, moment) for each in ended]
    connection = db.session.connection()
    insert_many(connection, ROWS, rows)
    insert_many(connection, USES, [
        {"transaction_id": row["id"], "lot_id": lot.id, "points": lot.remaining}
        for row, each in zip(rows, ended, strict=True) for lot in each.lots
    ])  # fmt: skip
    db.session.execute(
        update(Lot).where(*_due(day, ids)).values(remaining=0).execution_options(**UNTOLD)
    )
    _follow(ids, moment)
    open_ones = [each for each in ended if each.member.status == "open"]
    _follow_guests(day, [each.member.customer_id for each in open_ones])
    told = [(each.member.customer_id, {"points": (None, -each.points)}) for each in ended]
    trail.tell_many("points.expired", told, by=HOUSE)
    lots = sum(len(each.lots) for each in ended)
    runs.add(day, accounts=len(ended), lots=lots, points=sum(e.points for e in ended))


def _row(each: Ended, moment: datetime) -> dict[str, Any]:
    """As `ledger.expire` writes it for one account."""
    member, after = each.member, each.member.balance - each.points
    return {
        "id": new_id(), "customer_id": member.customer_id, "membership_id": member.id,
        "serial": member.serial + 1, "transaction_type": "expire", "points": -each.points,
        "points_balance_before": member.balance, "points_balance_after": after,
        "source": "expiry", "source_reference": str(max(lot.expires_on for lot in each.lots)),
        "multiplier": 1, "status": "active", "description": "", "created_at": moment,
        "created_name": HOUSE.name,
    }  # fmt: skip


def _follow(ids: Collection[uuid.UUID], moment: datetime) -> None:
    """The accounts' balances, from the rows just written."""
    newest = select(Transaction.points_balance_after).where(
        Transaction.membership_id == Membership.id, Transaction.serial == Membership.serial + 1
    )
    last = case((Membership.last_at > moment, Membership.last_at), else_=moment)
    values = {"balance": newest.scalar_subquery(), "serial": Membership.serial + 1, "last_at": last}
    mine = update(Membership).where(among(Membership.id, ids)).values(values)
    db.session.execute(mine.execution_options(**UNTOLD))


def _follow_guests(day: date, ids: Collection[uuid.UUID]) -> None:
    """The guests' copies of balance and next end, as `memberships.follow` keeps them."""
    mine = (Membership.customer_id == Customer.id, Membership.status == "open")
    balance = select(Membership.balance).where(*mine)
    ends = select(func.min(Lot.expires_on)).join(Membership, Membership.id == Lot.membership_id)
    ends = ends.where(*mine, Lot.remaining > 0, Lot.expires_on >= day)
    values = {
        "loyalty_points": balance.scalar_subquery(), "points_expiry_date": ends.scalar_subquery(),
    }  # fmt: skip
    copied = update(Customer).where(among(Customer.id, ids)).values(values)
    db.session.execute(copied.execution_options(**UNTOLD))
