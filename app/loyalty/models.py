"""Memberships and their ledger (section 2.7): rows that are only ever added, and lots of points.

A row of the ledger is never rewritten but for the mark that a later row reversed it; the database
refuses it. What a credit brought is a lot; a debit takes from lots, and `LotUse` says from which.
"""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.datamap import FIGURE, GUEST_ROW, INTERNAL, STAFF, STATE, TECHNICAL
from app.core.models import Base, CustomerOwned, Identified, Owned, Timestamped
from app.core.types import Instant, Json, Money

MOST = 2_000_000_000
"""No balance and no row is larger: points are 32-bit numbers in the database."""
CREDITS, DEBITS = ("earn",), ("redeem", "expire")
TRANSACTION_TYPES = ("earn", "redeem", "expire", "adjust", "reverse")
SAID = INTERNAL.but(erase="clear")
BY = STAFF.but(see="loyalty.read")


def _when(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Membership(Identified, CustomerOwned, Timestamped, Base):
    """A guest's account. Of all that a guest has, at most one is open; merged ones are closed.

    `balance` and the lifetime figures are caches of the ledger, as are the guest's own columns.
    `tier_kept_until`: no downgrade is proposed up to that day, since somebody said so by hand.
    `serial` is the number of the last row, and `last_at` when it was written.
    """

    __tablename__ = "loyalty_memberships"
    __table_args__ = (
        CheckConstraint(f"balance BETWEEN 0 AND {MOST}", name="balance"),
        Index(
            "ix_loyalty_memberships_open", "customer_id", unique=True, **_when("status = 'open'")
        ),
        Index("ix_loyalty_memberships_tier", "tier", "status"),
    )
    owned = Owned(merge="move", export="loyalty_memberships", erase="clear")

    number: Mapped[str | None] = mapped_column(
        String(50), unique=True, info=GUEST_ROW.but(erase="clear")
    )
    status: Mapped[str] = mapped_column(String(10), default="open", info=STATE())
    tier: Mapped[str] = mapped_column(String(20), default="bronze", info=FIGURE())
    tier_since: Mapped[date] = mapped_column(info=FIGURE())
    tier_kept_until: Mapped[date | None] = mapped_column(info=FIGURE())
    joined_on: Mapped[date] = mapped_column(info=FIGURE())
    expires_on: Mapped[date | None] = mapped_column(info=FIGURE())
    balance: Mapped[int] = mapped_column(default=0, info=FIGURE())
    lifetime_earned: Mapped[int] = mapped_column(default=0, info=FIGURE())
    lifetime_redeemed: Mapped[int] = mapped_column(default=0, info=FIGURE())
    serial: Mapped[int] = mapped_column(default=0, info=TECHNICAL())
    last_at: Mapped[datetime | None] = mapped_column(Instant, info=TECHNICAL())

    def is_over(self, day: date) -> bool:
        """True after the membership's last day: it neither earns nor spends until it is renewed."""
        return self.expires_on is not None and self.expires_on < day


class Transaction(Identified, CustomerOwned, Base):
    """One row of the ledger. Balances chain by `serial` within the membership.

    `working` says how earned points were reckoned, for "explain this balance":
    {"amount", "rate", "tier", "tier_multiplier", "promotion", "promotion_multiplier"}.
    `reverses_id` points at the row that this one takes back; `pair_id` joins both sides of a
    transfer.
    """

    __tablename__ = "loyalty_transactions"
    __table_args__ = (
        UniqueConstraint("membership_id", "serial"),
        CheckConstraint("points_balance_after >= 0", name="balance"),
        CheckConstraint("points_balance_after = points_balance_before + points", name="sum"),
        CheckConstraint(
            "points <> 0 AND (transaction_type <> 'earn' OR points > 0)"
            " AND (transaction_type NOT IN ('redeem', 'expire') OR points < 0)",
            name="points",
        ),
        Index(
            "ix_loyalty_transactions_earned_once", "source", "source_reference", unique=True,
            **_when(
                "transaction_type = 'earn' AND status <> 'reversed'"
                " AND source_reference IS NOT NULL"
            ),
        ),
        Index(
            "ix_loyalty_transactions_reverses", "reverses_id", unique=True,
            **_when("reverses_id IS NOT NULL"),
        ),
        Index("ix_loyalty_transactions_type", "transaction_type", "created_at"),
    )  # fmt: skip
    owned = Owned(merge="move", export="loyalty_transactions", erase="clear")

    membership_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("loyalty_memberships.id"), info=TECHNICAL()
    )
    serial: Mapped[int] = mapped_column(info=TECHNICAL())
    transaction_type: Mapped[str] = mapped_column(String(20), info=FIGURE())
    points: Mapped[int] = mapped_column(info=FIGURE())
    points_balance_before: Mapped[int] = mapped_column(info=FIGURE())
    points_balance_after: Mapped[int] = mapped_column(info=FIGURE())
    source: Mapped[str] = mapped_column(String(50), info=FIGURE())
    source_reference: Mapped[str | None] = mapped_column(
        String(100), info=GUEST_ROW.but(erase="clear")
    )
    base_amount: Mapped[Decimal | None] = mapped_column(Money, info=FIGURE())
    multiplier: Mapped[Decimal] = mapped_column(Money, default=Decimal(1), info=FIGURE())
    working: Mapped[dict[str, Any] | None] = mapped_column(Json, info=FIGURE())
    redemption_type: Mapped[str | None] = mapped_column(String(50), info=FIGURE())
    redemption_value: Mapped[Decimal | None] = mapped_column(Money, info=FIGURE())
    earned_date: Mapped[date | None] = mapped_column(info=FIGURE())
    expiry_date: Mapped[date | None] = mapped_column(info=FIGURE())
    status: Mapped[str] = mapped_column(String(20), default="active", info=FIGURE())
    description: Mapped[str] = mapped_column(
        String(200), default="", info=GUEST_ROW.but(erase="clear")
    )
    notes: Mapped[str | None] = mapped_column(Text, info=SAID)
    reverses_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("loyalty_transactions.id"), info=TECHNICAL()
    )
    pair_id: Mapped[uuid.UUID | None] = mapped_column(info=TECHNICAL())
    created_at: Mapped[datetime] = mapped_column(Instant, default=now, info=FIGURE())
    created_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), info=BY
    )
    created_name: Mapped[str] = mapped_column(String(200), info=BY)
    reversed_at: Mapped[datetime | None] = mapped_column(Instant, info=FIGURE())
    reversed_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), info=BY
    )
    reversal_reason: Mapped[str | None] = mapped_column(Text, info=SAID)


