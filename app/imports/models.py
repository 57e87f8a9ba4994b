"""A file on its way in: the batch, what was wrong with its rows, and saved ways to read one."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.datamap import STAFF, TECHNICAL
from app.core.models import Base, Identified
from app.core.types import Instant, Json

READING = ("checking", "running")
BUSY = (*READING, "undoing")
OURS = TECHNICAL.but(see="guests.import")


class ImportBatch(Identified, Base):
    """One file. `state` says where it stands; the file itself lies sealed beside the database.

    shape: how it is read (`tabular.Shape`). mapping: column number to field. position: number of
    the last row dealt with in the present stage; a worker that takes over goes on after it.
    checked and counts: figures of the dry run and of the import. since: where and when the
    present stage was begun, for the time left.
    """

    __tablename__ = "import_batches"

    target: Mapped[str] = mapped_column(String(40), info=OURS)
    filename: Mapped[str] = mapped_column(String(200), info=STAFF.but(see="guests.import"))
    stored: Mapped[bool] = mapped_column(default=True, info=OURS)
    size: Mapped[int] = mapped_column(BigInteger, info=OURS)
    shape: Mapped[dict[str, Any]] = mapped_column(Json, info=OURS)
    mapping: Mapped[dict[str, str]] = mapped_column(Json, default=dict, info=OURS)
    options: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, info=OURS)
    state: Mapped[str] = mapped_column(String(12), default="mapping", index=True, info=OURS)
    position: Mapped[int] = mapped_column(default=0, info=OURS)
    total: Mapped[int | None] = mapped_column(info=OURS)
    since: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, info=OURS)
    checked: Mapped[dict[str, int]] = mapped_column(Json, default=dict, info=OURS)
    counts: Mapped[dict[str, int]] = mapped_column(Json, default=dict, info=OURS)
    fault: Mapped[str | None] = mapped_column(Text, info=OURS)
    stop_wanted: Mapped[bool] = mapped_column(default=False, info=OURS)
    job_id: Mapped[uuid.UUID | None] = mapped_column(info=OURS)
    language: Mapped[str] = mapped_column(String(10), info=OURS)
    by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), info=STAFF()
    )
    by_name: Mapped[str] = mapped_column(String(200), info=STAFF.but(see="guests.import"))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now, info=OURS)
    finished_at: Mapped[datetime | None] = mapped_column(Instant, info=OURS)

    @property
    def figures(self) -> dict[str, int]:
        """The counts of the present stage: of the dry run until the import begins."""
        return self.counts if self.state not in ("checking", "checked", "mapping") else self.checked


class ImportProblem(Base):
    """One thing to know of one row; names the field and the rule, never the value.

    kind: `refused` the row was not taken, `left_out` one value was not taken, `existing` the
    record is there already, `alike` it may be, `note` something was mended on the way.
    """

    __tablename__ = "import_problems"
    __table_args__ = (Index("ix_import_problems_kind", "batch_id", "kind", "row", "ordinal"),)

    batch_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("import_batches.id", ondelete="CASCADE"), primary_key=True, info=OURS
    )
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, info=OURS)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, info=OURS)
    kind: Mapped[str] = mapped_column(String(10), info=OURS)
    field: Mapped[str] = mapped_column(String(60), info=OURS)
    sentence: Mapped[str] = mapped_column(Text, info=OURS)


class ImportTemplate(Identified, Base):
    """A mapping with its choices, kept by name and found again by the columns' titles."""

    __tablename__ = "import_templates"
    __table_args__ = (UniqueConstraint("target", "name"),)

    target: Mapped[str] = mapped_column(String(40), info=OURS)
    name: Mapped[str] = mapped_column(String(100), info=OURS)
    mapping: Mapped[dict[str, str | None]] = mapped_column(Json, info=OURS)
    options: Mapped[dict[str, Any]] = mapped_column(Json, info=OURS)
    by_name: Mapped[str] = mapped_column(String(200), info=STAFF.but(see="guests.import"))
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now, info=OURS)
