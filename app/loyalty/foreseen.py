"""What a reversal would do, told before anybody decides on it; nothing is written."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from app.core.clock import today
from app.loyalty import ledger, points
from app.loyalty.models import Lot, Membership, Transaction
from app.loyalty.programme import Programme


class Foreseen(NamedTuple):
    """By how much the balance would change, to what, and which lots would take or give how much.

    revived: the day until which points live that come back into lots that are over; None for none.
    """

    change: int
    balance: int
    lots: list[tuple[int, Lot]]
    revived: date | None


def reversal(member: Membership, row: Transaction, rules: Programme) -> Foreseen:
    """What `points.reverse` would do now. Raises Conflict as that would."""
    points.refuse_alone(row)
    ledger.refuse_reversal(member, row)
    balance = ledger.spendable(member)
    if row.points > 0:
        count, lots = ledger.to_take_back(member, row)
        return Foreseen(-count, balance - count, _from(lots, count), None)
    back = ledger.taken_by(row)
    over = any(ledger.is_over(lot, today()) for _points, lot in back)
    revived = ledger.least_end(rules) if over else None
    return Foreseen(-row.points, balance - row.points, back, revived)


def _from(lots: Iterable[Lot], count: int) -> list[tuple[int, Lot]]:
    taken = []
    for lot in lots:
        if part := min(lot.remaining, count):
            taken.append((part, lot))
            count -= part
        if not count:
            break
    return taken