class Lot(Identified, CustomerOwned, Base):
    """What is left of the points that one credit brought; spent by age, gone after `expires_on`."""

    __tablename__ = "loyalty_lots"
    __table_args__ = (
        CheckConstraint("remaining BETWEEN 0 AND points", name="remaining"),
        Index(
            "ix_loyalty_lots_left", "membership_id", "earned_on", "id", **_when("remaining > 0")
        ),
        Index(
            "ix_loyalty_lots_due", "expires_on", "membership_id",
            **_when("remaining > 0 AND expires_on IS NOT NULL"),
        ),
    )  # fmt: skip
    owned = Owned(merge="move", export="loyalty_lots", erase="clear")

    membership_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("loyalty_memberships.id"), info=TECHNICAL()
    )
    transaction_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("loyalty_transactions.id"), index=True, info=TECHNICAL()
    )
    earned_on: Mapped[date] = mapped_column(info=FIGURE())
    expires_on: Mapped[date | None] = mapped_column(info=FIGURE())
    points: Mapped[int] = mapped_column(info=FIGURE())
    remaining: Mapped[int] = mapped_column(info=FIGURE())


class LotUse(Base):
    """How many points of a lot a debit took; a reversal gives back exactly these."""

    __tablename__ = "loyalty_lot_uses"
    __table_args__ = (CheckConstraint("points > 0", name="points"),)

    transaction_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("loyalty_transactions.id"), primary_key=True, info=TECHNICAL()
    )
    lot_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("loyalty_lots.id"), primary_key=True, index=True, info=TECHNICAL()
    )
    points: Mapped[int] = mapped_column(info=FIGURE())


