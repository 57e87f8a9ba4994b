"""The guest, the marks that staff put on one, and the counter that codes come from."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    case,
    extract,
    literal,
    text,
)  # fmt: skip
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates
from sqlalchemy.sql.elements import ColumnElement

from app.core.clock import now, today, years_between
from app.core.datamap import FIGURE, GUEST_ROW, INTERNAL, STAFF, TECHNICAL
from app.core.models import Base, CustomerOwned, Identified, Owned, Timestamped
from app.core.types import Instant, Json, days_until
from app.customers.columns import (
    Address,
    Alerts,
    Contact,
    Figures,
    Identity,
    Marketing,
    Person,
    Record,
    Standing,
    Work,
    sort_name,
)

# The guest list walks these in its order, reading nothing else while only the usual filter is on.
SORTED_BY = (
    "sort_name", "created_at", "last_stay_date", "total_stays", "total_spent", "loyalty_points",
    "vip_status",
)  # fmt: skip
# And it counts over this one: every filter, and every order that fits.
FILTERED_BY = (
    "status", "is_blacklisted", "vip_status", "customer_type", "loyalty_tier", "customer_segment",
    "customer_source", "total_stays", "last_stay_date", "total_spent", "loyalty_points", "number",
)  # fmt: skip
USUAL = ("number", "status", "is_blacklisted")
LIST_INDEXES = (
    *(Index(f"ix_customers_by_{column}", column, *USUAL) for column in SORTED_BY),
    Index("ix_customers_by_number", "number", unique=True),
    Index("ix_customers_filters", *FILTERED_BY),
)


# Columns that most guests lack. Indexed with the gaps, statistics would say that each value has
# thousands of guests, and SQLite would read the whole table instead, even at each delete.
SPARSE = {
    "source": ("source_system", "external_id"), "batch_id": ("batch_id",),
    "merged_into": ("merged_into",), "company_id": ("company_id",),
    "vip_expiry": ("vip_status_expiry",),
    "id_number_digest": ("id_number_digest",),
    "secondary_id_number_digest": ("secondary_id_number_digest",),
}  # fmt: skip


def _sparse(name: str, *columns: str) -> Index:
    given = text(f"{columns[-1]} IS NOT NULL")
    return Index(f"ix_customers_{name}", *columns, sqlite_where=given, postgresql_where=given)


class Customer(
    Identified, Person, Contact, Address, Identity, Work, Standing, Figures, Marketing, Alerts,
    Record, Timestamped, Base,
):  # fmt: skip
    """A guest. Section 2.1 of the specification, in groups; see `columns.py`."""

    __tablename__ = "customers"
    __mapper_args__ = {"version_id_col": Record.version}
    __table_args__ = (
        CheckConstraint("warning_level BETWEEN 0 AND 5", name="warning_level"),
        CheckConstraint("profile_completeness BETWEEN 0 AND 100", name="completeness"),
        Index("ix_customers_date_of_birth", "date_of_birth"),
        Index("ix_customers_email", text("lower(email)")),
        Index("ix_customers_phone", "phone"),
        *LIST_INDEXES,
        *(_sparse(name, *columns) for name, columns in SPARSE.items()),
    )

    marks: Mapped[list["Mark"]] = relationship(
        back_populates="customer", order_by="Mark.placed_at.desc()", passive_deletes=True
    )

    @validates("full_name")
    def _sort_along(self, _key: str, full_name: str) -> str:
        self.sort_name = sort_name(full_name)  # here, so that no writer can forget it
        return full_name

    @hybrid_property
    def age(self) -> int | None:
        """Completed years today, on the property's calendar; never stored (ruling 1)."""
        return years_between(self.date_of_birth, today()) if self.date_of_birth else None

    @age.inplace.expression
    @classmethod
    def _age_expression(cls) -> ColumnElement[int]:
        born, day = cls.date_of_birth, today()
        month_day = extract("month", born) * 100 + extract("day", born)
        early = case((month_day > day.month * 100 + day.day, 1), else_=0)
        return day.year - extract("year", born) - early

    @hybrid_property
    def days_since_last_stay(self) -> int | None:
        """0 for who left today; None for who never stayed (ruling 14)."""
        return (today() - self.last_stay_date).days if self.last_stay_date else None

    @days_since_last_stay.inplace.expression
    @classmethod
    def _days_expression(cls) -> ColumnElement[int]:
        return days_until(cls.last_stay_date, literal(today(), Date))

    @hybrid_property
    def is_returning(self) -> bool:
        """True from the second stay on."""
        return self.total_stays > 1

    @property
    def called(self) -> str:
        """The name as the guest wants to be addressed."""
        return self.display_name or self.full_name


