"""What an import changed on guests who were on file before, so that it can be taken back."""

import uuid

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.core.datamap import GUEST_ROW, TECHNICAL
from app.core.models import Base, CustomerOwned, Identified, Owned


class ImportedChange(Identified, CustomerOwned, Base):
    """One guest changed by one import: the values before, sealed, and the version that it made."""

    __tablename__ = "imported_changes"
    owned = Owned(merge="keep", export="", erase="delete")

    batch_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("import_batches.id", ondelete="CASCADE"), index=True, info=TECHNICAL()
    )
    version: Mapped[int] = mapped_column(info=TECHNICAL())
    before: Mapped[bytes] = mapped_column(
        LargeBinary,
        info=GUEST_ROW.but(
            sensitive=True, see="nobody", export=False, why="old values, only to take them back"
        ),
    )
