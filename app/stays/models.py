"""Bookings as their sources tell of them, the people on them, and the stays they became."""

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
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import now
from app.core.datamap import FIGURE, GUEST_ROW, INTERNAL, STAFF, STATE, TECHNICAL
from app.core.models import Base, CustomerOwned, Identified, Owned, Timestamped
from app.core.types import Instant, Json, Money
from app.customers.models import Customer

OWN_SOURCE = "guestbook"
"""The source of bookings that staff make here."""

STAYING = ("confirmed", "checked_in")
OUTCOME = STATE.but(erase="keep", why="statistics, unlinked")
SAID = INTERNAL.but(erase="clear")


class Booking(Identified, CustomerOwned, Timestamped, Base):
    """A booking, by whatever engine it came; `source` and `reference` name it there (ruling 2).

    `customer_id` is who stays and answers for the room; `booked_by_id` who booked for that guest.
    `told_at` is when the source last changed it, by its own clock: older news is passed over.
    `override_*` say who let a blacklisted or warned guest in, and why.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        UniqueConstraint("source", "reference"),
        CheckConstraint("check_out_date >= check_in_date", name="dates"),
        Index("ix_bookings_arrivals", "check_in_date", "status"),
        Index("ix_bookings_departures", "check_out_date", "status"),
        Index(
            "ix_bookings_in_house", "room_number", unique=True,
            sqlite_where=text("status = 'checked_in'"),
            postgresql_where=text("status = 'checked_in'"),
        ),
    )  # fmt: skip
    owned = Owned(merge="move", export="bookings", erase="clear", others=("booked_by_id",))

    source: Mapped[str] = mapped_column(String(50), default=OWN_SOURCE, info=STATE())
    reference: Mapped[str] = mapped_column(String(60), info=GUEST_ROW.but(erase="clear"))
    channel: Mapped[str | None] = mapped_column(String(50), info=OUTCOME)
    company_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("companies.id", ondelete="SET NULL"), index=True, info=STATE()
    )
    booked_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("customers.id", ondelete="SET NULL"), index=True, info=GUEST_ROW()
    )
    status: Mapped[str] = mapped_column(String(12), default="confirmed", info=OUTCOME)
    check_in_date: Mapped[date] = mapped_column(info=FIGURE())
    check_out_date: Mapped[date] = mapped_column(info=FIGURE())
    room_type: Mapped[str | None] = mapped_column(String(100), info=FIGURE())
    room_number: Mapped[str | None] = mapped_column(String(20), info=FIGURE())
    rate_type: Mapped[str | None] = mapped_column(String(50), info=FIGURE())
    room_rate: Mapped[Decimal | None] = mapped_column(Money, info=FIGURE())
    total_amount: Mapped[Decimal | None] = mapped_column(Money, info=FIGURE())
    adults: Mapped[int] = mapped_column(SmallInteger, default=1, info=FIGURE())
    children: Mapped[int] = mapped_column(SmallInteger, default=0, info=FIGURE())
    purpose_of_visit: Mapped[str | None] = mapped_column(String(50), info=FIGURE())
    special_requests: Mapped[list[str]] = mapped_column(
        Json, default=list, info=GUEST_ROW.but(erase="clear")
    )
    notes: Mapped[str | None] = mapped_column(Text, info=SAID)
    told_at: Mapped[datetime | None] = mapped_column(Instant, info=TECHNICAL())
    checked_in_at: Mapped[datetime | None] = mapped_column(Instant, info=FIGURE())
    checked_out_at: Mapped[datetime | None] = mapped_column(Instant, info=FIGURE())
    ended_at: Mapped[datetime | None] = mapped_column(Instant, info=FIGURE())
    end_reason: Mapped[str | None] = mapped_column(Text, info=SAID)
    override_reason: Mapped[str | None] = mapped_column(Text, info=SAID)
    override_at: Mapped[datetime | None] = mapped_column(Instant, info=STATE())
    override_name: Mapped[str | None] = mapped_column(
        String(200), info=STAFF.but(see="guests.notes")
    )
    batch_id: Mapped[uuid.UUID | None] = mapped_column(index=True, info=STATE())
    version: Mapped[int] = mapped_column(default=1, info=STATE())

    __mapper_args__ = {"version_id_col": version}

    customer: Mapped[Customer] = relationship(foreign_keys="Booking.customer_id")
    companions: Mapped[list["Companion"]] = relationship(
        back_populates="booking", order_by="Companion.id", cascade="all, delete-orphan",
        passive_deletes=True,
    )  # fmt: skip

    @property
    def nights(self) -> int:
        """Calendar nights; a day room has none."""
        return (self.check_out_date - self.check_in_date).days


class Companion(Identified, CustomerOwned, Base):
    """Somebody else on a booking: a guest with a profile, or a name (ruling 9).

    The row belongs to the booking's guest; `companion_id` points at the other one's profile.
    """

    __tablename__ = "booking_companions"
    __table_args__ = (UniqueConstraint("booking_id", "companion_id"),)
    owned = Owned(merge="move", export="companions", erase="delete", others=("companion_id",))

    booking_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("bookings.id", ondelete="CASCADE"), info=TECHNICAL()
    )
    companion_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("customers.id", ondelete="CASCADE"), index=True, info=GUEST_ROW()
    )
    name: Mapped[str] = mapped_column(String(200), info=GUEST_ROW())

    booking: Mapped[Booking] = relationship(back_populates="companions")


class Stay(Identified, CustomerOwned, Base):
    """A stay that is over (section 2.5), made at check-out or imported from another system.

    complaints and compliments: [{"text", "resolved", "resolution", "resolved_by", "resolved_on"}]
    and [{"text"}].
    special_requests_fulfilled: [{"request", "fulfilled", "reason"}]. preferences_during_stay:
    [{"task", "department", "outcome", "reason"}], what the desk's tasks came to.
    compensation_provided: [{"what", "value"}].
    """

    __tablename__ = "customer_stay_history"
    __table_args__ = (
        CheckConstraint("check_out_date >= check_in_date", name="dates"),
        CheckConstraint("satisfaction_score BETWEEN 1 AND 10", name="satisfaction"),
        UniqueConstraint("booking_id"),
        Index(
            "ix_customer_stay_history_source", "source_system", "external_id", unique=True,
            sqlite_where=text("external_id IS NOT NULL"),
            postgresql_where=text("external_id IS NOT NULL"),
        ),
        Index(
            "ix_customer_stay_history_batch", "batch_id",
            sqlite_where=text("batch_id IS NOT NULL"),
            postgresql_where=text("batch_id IS NOT NULL"),
        ),
        Index("ix_customer_stay_history_latest", "customer_id", "check_in_date", "id"),
        Index(
            "ix_customer_stay_history_open", "customer_id",
            sqlite_where=text("has_open_complaint"), postgresql_where=text("has_open_complaint"),
        ),
    )  # fmt: skip
    owned = Owned(merge="move", export="stays", erase="clear")

    booking_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("bookings.id", ondelete="SET NULL"), info=TECHNICAL()
    )
    company_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("companies.id", ondelete="SET NULL"), index=True, info=STATE()
    )
    check_in_date: Mapped[date] = mapped_column(info=FIGURE())
    check_out_date: Mapped[date] = mapped_column(info=FIGURE())
    nights: Mapped[int] = mapped_column(info=FIGURE())
    room_type: Mapped[str | None] = mapped_column(String(100), info=FIGURE())
    room_number: Mapped[str | None] = mapped_column(String(20), info=FIGURE())
    rate_type: Mapped[str | None] = mapped_column(String(50), info=FIGURE())
    room_rate: Mapped[Decimal | None] = mapped_column(Money, info=FIGURE())
    total_room_charge: Mapped[Decimal | None] = mapped_column(Money, info=FIGURE())
    total_extras: Mapped[Decimal | None] = mapped_column(Money, info=FIGURE())
    total_amount: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), info=FIGURE())
    purpose_of_visit: Mapped[str | None] = mapped_column(String(50), info=FIGURE())
    satisfaction_score: Mapped[int | None] = mapped_column(SmallInteger, info=FIGURE())
    would_recommend: Mapped[bool | None] = mapped_column(info=FIGURE())
    would_return: Mapped[bool | None] = mapped_column(info=FIGURE())
    preferences_during_stay: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=SAID)
    special_requests_fulfilled: Mapped[list[dict[str, Any]] | None] = mapped_column(
        Json, info=GUEST_ROW.but(erase="clear")
    )
    complaints: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=SAID)
    compliments: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=SAID)
    issues_reported: Mapped[list[str] | None] = mapped_column(Json, info=SAID)
    compensation_provided: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=SAID)
    minibar_consumption: Mapped[list[str] | None] = mapped_column(
        Json, info=GUEST_ROW.but(erase="clear")
    )
    services_used: Mapped[list[str] | None] = mapped_column(Json, info=GUEST_ROW.but(erase="clear"))
    staff_notes: Mapped[str | None] = mapped_column(Text, info=SAID)
    memorable_experiences: Mapped[str | None] = mapped_column(Text, info=SAID)
    has_open_complaint: Mapped[bool] = mapped_column(default=False, info=OUTCOME)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now, info=TECHNICAL())
    source_system: Mapped[str | None] = mapped_column(String(50), info=STATE())
    external_id: Mapped[str | None] = mapped_column(String(100), info=GUEST_ROW.but(erase="clear"))
    batch_id: Mapped[uuid.UUID | None] = mapped_column(info=STATE())
    version: Mapped[int] = mapped_column(default=1, info=STATE())

    __mapper_args__ = {"version_id_col": version}

    booking: Mapped[Booking | None] = relationship()