class Mark(Identified, CustomerOwned, Base):
    """A note, special attention, tag, warning or blacklisting: why, by whom, until when.

    `value` is the tag's word, `level` the warning's. A mark is active until it is lifted or its
    last day `expires_on` is over; lifted ones stay as history.
    """

    __tablename__ = "customer_marks"
    __table_args__ = (
        Index(
            "ix_customer_marks_tag", "value", "customer_id", "expires_on",
            sqlite_where=text("kind = 'tag' AND lifted_at IS NULL"),
            postgresql_where=text("kind = 'tag' AND lifted_at IS NULL"),
        ),
    )  # fmt: skip
    owned = Owned(merge="move", export="marks", erase="delete")

    kind: Mapped[str] = mapped_column(String(12), info=GUEST_ROW())
    value: Mapped[str | None] = mapped_column(String(50), info=GUEST_ROW())
    level: Mapped[int | None] = mapped_column(SmallInteger, info=GUEST_ROW())
    body: Mapped[str | None] = mapped_column(Text, info=INTERNAL.but(erase="delete"))
    reason: Mapped[str | None] = mapped_column(Text, info=INTERNAL.but(erase="delete"))
    placed_at: Mapped[datetime] = mapped_column(Instant, default=now, info=GUEST_ROW())
    placed_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), info=STAFF()
    )
    placed_name: Mapped[str] = mapped_column(String(200), info=STAFF.but(see="guests.notes"))
    expires_on: Mapped[date | None] = mapped_column(info=GUEST_ROW())
    lifted_at: Mapped[datetime | None] = mapped_column(Instant, info=GUEST_ROW())
    lifted_name: Mapped[str | None] = mapped_column(String(200), info=STAFF.but(see="guests.notes"))
    lift_reason: Mapped[str | None] = mapped_column(Text, info=INTERNAL.but(erase="delete"))

    customer: Mapped[Customer] = relationship(back_populates="marks")


class VipChange(Identified, CustomerOwned, Base):
    """A VIP level that a guest got or lost, and why (section 4.2, ruling 15).

    kind: `upgrade` and `downgrade` by figures, `granted` and `lifted` by hand, `lapsed` when what
    was granted ended. `figures`: {"total_spent", "total_stays", "loyalty_points", "met"} that it
    was judged by; `met` names the one that reached the level.
    """

    __tablename__ = "vip_changes"
    __table_args__ = (Index("ix_vip_changes_latest", "customer_id", "changed_at"),)
    owned = Owned(merge="move", export="vip_changes", erase="clear")

    kind: Mapped[str] = mapped_column(String(12), info=FIGURE())
    from_level: Mapped[str] = mapped_column(String(20), info=FIGURE())
    to_level: Mapped[str] = mapped_column(String(20), info=FIGURE())
    expires_on: Mapped[date | None] = mapped_column(info=FIGURE())
    figures: Mapped[dict[str, Any] | None] = mapped_column(Json, info=FIGURE())
    reason: Mapped[str | None] = mapped_column(Text, info=INTERNAL())
    changed_at: Mapped[datetime] = mapped_column(Instant, default=now, info=FIGURE())
    changed_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), info=STAFF()
    )
    changed_name: Mapped[str] = mapped_column(String(200), info=STAFF.but(see="guests.notes"))


class CodeCounter(Base):
    """The last serial given out in a year."""

    __tablename__ = "code_counters"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, info=TECHNICAL())
    last: Mapped[int] = mapped_column(info=TECHNICAL())
