"""What tables share: identity, timestamps, and belonging to a guest."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.core.clock import now
from app.core.datamap import GUEST_ROW, TECHNICAL
from app.core.types import Instant, new_id
from app.extensions import Base

__all__ = ["Base", "CustomerOwned", "Identified", "Owned", "Timestamped", "owned_classes"]


class Identified:
    """A UUIDv7 primary key, set as soon as the object is made."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id, info=TECHNICAL())

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"id": new_id()} | values)  # first, since sealing needs it


class Timestamped:
    """When the row was made and last changed."""

    created_at: Mapped[datetime] = mapped_column(Instant, default=now, info=TECHNICAL())
    updated_at: Mapped[datetime] = mapped_column(
        Instant, default=now, onupdate=now, info=TECHNICAL()
    )


@dataclass(frozen=True)
class Owned:
    """What happens to a guest's rows of one table.

    merge: `move` them to the survivor, or `keep` them with the merged profile. export: the
    heading under which an export lists them, "" for not at all. erase: `delete` the rows,
    `clear` their personal columns, or `retain` them. ground: the legal ground for retaining.
    others: further columns that point at guests, such as a companion's.
    """

    merge: Literal["move", "keep"]
    export: str
    erase: Literal["delete", "clear", "retain"]
    ground: str = ""
    others: tuple[str, ...] = ()


class CustomerOwned:
    """A table whose rows belong to one guest; each class says in `owned` what that means."""

    owned: ClassVar[Owned]

    @declared_attr
    def customer_id(cls) -> Mapped[uuid.UUID]:
        return mapped_column(
            ForeignKey("customers.id", ondelete="CASCADE"), index=True, info=GUEST_ROW()
        )


def owned_classes() -> list[type[CustomerOwned]]:
    """Every mapped class whose rows belong to a guest, by table name."""
    classes = [m.class_ for m in Base.registry.mappers if issubclass(m.class_, CustomerOwned)]
    return sorted(classes, key=lambda c: str(c.__tablename__))  # type: ignore[attr-defined]
