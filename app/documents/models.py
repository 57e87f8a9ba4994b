"""A guest's documents (section 2.3), and the rules for how long their images are kept.

The row says what the paper says; the file lies sealed in the store under a random name, and its
key in the key store. When the image goes, what was verified, by whom and when stays.
"""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.crypto import Sealed
from app.core.datamap import GUEST_ROW, INDEX, STAFF, TECHNICAL
from app.core.models import Base, CustomerOwned, Identified, Owned, Timestamped
from app.core.types import Instant, Json

PAPER = GUEST_ROW.but(see="documents.read")
SECRET_ROW = GUEST_ROW.but(see="documents.read", sensitive=True)
FILE = GUEST_ROW.but(
    see="documents.read", export=False, why="where the sealed file lies; the file is exported"
)
BY = STAFF.but(see="documents.read")


class Document(Identified, CustomerOwned, Base):
    """One document of one guest; at most one file with its thumbnail."""

    __tablename__ = "customer_documents"
    __table_args__ = (
        Index("ix_customer_documents_customer_id_uploaded_at", "customer_id", "uploaded_at"),
        Index("ix_customer_documents_status_expiry_date", "status", "expiry_date"),
    )
    owned = Owned(merge="move", export="documents", erase="delete")

    document_type: Mapped[str] = mapped_column(String(50), index=True, info=PAPER)
    number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=SECRET_ROW)
    document_number = Sealed("number_sealed", subject="customer_id")
    number_digest: Mapped[bytes | None] = mapped_column(
        LargeBinary(16), index=True, info=INDEX.but(erase="delete")
    )
    document_name: Mapped[str | None] = mapped_column(String(200), info=PAPER)
    issue_date: Mapped[date | None] = mapped_column(Date, info=PAPER)
    expiry_date: Mapped[date | None] = mapped_column(Date, info=PAPER)
    issuing_authority: Mapped[str | None] = mapped_column(String(200), info=PAPER)
    issuing_country: Mapped[str | None] = mapped_column(String(2), info=PAPER)

    file_name: Mapped[str | None] = mapped_column(String(64), unique=True, info=FILE)
    thumbnail_name: Mapped[str | None] = mapped_column(String(64), unique=True, info=FILE)
    file_key_id: Mapped[uuid.UUID | None] = mapped_column(unique=True, info=FILE)
    """The key of file and thumbnail in the key store; the API calls it `encryption_key_id`."""
    file_size: Mapped[int | None] = mapped_column(info=PAPER)
    file_type: Mapped[str | None] = mapped_column(String(50), info=PAPER)
    pages: Mapped[int | None] = mapped_column(SmallInteger, info=PAPER)
    file_removed_at: Mapped[datetime | None] = mapped_column(Instant, info=PAPER)
    file_removed_why: Mapped[str | None] = mapped_column(String(30), info=PAPER)

    is_verified: Mapped[bool] = mapped_column(default=False, info=PAPER)
    verified_at: Mapped[datetime | None] = mapped_column(Instant, info=PAPER)
    verified_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), info=BY
    )
    verified_name: Mapped[str | None] = mapped_column(String(200), info=BY)
    verification_notes: Mapped[str | None] = mapped_column(Text, info=PAPER)

    status: Mapped[str] = mapped_column(String(20), default="active", info=PAPER)
    uploaded_at: Mapped[datetime] = mapped_column(Instant, default=now, info=PAPER)
    uploaded_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), info=BY
    )
    uploaded_name: Mapped[str] = mapped_column(String(200), info=BY)
    last_accessed: Mapped[datetime | None] = mapped_column(Instant, info=PAPER)
    access_count: Mapped[int] = mapped_column(default=0, info=PAPER)

    retention_date: Mapped[date | None] = mapped_column(Date, index=True, info=PAPER)
    """From this day on the image may go, as far as is known; None without one."""
    deletion_scheduled: Mapped[bool] = mapped_column(default=False, info=PAPER)
    version: Mapped[int] = mapped_column(default=1, info=TECHNICAL())

    __mapper_args__ = {"version_id_col": version}

    @property
    def has_file(self) -> bool:
        """True while its picture or PDF is kept."""
        return self.file_key_id is not None

    def status_on(self, day: date) -> str:
        """How the document stands on a day, whether or not the daily run has noted it."""
        if self.status == "archived":
            return "archived"
        return "expired" if self.expiry_date and self.expiry_date < day else "active"


class ImageRule(Identified, Timestamped, Base):
    """How long images of one kind of paper from one country are kept; '' stands for any."""

    __tablename__ = "document_image_rules"
    __table_args__ = (UniqueConstraint("country", "document_type"),)

    country: Mapped[str] = mapped_column(String(2), default="", info=TECHNICAL())
    document_type: Mapped[str] = mapped_column(String(50), default="", info=TECHNICAL())
    rule: Mapped[str] = mapped_column(String(20), info=TECHNICAL())
    days: Mapped[int | None] = mapped_column(SmallInteger, info=TECHNICAL())
    source: Mapped[str] = mapped_column(String(200), default="", info=TECHNICAL())
    """Why: the law or the house's decision that asks for it."""
    set_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), info=BY
    )


class RetentionRun(Identified, Base):
    """What one run of retention did: how many images went, and what could not be removed."""

    __tablename__ = "document_retention_runs"

    ran_at: Mapped[datetime] = mapped_column(Instant, default=now, index=True, info=TECHNICAL())
    finished_at: Mapped[datetime | None] = mapped_column(Instant, info=TECHNICAL())
    """None while it goes on, and for one that was cut off."""
    due: Mapped[int] = mapped_column(default=0, info=TECHNICAL())
    removed: Mapped[int] = mapped_column(default=0, info=TECHNICAL())
    failed: Mapped[int] = mapped_column(default=0, info=TECHNICAL())
    expired: Mapped[int] = mapped_column(default=0, info=TECHNICAL())
    strays: Mapped[int] = mapped_column(default=0, info=TECHNICAL())
    """Objects and keys without a document, left by what was cut off, that were swept away."""
    lost: Mapped[list[str]] = mapped_column(Json, default=list, info=TECHNICAL())
    """Ids of documents whose file is not in the store, or has no key; nothing mends them."""
    trouble: Mapped[str | None] = mapped_column(String(200), info=TECHNICAL())
    """What did not go as it should, without anybody's data."""
