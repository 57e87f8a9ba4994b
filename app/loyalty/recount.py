"""Every account checked from its rows alone: the chain, the lots, and the copies that pages read.

Only copies are put right. Where rows and lots disagree somebody has to look, so that is told.
"""

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_, select

from app.core.actor import HOUSE
from app.core.bulk import among
from app.customers.models import Customer
from app.extensions import db
from app.loyalty import memberships
from app.loyalty.models import Lot, Membership, TierStep, Transaction

PORTION = 500
CACHES = ("balance", "serial", "lifetime_earned", "lifetime_redeemed")
Sums = dict[uuid.UUID, dict[str, int]]


@dataclass(frozen=True)
class Difference:
    """An account that was not what its rows say: {name: (was, is)}; `mended` where it is now."""

    number: str
    changes: dict[str, tuple[Any, Any]]
    mended: bool


def recount(*, write: bool) -> Iterator[Difference | int]:
    """Every difference, and after each portion how many accounts that were; the caller commits.

    A constant number of statements a portion, and some for each account that is wrong.
    """
    last = None
    while ids := _portion(last):
        last = ids[-1]
        yield from _of_portion(ids, write=write)
        yield len(ids)


def _portion(after: uuid.UUID | None) -> list[uuid.UUID]:
    query = select(Membership.id).order_by(Membership.id).limit(PORTION)
    return list(db.session.scalars(query.where(Membership.id > after) if after else query))


def _of_portion(ids: list[uuid.UUID], *, write: bool) -> Iterator[Difference]:
    rows, lots, broken = _rows(ids), _lots(ids), _broken(ids)
    members = db.session.scalars(select(Membership).where(among(Membership.id, ids)))
    copies, joined = _copies(ids), _joined(ids)
    for member in members:
        told = rows.get(member.id, dict.fromkeys(CACHES, 0))
        if member.id not in joined:
            told = _with_earlier(told, member)
        changes = {n: (was, told[n]) for n in CACHES if (was := getattr(member, n)) != told[n]}
        if member.status == "open" and copies.get(member.customer_id) != told["balance"]:
            changes["loyalty_points"] = (copies.get(member.customer_id), told["balance"])
        sound = not _add_faults(changes, told["balance"], lots.get(member.id, 0),
                                broken.get(member.id, 0))  # fmt: skip
        if changes:
            if write and sound:
                _mend(member, told)
            yield Difference(member.number or str(member.id), changes, write and sound)


def _add_faults(changes: dict[str, Any], balance: int, left: int, broken: int) -> bool:
    """What no copy explains: True where there is any."""
    if left != balance:
        changes["lots"] = (left, balance)
    if broken:
        changes["broken rows"] = (broken, 0)
    return left != balance or bool(broken)


def _rows(ids: Collection[uuid.UUID]) -> Sums:
    """What the rows add up to. A reversal takes back the lifetime figure of what it reverses."""
    earned = (Transaction.transaction_type == "earn") & (Transaction.status != "reversed")
    redeemed = (Transaction.transaction_type == "redeem") & (Transaction.status != "reversed")
    query = select(
        Transaction.membership_id, func.sum(Transaction.points).label("balance"),
        func.max(Transaction.serial).label("serial"),
        func.coalesce(func.sum(Transaction.points).filter(earned), 0).label("lifetime_earned"),
        func.coalesce(-func.sum(Transaction.points).filter(redeemed), 0)
        .label("lifetime_redeemed"),
    ).where(among(Transaction.membership_id, ids)).group_by(Transaction.membership_id)  # fmt: skip
    return {
        row.membership_id: {name: int(getattr(row, name)) for name in CACHES}
        for row in db.session.execute(query)
    }


def _joined(ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """The accounts that were opened here; others were carried over when the ledger began."""
    steps = select(TierStep.membership_id).where(TierStep.kind == "joined")
    return set(db.session.scalars(steps.where(among(TierStep.membership_id, ids))))


def _with_earlier(told: dict[str, int], member: Membership) -> dict[str, int]:
    """What was earned before the ledger began stands in no row, so it is left as it is."""
    return told | {"lifetime_earned": max(told["lifetime_earned"], member.lifetime_earned)}


def _lots(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    query = select(Lot.membership_id, func.sum(Lot.remaining))
    query = query.where(among(Lot.membership_id, ids), Lot.remaining > 0)
    return {m: int(n) for m, n in db.session.execute(query.group_by(Lot.membership_id))}


def _broken(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Rows that do not begin where the one before ended, or whose number is not the next."""
    by_serial = {"partition_by": Transaction.membership_id, "order_by": Transaction.serial}
    ended = func.lag(Transaction.points_balance_after, 1, 0).over(**by_serial)  # type: ignore[arg-type]
    place = func.row_number().over(**by_serial)  # type: ignore[arg-type]
    rows = select(
        Transaction.membership_id, Transaction.serial, Transaction.points_balance_before,
        ended.label("ended"), place.label("place"),
    ).where(among(Transaction.membership_id, ids)).subquery()  # fmt: skip
    wrong = or_(rows.c.points_balance_before != rows.c.ended, rows.c.serial != rows.c.place)
    query = select(rows.c.membership_id, func.count()).where(wrong)
    return dict(db.session.execute(query.group_by(rows.c.membership_id)).all())


def _copies(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    query = select(Customer.id, Customer.loyalty_points)
    mine = and_(Membership.customer_id == Customer.id, Membership.status == "open")
    found = db.session.execute(query.join(Membership, mine).where(among(Membership.id, ids)))
    return dict(found.all())


def _mend(member: Membership, told: dict[str, int]) -> None:
    """Bring the copies in step with the rows, under the locks of any other change."""
    if member.status != "open":
        for name in CACHES:
            setattr(member, name, told[name])
        return
    guest, held = memberships.hold(member.customer_id)
    fresh = _rows([held.id]).get(held.id, dict.fromkeys(CACHES, 0))  # under the lock, anew
    if not _joined([held.id]):
        fresh = _with_earlier(fresh, held)
    for name in CACHES:
        setattr(held, name, fresh[name])
    memberships.follow(guest, held, "loyalty.recounted", by=HOUSE)
