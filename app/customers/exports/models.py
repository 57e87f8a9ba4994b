"""A file that somebody asked for: what is in it, whose it is, and until when it is kept."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.datamap import STAFF, TECHNICAL, Fact
from app.core.models import Base, Identified
from app.core.types import Instant, Json

ASKED = Fact("staff", see="nobody", sensitive=True, why="a search may name a guest; 3 days")


class Export(Identified, Base):
    """One export that runs, or ran, in the background. Gone with its file after 72 hours."""

    __tablename__ = "guest_exports"

    made_by: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True, info=STAFF()
    )
    made_at: Mapped[datetime] = mapped_column(Instant, default=now, info=TECHNICAL())
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True, info=TECHNICAL())
    format: Mapped[str] = mapped_column(String(4), info=TECHNICAL())
    scope: Mapped[str] = mapped_column(String(4), info=TECHNICAL())
    language: Mapped[str] = mapped_column(String(10), info=TECHNICAL())
    filters: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, info=ASKED())
    total: Mapped[int] = mapped_column(info=TECHNICAL())
    job_id: Mapped[uuid.UUID | None] = mapped_column(info=TECHNICAL())
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant, info=TECHNICAL())
    finished_at: Mapped[datetime | None] = mapped_column(Instant, info=TECHNICAL())
    file: Mapped[str | None] = mapped_column(String(80), info=TECHNICAL())
    size: Mapped[int | None] = mapped_column(BigInteger, info=TECHNICAL())
