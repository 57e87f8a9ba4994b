"""The ledger: every change of a balance is one row, and what it took or brought is told by lot.

Rules. Points are whole. Lots are spent by the day they were earned, the oldest first. A lot lasts
to the end of its last day on the property's calendar. What a reversal gives back goes into the
very lots it came from; one that is over by then lives on for some days more
(`Programme.returned_days`). What it takes back comes from the reversed row's own lot first, then
from the oldest. The balance is what rows add up to and what lots have left, and never below zero.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import chain
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select

from app.core.actor import HOUSE, Actor
from app.core.clock import now, today
from app.core.errors import Conflict, Invalid
from app.core.i18n import number
from app.extensions import db
from app.loyalty.models import MOST, Lot, LotUse, Membership, Transaction
from app.loyalty.programme import Programme

CLOCK_SLACK = timedelta(minutes=5)
"""So far may the clocks of two machines be apart."""
Taken = list[tuple[Lot, int]]


def credit(
    member: Membership, points: int, kind: str, *, by: Actor, expires_on: date | None,
    earned_on: date | None = None, **facts: Any,
) -> Transaction:  # fmt: skip
    """Add points to a held membership, as a lot that lasts to `expires_on`; None: for ever.

    `facts` are further columns of the row. Raises Invalid for points that cannot be, Conflict for
    a clock that went back.
    """
    day = earned_on or today()
    if expires_on is not None and expires_on < today():
        raise Invalid({"expiry_date": _l("This day is over, so the points would be, too.")})
    row = _append(
        member, positive(points), kind, by, earned_date=day, expiry_date=expires_on, **facts
    )
    db.session.add(
        Lot(
            customer_id=member.customer_id, membership_id=member.id, transaction_id=row.id,
            earned_on=day, expires_on=expires_on, points=points, remaining=points,
        )
    )  # fmt: skip
    db.session.flush()
    return row


def debit(
    member: Membership, points: int, kind: str, *, by: Actor, lots: Iterable[Lot] | None = None,
    **facts: Any,
) -> tuple[Transaction, Taken]:  # fmt: skip
    """Take points from a held membership: the row, and what it took of which lot.

    From the lots that are still good, the oldest first, unless `lots` says which. Raises Invalid
    when they have too few, which tells how many there are.
    """
    positive(points)
    balance = member.balance if lots is None else None
    taken = _take(good(member) if lots is None else lots, points, balance)
    row = _append(member, -points, kind, by, **facts)
    for lot, part in taken:
        lot.remaining -= part
        db.session.add(LotUse(transaction_id=row.id, lot_id=lot.id, points=part))
    db.session.flush()
    return row, taken


def good(member: Membership) -> Iterator[Lot]:
    """The lots with points left that are not over, the oldest first; read as far as it is asked."""
    lots = select(Lot).where(*_good(member)).order_by(Lot.earned_on, Lot.id)
    with db.session.scalars(lots.execution_options(yield_per=50)) as found:
        yield from found


def spendable(member: Membership) -> int:
    """Points that may be spent now: the balance without lots that are over but still noted."""
    return db.session.scalar(select(func.sum(Lot.remaining)).where(*_good(member))) or 0


def _good(member: Membership) -> tuple[ColumnElement[bool], ...]:
    lasts = Lot.expires_on.is_(None) | (Lot.expires_on >= today())
    return Lot.membership_id == member.id, Lot.remaining > 0, lasts


def is_over(lot: Lot, day: date) -> bool:
    """True from the day after its last one."""
    return lot.expires_on is not None and lot.expires_on < day


def reverse(
    member: Membership, row: Transaction, reason: str, *, by: Actor, rules: Programme,
    **more: Any,
) -> Transaction:  # fmt: skip
    """Take a row of a held membership back by a new one that points at it; the new one.

    Raises Conflict for a row that was reversed or is a reversal, and for points that are spent.
    """
    refuse_reversal(member, row)
    expire(member)
    before = member.balance
    facts = {"source": row.source, "reverses_id": row.id, "notes": reason, "pair_id": row.pair_id}
    facts |= more
    if row.points > 0:
        back = _take_back(member, row, by, facts)
    else:
        back = _give_back(member, row, by, facts, rules)
    _mark(row, reason, by)
    member.lifetime_earned -= row.points if row.transaction_type == "earn" else 0
    member.lifetime_redeemed += row.points if row.transaction_type == "redeem" else 0
    db.session.flush()
    assert member.balance == before + back.points
    return back


def expire(member: Membership) -> Transaction | None:
    """Note that the lots which are over have ended, as one row; None where there are none."""
    lots = select(Lot).where(Lot.membership_id == member.id, Lot.remaining > 0)
    over = db.session.scalars(lots.where(Lot.expires_on < today()).order_by(Lot.expires_on, Lot.id))
    ended = list(over)
    if not ended:
        return None
    points, last = sum(lot.remaining for lot in ended), max(str(lot.expires_on) for lot in ended)
    row, _taken = debit(
        member, points, "expire", by=HOUSE, lots=ended, source="expiry", source_reference=last
    )
    return row


def positive(points: int) -> int:
    """The points, if a row may have so many. Raises Invalid."""
    if isinstance(points, bool) or not isinstance(points, int):
        raise Invalid({"points": _l("Points are whole numbers.")})
    if points <= 0:
        raise Invalid({"points": _l("At least one point.")})
    if points > MOST:
        raise Invalid({"points": _l("So many points cannot be.")})
    return points


def _append(member: Membership, points: int, kind: str, by: Actor, **facts: Any) -> Transaction:
    """Write the next row of a held membership, and its balance."""
    moment = now()
    if member.last_at is not None and moment < member.last_at - CLOCK_SLACK:
        raise Conflict(
            _l("This machine’s clock stands before the last entry of the account. Have it set.")
        )
    after = member.balance + points
    if after > MOST:
        raise Invalid({"points": _l("The balance would grow beyond what can be kept.")})
    row = Transaction(
        customer_id=member.customer_id, membership_id=member.id, serial=member.serial + 1,
        transaction_type=kind, points=points, points_balance_before=member.balance,
        points_balance_after=after, created_at=moment, created_by=by.user_id,
        created_name=by.name, **facts,
    )  # fmt: skip
    member.balance, member.serial = after, member.serial + 1
    member.last_at = max(moment, member.last_at or moment)
    member.lifetime_earned += points if kind == "earn" else 0
    member.lifetime_redeemed -= points if kind == "redeem" else 0
    db.session.add(row)
    db.session.flush()
    return row


def _take(lots: Iterable[Lot], points: int, balance: int | None) -> Taken:
    taken, open_ = [], points
    for lot in lots:
        if part := min(lot.remaining, open_):
            taken.append((lot, part))
            open_ -= part
        if not open_:
            break
    if open_:
        there = points - open_
        raise Invalid({"points": _too_few(there, 0 if balance is None else balance - there)})
    return taken


def _too_few(there: int, ended: int) -> Any:
    if ended <= 0:
        return _l("Only %(there)s points can be spent.", there=number(there))
    return _l(
        "Only %(there)s points can be spent; %(ended)s more have expired.",
        there=number(there), ended=number(ended),
    )  # fmt: skip


def refuse_reversal(member: Membership, row: Transaction) -> None:
    """Raise Conflict for a row that cannot be reversed, whatever the lots say."""
    if row.membership_id != member.id:
        raise Conflict(_l("This entry belongs to another account."))
    if row.status == "reversed":
        raise Conflict(_l("This entry has been reversed already."))
    if row.transaction_type in ("reverse", "expire"):
        raise Conflict(_l("Only what was earned, redeemed or adjusted can be reversed."))


def _take_back(
    member: Membership, row: Transaction, by: Actor, facts: Mapping[str, Any]
) -> Transaction:
    points, lots = to_take_back(member, row)
    back, _taken = debit(member, points, "reverse", by=by, lots=lots, **facts)
    return back


def to_take_back(member: Membership, row: Transaction) -> tuple[int, Iterable[Lot]]:
    """How many of the points that a row brought can go, and from which lots: its own first.

    What expired of it is gone already. Raises Conflict where all has, and where some is spent.
    """
    own = list(db.session.scalars(select(Lot).where(Lot.transaction_id == row.id)))
    fresh = [lot for lot in own if not is_over(lot, today())]
    over = sum(lot.remaining for lot in own if lot not in fresh)
    points, there = row.points - _expired_of(own) - over, spendable(member)
    if not points:
        raise Conflict(_l("These points have expired, so there is nothing to take back."))
    if there < points:
        raise Conflict(
            _l(
                "Some of these points are spent: only %(there)s of %(points)s can be taken back.",
                there=number(there), points=number(points),
            )
        )  # fmt: skip
    return points, chain(fresh, (lot for lot in good(member) if lot not in own))


def _expired_of(lots: Iterable[Lot]) -> int:
    ids = [lot.id for lot in lots]
    uses = select(LotUse.points).join(Transaction, Transaction.id == LotUse.transaction_id)
    ended = uses.where(LotUse.lot_id.in_(ids), Transaction.transaction_type == "expire")
    return sum(db.session.scalars(ended))


def _give_back(
    member: Membership, row: Transaction, by: Actor, facts: Mapping[str, Any], rules: Programme
) -> Transaction:
    """Points that a row took return to their lots; one that is over lives on for some days."""
    back = _append(member, -row.points, "reverse", by, **facts)
    for points, lot in taken_by(row):
        lot.remaining += points
        if is_over(lot, today()):
            lot.expires_on = least_end(rules)
    return back


def taken_by(row: Transaction) -> list[tuple[int, Lot]]:
    """What a row took, of which lots, the oldest first."""
    uses = select(LotUse.points, Lot).join(Lot, Lot.id == LotUse.lot_id)
    mine = uses.where(LotUse.transaction_id == row.id).order_by(Lot.earned_on, Lot.id)
    return [(points, lot) for points, lot in db.session.execute(mine)]


def least_end(rules: Programme) -> date:
    """So long live points at least that come back."""
    return today() + timedelta(days=rules.returned_days)


def _mark(row: Transaction, reason: str, by: Actor) -> None:
    row.status, row.reversed_at, row.reversal_reason = "reversed", now(), reason
    row.reversed_by = by.user_id


def sent_before(member: Membership, row_id: uuid.UUID) -> Transaction | None:
    """The row that the same form made earlier; None for a new one. Raises Conflict for another's.

    A form brings the id of its row, so what is sent twice, by one finger or two, is done once.
    """
    row = db.session.get(Transaction, row_id)
    if row is not None and row.membership_id != member.id:
        raise Conflict(_l("This form was used for another account. Load it again."))
    return row


def find(member_id: uuid.UUID, row_id: uuid.UUID) -> Transaction | None:
    """A row of this held membership as it is now; None for another's."""
    row = db.session.get(Transaction, row_id, populate_existing=True)
    return row if row is not None and row.membership_id == member_id else None