class TierStep(Identified, CustomerOwned, Base):
    """A tier that changed, or that the periodic run proposes to lower and a manager decides on.

    kind: `joined`, `upgrade`, `downgrade`, `granted`. state: `done`, `grace` (figures no longer
    reach the tier; proposed when that time is over), `proposed`, `refused`, `lapsed` (it no longer
    held). `proposed_at` is when the state was entered. `progress`: {"points", "stays", "nights",
    "from", "to"} in the period that it was judged by.
    """

    __tablename__ = "loyalty_tier_steps"
    __table_args__ = (
        Index(
            "ix_loyalty_tier_steps_open", "membership_id", unique=True,
            **_when("state = 'proposed'"),
        ),
        Index("ix_loyalty_tier_steps_state", "state", "proposed_at"),
    )  # fmt: skip
    owned = Owned(merge="move", export="loyalty_tiers", erase="clear")

    membership_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("loyalty_memberships.id"), info=TECHNICAL()
    )
    kind: Mapped[str] = mapped_column(String(12), info=FIGURE())
    state: Mapped[str] = mapped_column(String(10), default="done", info=FIGURE())
    from_tier: Mapped[str | None] = mapped_column(String(20), info=FIGURE())
    to_tier: Mapped[str] = mapped_column(String(20), info=FIGURE())
    progress: Mapped[dict[str, Any] | None] = mapped_column(Json, info=FIGURE())
    reason: Mapped[str | None] = mapped_column(Text, info=SAID)
    proposed_at: Mapped[datetime] = mapped_column(Instant, default=now, info=FIGURE())
    decided_at: Mapped[datetime | None] = mapped_column(Instant, info=FIGURE())
    decided_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), info=BY
    )
    decided_name: Mapped[str | None] = mapped_column(String(200), info=BY)


class Promotion(Identified, Timestamped, Base):
    """Days on which stays, or other sources, bring more points. The days are those of departure."""

    __tablename__ = "loyalty_promotions"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="dates"),
        CheckConstraint("bonus >= 0", name="bonus"),
    )

    code: Mapped[str] = mapped_column(String(30), unique=True, info=TECHNICAL())
    name: Mapped[str] = mapped_column(String(100), info=TECHNICAL())
    starts_on: Mapped[date] = mapped_column(info=TECHNICAL())
    ends_on: Mapped[date] = mapped_column(info=TECHNICAL())
    multiplier: Mapped[Decimal] = mapped_column(Money, default=Decimal(1), info=TECHNICAL())
    bonus: Mapped[int] = mapped_column(default=0, info=TECHNICAL())
    sources: Mapped[list[str]] = mapped_column(Json, default=list, info=TECHNICAL())
    tiers: Mapped[list[str]] = mapped_column(Json, default=list, info=TECHNICAL())
    """Tiers that it is for; empty for all."""
    retired: Mapped[bool] = mapped_column(default=False, info=TECHNICAL())
    version: Mapped[int] = mapped_column(default=1, info=TECHNICAL())

    __mapper_args__ = {"version_id_col": version}


class Notice(Identified, CustomerOwned, Base):
    """What a guest is to be told: points that end, a level reached. Written once an occasion.

    kind: `points_expiring`, `tier_upgrade`, `tier_downgrade`, `vip_upgrade`, `vip_downgrade`,
    `welcome`. `facts` are numbers, dates and codes only. state: `waiting`, `told`, `dropped`.
    """

    __tablename__ = "guest_notices"
    __table_args__ = (
        UniqueConstraint("customer_id", "kind", "occasion"),
        Index("ix_guest_notices_waiting", "created_at", **_when("state = 'waiting'")),
    )
    owned = Owned(merge="move", export="notices", erase="delete")

    kind: Mapped[str] = mapped_column(String(30), info=GUEST_ROW())
    occasion: Mapped[str] = mapped_column(String(60), info=GUEST_ROW())
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, info=GUEST_ROW())
    state: Mapped[str] = mapped_column(String(10), default="waiting", info=GUEST_ROW())
    created_at: Mapped[datetime] = mapped_column(Instant, default=now, info=GUEST_ROW())
    settled_at: Mapped[datetime | None] = mapped_column(Instant, info=GUEST_ROW())
    settled_name: Mapped[str | None] = mapped_column(String(200), info=BY)


class NumberCounter(Base):
    """The last serial given out to a membership number; one row."""

    __tablename__ = "loyalty_numbers"

    id: Mapped[int] = mapped_column(
        SmallInteger, primary_key=True, autoincrement=False, info=TECHNICAL()
    )
    last: Mapped[int] = mapped_column(info=TECHNICAL())
