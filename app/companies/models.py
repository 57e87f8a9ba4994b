"""The companies that guests travel for."""

from decimal import Decimal

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.datamap import COMPANY
from app.core.models import Base, Identified, Timestamped
from app.core.types import Money


class Company(Identified, Timestamped, Base):
    """A business that sends guests: address for bills, terms and balance."""

    __tablename__ = "companies"

    name: Mapped[str] = mapped_column(String(200), index=True, info=COMPANY())
    company_type: Mapped[str] = mapped_column(String(20), default="corporate", info=COMPANY())
    tax_id: Mapped[str | None] = mapped_column(String(50), info=COMPANY())
    email: Mapped[str | None] = mapped_column(String(200), info=COMPANY())
    phone: Mapped[str | None] = mapped_column(String(20), info=COMPANY())
    website: Mapped[str | None] = mapped_column(String(200), info=COMPANY())
    address: Mapped[str | None] = mapped_column(Text, info=COMPANY())
    city: Mapped[str | None] = mapped_column(String(100), info=COMPANY())
    country: Mapped[str | None] = mapped_column(String(2), info=COMPANY())
    rate_code: Mapped[str | None] = mapped_column(String(50), info=COMPANY())
    credit_limit: Mapped[Decimal | None] = mapped_column(Money, info=COMPANY())
    current_balance: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), info=COMPANY())
    payment_terms: Mapped[str | None] = mapped_column(String(50), info=COMPANY())
