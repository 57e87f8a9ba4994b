"""The companies that guests travel for, and who speaks for them."""

import uuid
from decimal import Decimal

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.core.datamap import COMPANY, TECHNICAL
from app.core.models import Base, Identified, Timestamped
from app.core.text import fold
from app.core.types import Money

CREDIT = COMPANY.but(see="guests.credit")
SORT_LENGTH = 80


class Company(Identified, Timestamped, Base):
    """A business that sends guests: address for bills, terms and balance."""

    __tablename__ = "companies"

    name: Mapped[str] = mapped_column(String(200), index=True, info=COMPANY())
    sort_name: Mapped[str] = mapped_column(String(SORT_LENGTH), index=True, info=COMPANY())
    status: Mapped[str] = mapped_column(String(10), default="active", info=COMPANY())
    company_type: Mapped[str] = mapped_column(String(20), default="corporate", info=COMPANY())
    tax_id: Mapped[str | None] = mapped_column(String(50), info=COMPANY())
    email: Mapped[str | None] = mapped_column(String(200), info=COMPANY())
    phone: Mapped[str | None] = mapped_column(String(20), info=COMPANY())
    website: Mapped[str | None] = mapped_column(String(200), info=COMPANY())
    address: Mapped[str | None] = mapped_column(Text, info=COMPANY())
    city: Mapped[str | None] = mapped_column(String(100), info=COMPANY())
    country: Mapped[str | None] = mapped_column(String(2), info=COMPANY())
    rate_code: Mapped[str | None] = mapped_column(String(50), info=COMPANY())
    credit_limit: Mapped[Decimal | None] = mapped_column(Money, info=CREDIT)
    current_balance: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), info=CREDIT)
    payment_terms: Mapped[str | None] = mapped_column(String(50), info=CREDIT)
    notes: Mapped[str | None] = mapped_column(Text, info=COMPANY())
    version: Mapped[int] = mapped_column(default=1, info=TECHNICAL())

    __mapper_args__ = {"version_id_col": version}

    contacts: Mapped[list["Contact"]] = relationship(
        back_populates="company", order_by="Contact.is_primary.desc(), Contact.name",
        cascade="all, delete-orphan", passive_deletes=True,
    )  # fmt: skip

    @validates("name")
    def _sort_along(self, _key: str, name: str) -> str:
        self.sort_name = fold(name)[:SORT_LENGTH]
        return name


class Contact(Identified, Timestamped, Base):
    """Somebody at the company who books, pays or answers for it."""

    __tablename__ = "company_contacts"

    company_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("companies.id", ondelete="CASCADE"), index=True, info=TECHNICAL()
    )
    name: Mapped[str] = mapped_column(String(200), info=COMPANY())
    job_title: Mapped[str | None] = mapped_column(String(100), info=COMPANY())
    email: Mapped[str | None] = mapped_column(String(200), info=COMPANY())
    phone: Mapped[str | None] = mapped_column(String(20), info=COMPANY())
    is_primary: Mapped[bool] = mapped_column(default=False, info=COMPANY())
    notes: Mapped[str | None] = mapped_column(Text, info=COMPANY())

    company: Mapped[Company] = relationship(back_populates="contacts")
