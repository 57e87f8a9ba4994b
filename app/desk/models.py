"""What came of a guest's wishes during a stay: one row for each task that somebody ticked."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.datamap import GUEST_ROW, INTERNAL, STAFF
from app.core.models import Base, CustomerOwned, Identified, Owned
from app.core.types import Instant


class Tick(Identified, CustomerOwned, Base):
    """The state of one task of one booking: `done`, `not_possible` with a reason, `declined`.

    Tasks follow from preferences and requests and are not stored; `key` names one, such as
    `pillow_type:firm`, and `task` keeps its words of then. A tick that was taken back stays as
    `open`, so that whoever did not see that yet is told who was first.
    """

    __tablename__ = "desk_ticks"
    __table_args__ = (
        UniqueConstraint("booking_id", "key"),
        Index("ix_desk_ticks_changes", "changed_at"),
    )
    owned = Owned(merge="move", export="desk_ticks", erase="delete")

    booking_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("bookings.id", ondelete="CASCADE"), info=GUEST_ROW()
    )
    key: Mapped[str] = mapped_column(String(260), info=GUEST_ROW())
    task: Mapped[str] = mapped_column(String(300), info=GUEST_ROW())
    department: Mapped[str] = mapped_column(String(20), info=GUEST_ROW())
    state: Mapped[str] = mapped_column(String(12), info=GUEST_ROW())
    reason: Mapped[str | None] = mapped_column(Text, info=INTERNAL.but(erase="delete"))
    changed_at: Mapped[datetime] = mapped_column(Instant, default=now, info=GUEST_ROW())
    changed_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), info=STAFF()
    )
    changed_name: Mapped[str] = mapped_column(String(200), info=STAFF.but(see="guests.read"))
