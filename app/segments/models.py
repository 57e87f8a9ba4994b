"""The computed segments of a guest (section 4.1, ruling 8): one row, a column for each question;
and how many guests each segment had when all were counted last.
"""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.datamap import FIGURE, GUEST_ROW, TECHNICAL
from app.core.models import Base, CustomerOwned, Owned
from app.core.types import Instant, Json


class GuestSegments(CustomerOwned, Base):
    """What the figures say of a guest. NULL where a question has no answer, as recency has for who
    never stayed; the three that are true or false are indexed where they are true.
    """

    __tablename__ = "guest_segments"
    __table_args__ = (
        *(
            Index(f"ix_guest_segments_{name}", name, "customer_id")
            for name in ("value", "frequency", "recency", "purpose", "loyalty")
        ),
        *(
            Index(
                f"ix_guest_segments_{name}", "customer_id", sqlite_where=text(name),
                postgresql_where=text(name),
            )
            for name in ("long_stay", "risky", "requires_attention")
        ),
    )  # fmt: skip
    owned = Owned(merge="keep", export="segments", erase="delete")

    customer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True, info=GUEST_ROW()
    )
    value: Mapped[str] = mapped_column(String(20), info=FIGURE())
    frequency: Mapped[str] = mapped_column(String(20), info=FIGURE())
    recency: Mapped[str | None] = mapped_column(String(20), info=FIGURE())
    purpose: Mapped[str | None] = mapped_column(String(60), info=FIGURE())
    long_stay: Mapped[bool] = mapped_column(default=False, info=FIGURE())
    risky: Mapped[bool] = mapped_column(default=False, info=FIGURE())
    requires_attention: Mapped[bool] = mapped_column(default=False, info=FIGURE())
    loyalty: Mapped[str | None] = mapped_column(String(30), info=FIGURE())
    computed_on: Mapped[date] = mapped_column(info=TECHNICAL())
    """The property's day that recency was counted from when the row last changed."""


class SegmentCount(Base):
    """What the last count of the whole base found: the one row of its table, numbered 1."""

    __tablename__ = "segment_counts"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, info=TECHNICAL())
    counted_on: Mapped[date] = mapped_column(info=TECHNICAL())
    """The property's day that recency was counted from."""
    counted_at: Mapped[datetime] = mapped_column(Instant, info=TECHNICAL())
    rules: Mapped[dict[str, Any]] = mapped_column(Json, info=TECHNICAL())
    """The thresholds that it was counted by."""
    figures: Mapped[dict[str, Any]] = mapped_column(Json, info=TECHNICAL())
