"""Made-up members: three guests of ten, with five rows of the ledger for each guest of the base.

A third of the members have one lot that is over by `DUE`, a tenth of these by `EARLY` already. One
member has ten thousand rows.
"""

import random
import uuid
from collections import deque
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from app.loyalty.calendar import months_after
from bench.people import LAST_DAY

EARLY, DUE = date(2026, 5, 1), date(2026, 6, 1)
"""Last days of lots that a run on the day after takes."""
LENGTHS = ((4, 10), (8, 25), (12, 20), (18, 20), (26, 15), (44, 10))
LONG, LIVES = 10_000, 36
NOON, ONE = time(12, tzinfo=UTC), Decimal(1)
LOT, SIDE = 1 << 50, 1 << 51
Row = dict[str, Any]


class Account:
    """A member's rows: `member`, `rows`, `lots`, `uses`; adding it up is all that making takes."""

    def __init__(self, guest: Row, length: int | None = None) -> None:
        self.dice, self.guest = random.Random(guest["id"].int ^ SIDE), guest
        self.id = uuid.UUID(int=guest["id"].int ^ SIDE)
        self.owner = {"customer_id": guest["id"], "membership_id": self.id}
        self.balance, self.earned, self.redeemed = 0, 0, 0
        self.rows: list[Row] = []
        self.lots: list[Row] = []
        self.uses: list[Row] = []
        self._left: deque[Row] = deque()
        self._live(length or self.dice.choices(*zip(*LENGTHS, strict=True))[0])

    def _live(self, length: int) -> None:
        first, step = LAST_DAY - timedelta(days=700), 660 / length
        for serial in range(1, length + 1):
            day = first + timedelta(days=int(step * serial))
            if serial % 3 or serial == length:
                self._earn(serial, day, self._end(day, last=serial == length))
            else:
                self._redeem(serial, day)

    def _end(self, day: date, *, last: bool) -> date:
        draw = self.guest["id"].int % 30
        return (DUE if draw else EARLY) if last and draw < 10 else months_after(day, LIVES)

    def _earn(self, serial: int, day: date, end: date) -> None:
        points = self.dice.randrange(100, 900)
        row = self._row(serial, day, "earn", points, "stay")
        row |= {"base_amount": points * 10_000, "earned_date": day, "expiry_date": end}
        lot = {
            "id": uuid.UUID(int=row["id"].int ^ LOT), **self.owner, "transaction_id": row["id"],
            "earned_on": day, "expires_on": end, "points": points, "remaining": points,
        }  # fmt: skip
        self.lots.append(lot)
        self._left.append(lot)
        self.earned += points

    def _redeem(self, serial: int, day: date) -> None:
        points = open_ = self.balance // 2
        row = self._row(serial, day, "redeem", -points, "manual")
        row |= {"redemption_type": "amenity", "redemption_value": points * 100}
        while open_:
            lot = self._left[0]
            part = min(lot["remaining"], open_)
            lot["remaining"] -= part
            open_ -= part
            self.uses.append({"transaction_id": row["id"], "lot_id": lot["id"], "points": part})
            if not lot["remaining"]:
                self._left.popleft()
        self.redeemed += points

    def _row(self, serial: int, day: date, kind: str, points: int, source: str) -> Row:
        before, self.balance = self.balance, self.balance + points
        row = {
            "id": uuid.UUID(int=self.guest["id"].int ^ serial), **self.owner, "serial": serial,
            "transaction_type": kind, "points": points, "points_balance_before": before,
            "points_balance_after": self.balance, "source": source, "multiplier": ONE,
            "status": "active", "description": "", "created_name": "bench",
            "created_at": datetime.combine(day, NOON),
        }  # fmt: skip
        self.rows.append(row)
        return row

    @property
    def member(self) -> Row:
        """The membership; the guest's own columns are brought in step with it."""
        joined, until = LAST_DAY - timedelta(days=730), months_after(LAST_DAY, 120)
        guest, ends = self.guest, [lot["expires_on"] for lot in self._left]
        guest |= {
            "loyalty_member": True, "loyalty_points": self.balance, "lifetime_points": self.earned,
            "loyalty_number": guest["loyalty_number"] or f"LY{guest['customer_code'][1:]}",
            "loyalty_tier": guest["loyalty_tier"] or "bronze", "loyalty_join_date": joined,
            "loyalty_expiry_date": until, "points_expiry_date": min(ends, default=None),
        }  # fmt: skip
        return {
            "id": self.id, "customer_id": guest["id"], "number": guest["loyalty_number"],
            "status": "open", "tier": guest["loyalty_tier"], "tier_since": joined,
            "joined_on": joined, "expires_on": until, "balance": self.balance,
            "lifetime_earned": self.earned, "lifetime_redeemed": self.redeemed,
            "serial": len(self.rows), "last_at": self.rows[-1]["created_at"],
        }  # fmt: skip


def accounts(guests: list[Row], *, first: bool) -> Iterator[Account]:
    """The accounts of the members among the guests; with `first`, the long one is among them."""
    for guest in guests:
        if guest["loyalty_member"] or (guest["id"].int >> 10) % 8 == 0:
            yield Account(guest, LONG if first else None)
            first = False


SOME = Account({"id": uuid.UUID(int=1)}, 12)
"""A made-up account, for the columns that such have."""
