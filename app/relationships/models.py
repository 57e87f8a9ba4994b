"""Relationships: one row for each side, with the rights that this side gives to the other."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import now
from app.core.datamap import GUEST_ROW, INTERNAL, STAFF, TECHNICAL
from app.core.models import Base, CustomerOwned, Identified, Owned
from app.core.types import Instant
from app.customers.models import Customer


class Relationship(Identified, CustomerOwned, Base):
    """What somebody is to the guest (section 2.4): `related` is the guest's `relationship_type`.

    The other side has a row of its own with the inverse type and rights of its own (ruling 9);
    who is no customer has a `related_name` and no other side. Rights are given by `customer_id`:
    the related guest may book for this one, sees this one's preferences, shares its benefits.
    """

    __tablename__ = "customer_relationships"
    __table_args__ = (
        UniqueConstraint("customer_id", "related_customer_id", "relationship_type"),
        Index(
            "ix_customer_relationships_named", "customer_id", "related_name", "relationship_type",
            unique=True,
        ),
        CheckConstraint("related_customer_id <> customer_id", name="two_people"),
        CheckConstraint(
            "(related_customer_id IS NULL) <> (related_name IS NULL)", name="one_of_two"
        ),
    )  # fmt: skip
    owned = Owned(
        merge="move", export="relationships", erase="delete", others=("related_customer_id",)
    )

    related_customer_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("customers.id", ondelete="CASCADE"), index=True, info=GUEST_ROW()
    )
    related_name: Mapped[str | None] = mapped_column(String(200), info=GUEST_ROW())
    relationship_type: Mapped[str] = mapped_column(String(50), info=GUEST_ROW())
    is_primary: Mapped[bool] = mapped_column(default=False, info=GUEST_ROW())
    can_make_bookings: Mapped[bool] = mapped_column(default=False, info=GUEST_ROW())
    share_preferences: Mapped[bool] = mapped_column(default=False, info=GUEST_ROW())
    share_loyalty_benefits: Mapped[bool] = mapped_column(default=False, info=GUEST_ROW())
    same_room_preference: Mapped[bool] = mapped_column(default=False, info=GUEST_ROW())
    adjacent_room_preference: Mapped[bool] = mapped_column(default=False, info=GUEST_ROW())
    notes: Mapped[str | None] = mapped_column(Text, info=INTERNAL.but(erase="delete"))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now, info=TECHNICAL())
    created_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), info=STAFF.but(see="guests.read")
    )

    related: Mapped[Customer | None] = relationship(foreign_keys="Relationship.related_customer_id")
