"""The columns of a guest, in the groups in which staff read and edit them."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    LargeBinary,
    SmallInteger,
    String,
    Text,
)  # fmt: skip
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.core.crypto import Sealed
from app.core.datamap import FIGURE, GUEST, INDEX, INTERNAL, SECRET, STAFF, STATE
from app.core.text import fold
from app.core.types import Instant, Json, Money

SORT_LENGTH = 80
FIRST = -1
"""For `sort_order`: columns that lists read come first in the table. SQLite reads a row up to the
last column wanted, and sees that an index covers a query only within a table's first 63 columns.
"""


def sort_name(full_name: str) -> str:
    """What lists sort a name by: folded, so that Đỗ stands with D and ánh with Anh."""
    return fold(full_name)[:SORT_LENGTH]


def _sort_name_of_row(context: Any) -> str:
    return sort_name(context.get_current_parameters()["full_name"])


_FOLDED = String(SORT_LENGTH).with_variant(String(SORT_LENGTH, collation="C"), "postgresql")

MEDICAL = SECRET.but(see="guests.medical", why="health data, GDPR article 9")
CARE = GUEST.but(
    sensitive=True, see="guests.care", why="holds allergies, diets and needs beside other wishes"
)
CREDIT = GUEST.but(see="guests.credit")
BY = STAFF.but(see="guests.read")


class Person:
    """Who the guest is."""

    title: Mapped[str | None] = mapped_column(String(20), info=GUEST())
    first_name: Mapped[str | None] = mapped_column(String(100), info=GUEST())
    middle_name: Mapped[str | None] = mapped_column(String(100), info=GUEST())
    last_name: Mapped[str | None] = mapped_column(String(100), info=GUEST())
    full_name: Mapped[str] = mapped_column(String(200), info=GUEST(), sort_order=FIRST)
    sort_name: Mapped[str] = mapped_column(
        _FOLDED, default=_sort_name_of_row, info=INDEX(), sort_order=FIRST
    )
    display_name: Mapped[str | None] = mapped_column(String(200), info=GUEST())
    former_names: Mapped[list[str]] = mapped_column(Json, default=list, info=GUEST())
    date_of_birth: Mapped[date | None] = mapped_column(info=GUEST())
    gender: Mapped[str | None] = mapped_column(String(20), info=GUEST())
    nationality: Mapped[str | None] = mapped_column(String(100), info=GUEST())
    passport_country: Mapped[str | None] = mapped_column(String(100), info=GUEST())
    languages_spoken: Mapped[list[str]] = mapped_column(Json, default=list, info=GUEST())
    preferred_language: Mapped[str | None] = mapped_column(String(10), default="en", info=GUEST())


class Contact:
    """How to reach the guest, and whom to call in an emergency."""

    email: Mapped[str | None] = mapped_column(String(200), info=GUEST(), sort_order=FIRST)
    email_verified: Mapped[bool] = mapped_column(default=False, info=GUEST())
    alternative_email: Mapped[str | None] = mapped_column(String(200), info=GUEST())
    phone: Mapped[str | None] = mapped_column(String(20), info=GUEST(), sort_order=FIRST)
    phone_verified: Mapped[bool] = mapped_column(default=False, info=GUEST())
    alternative_phone: Mapped[str | None] = mapped_column(String(20), info=GUEST())
    whatsapp_number: Mapped[str | None] = mapped_column(String(20), info=GUEST())
    wechat_id: Mapped[str | None] = mapped_column(String(100), info=GUEST())
    facebook_profile: Mapped[str | None] = mapped_column(String(200), info=GUEST())
    instagram_handle: Mapped[str | None] = mapped_column(String(100), info=GUEST())
    twitter_handle: Mapped[str | None] = mapped_column(String(100), info=GUEST())
    linkedin_profile: Mapped[str | None] = mapped_column(String(200), info=GUEST())
    emergency_contact_name: Mapped[str | None] = mapped_column(String(200), info=GUEST())
    emergency_contact_phone: Mapped[str | None] = mapped_column(String(20), info=GUEST())
    emergency_contact_relationship: Mapped[str | None] = mapped_column(String(50), info=GUEST())


class Address:
    """Where the guest lives; `country` is an ISO 3166-1 alpha-2 code."""

    address_line1: Mapped[str | None] = mapped_column(String(200), info=GUEST())
    address_line2: Mapped[str | None] = mapped_column(String(200), info=GUEST())
    city: Mapped[str | None] = mapped_column(String(100), info=GUEST())
    state_province: Mapped[str | None] = mapped_column(String(100), info=GUEST())
    postal_code: Mapped[str | None] = mapped_column(String(20), info=GUEST())
    country: Mapped[str | None] = mapped_column(String(100), info=GUEST())


class Identity:
    """Identity papers. Numbers are sealed; their digests find the same paper again."""

    id_type: Mapped[str | None] = mapped_column(String(50), info=GUEST())
    id_number_sealed: Mapped[bytes | None] = mapped_column("id_number", LargeBinary, info=SECRET())
    id_number_digest: Mapped[bytes | None] = mapped_column(LargeBinary(16), info=INDEX())
    id_issue_date: Mapped[date | None] = mapped_column(info=GUEST())
    id_expiry_date: Mapped[date | None] = mapped_column(info=GUEST())
    id_issuing_country: Mapped[str | None] = mapped_column(String(100), info=GUEST())
    id_front_image: Mapped[str | None] = mapped_column(Text, info=SECRET())
    id_back_image: Mapped[str | None] = mapped_column(Text, info=SECRET())
    secondary_id_type: Mapped[str | None] = mapped_column(String(50), info=GUEST())
    secondary_id_number_sealed: Mapped[bytes | None] = mapped_column(
        "secondary_id_number", LargeBinary, info=SECRET()
    )
    secondary_id_number_digest: Mapped[bytes | None] = mapped_column(LargeBinary(16), info=INDEX())
    secondary_id_expiry: Mapped[date | None] = mapped_column(info=GUEST())

    id_number = Sealed("id_number_sealed")
    secondary_id_number = Sealed("secondary_id_number_sealed")


class Work:
    """The guest's company and how it is billed."""

    @declared_attr
    def company_id(cls) -> Mapped[uuid.UUID | None]:
        return mapped_column(ForeignKey("companies.id", ondelete="SET NULL"), info=GUEST())

    company_name: Mapped[str | None] = mapped_column(String(200), info=GUEST(), sort_order=FIRST)
    job_title: Mapped[str | None] = mapped_column(String(100), info=GUEST())
    department: Mapped[str | None] = mapped_column(String(100), info=GUEST())
    company_email: Mapped[str | None] = mapped_column(String(200), info=GUEST())
    company_phone: Mapped[str | None] = mapped_column(String(20), info=GUEST())
    tax_id_sealed: Mapped[bytes | None] = mapped_column("tax_id", LargeBinary, info=SECRET())
    tax_id_type: Mapped[str | None] = mapped_column(String(50), info=GUEST())
    billing_address: Mapped[str | None] = mapped_column(Text, info=GUEST())
    credit_limit: Mapped[Decimal | None] = mapped_column(Money, info=CREDIT)
    current_balance: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), info=CREDIT)
    payment_terms: Mapped[str | None] = mapped_column(String(50), info=CREDIT)
    default_payment_method: Mapped[str | None] = mapped_column(String(50), info=CREDIT)

    tax_id = Sealed("tax_id_sealed")


class Standing:
    """What the guest is to the house: category, origin, loyalty."""

    customer_type: Mapped[str] = mapped_column(
        String(20), default="individual", info=STATE(), sort_order=FIRST
    )
    vip_status: Mapped[str] = mapped_column(
        String(20), default="none", info=STATE(), sort_order=FIRST
    )
    vip_status_expiry: Mapped[date | None] = mapped_column(info=STATE())
    vip_source: Mapped[str | None] = mapped_column(String(10), info=STATE())
    """`hand` for a level that staff gave, `earned` for one that figures reached; None for none."""
    customer_segment: Mapped[str | None] = mapped_column(String(50), info=STATE(), sort_order=FIRST)
    customer_source: Mapped[str | None] = mapped_column(String(50), info=STATE(), sort_order=FIRST)
    referral_source: Mapped[str | None] = mapped_column(String(200), info=GUEST())
    acquisition_channel: Mapped[str | None] = mapped_column(String(100), info=STATE())
    acquisition_date: Mapped[date | None] = mapped_column(info=STATE())
    loyalty_member: Mapped[bool] = mapped_column(default=False, info=STATE(), sort_order=FIRST)
    loyalty_number: Mapped[str | None] = mapped_column(String(50), unique=True, info=GUEST())
    loyalty_tier: Mapped[str | None] = mapped_column(String(20), info=STATE(), sort_order=FIRST)
    loyalty_points: Mapped[int] = mapped_column(default=0, info=FIGURE(), sort_order=FIRST)
    lifetime_points: Mapped[int] = mapped_column(default=0, info=FIGURE())
    loyalty_join_date: Mapped[date | None] = mapped_column(info=FIGURE())
    loyalty_expiry_date: Mapped[date | None] = mapped_column(info=FIGURE())
    points_expiry_date: Mapped[date | None] = mapped_column(info=FIGURE())


class Figures:
    """Statistics: a cache of stays and bookings, rebuilt from them (ruling 3)."""

    first_stay_date: Mapped[date | None] = mapped_column(info=FIGURE())
    last_stay_date: Mapped[date | None] = mapped_column(info=FIGURE(), sort_order=FIRST)
    total_stays: Mapped[int] = mapped_column(default=0, info=FIGURE(), sort_order=FIRST)
    total_nights: Mapped[int] = mapped_column(default=0, info=FIGURE(), sort_order=FIRST)
    total_spent: Mapped[Decimal] = mapped_column(
        Money, default=Decimal(0), info=FIGURE(), sort_order=FIRST
    )
    average_spent_per_stay: Mapped[Decimal] = mapped_column(
        Money, default=Decimal(0), info=FIGURE()
    )
    average_stay_length: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), info=FIGURE())
    total_cancellations: Mapped[int] = mapped_column(default=0, info=FIGURE())
    no_show_count: Mapped[int] = mapped_column(default=0, info=FIGURE())
    preferences_summary: Mapped[dict[str, Any] | None] = mapped_column(Json, info=CARE)


class Marketing:
    """What the guest agreed to. Nothing here is ever raised by an import."""

    marketing_consent: Mapped[bool] = mapped_column(default=False, info=GUEST())
    marketing_consent_date: Mapped[datetime | None] = mapped_column(Instant, info=GUEST())
    email_opt_in: Mapped[bool] = mapped_column(default=False, info=GUEST())
    sms_opt_in: Mapped[bool] = mapped_column(default=False, info=GUEST())
    phone_opt_in: Mapped[bool] = mapped_column(default=False, info=GUEST())
    mail_opt_in: Mapped[bool] = mapped_column(default=False, info=GUEST())
    third_party_opt_in: Mapped[bool] = mapped_column(default=False, info=GUEST())
    gdpr_consent: Mapped[bool] = mapped_column(default=False, info=GUEST())
    gdpr_consent_date: Mapped[datetime | None] = mapped_column(Instant, info=GUEST())
    data_retention_consent: Mapped[bool] = mapped_column(default=True, info=GUEST())
    deletion_requested: Mapped[bool] = mapped_column(default=False, info=STATE())
    deletion_requested_date: Mapped[datetime | None] = mapped_column(Instant, info=STATE())
    anonymized: Mapped[bool] = mapped_column(default=False, info=STATE())


class Alerts:
    """What staff must know. All but the medical notes are a cache of the guest's marks."""

    internal_notes: Mapped[str | None] = mapped_column(Text, info=INTERNAL())
    special_attention: Mapped[str | None] = mapped_column(Text, info=GUEST())
    medical_notes_sealed: Mapped[bytes | None] = mapped_column(
        "medical_notes", LargeBinary, info=MEDICAL
    )
    is_blacklisted: Mapped[bool] = mapped_column(default=False, info=STATE(), sort_order=FIRST)
    blacklist_reason: Mapped[str | None] = mapped_column(Text, info=INTERNAL())
    blacklisted_date: Mapped[datetime | None] = mapped_column(Instant, info=STATE())
    warning_level: Mapped[int] = mapped_column(
        SmallInteger, default=0, info=STATE(), sort_order=FIRST
    )
    warning_notes: Mapped[str | None] = mapped_column(Text, info=INTERNAL())

    @declared_attr
    def blacklisted_by(cls) -> Mapped[uuid.UUID | None]:
        return mapped_column(ForeignKey("users.id", ondelete="SET NULL"), info=BY)

    medical_notes = Sealed("medical_notes_sealed")


class Record:
    """How the profile came to be, how complete it is, and whether it was checked."""

    customer_code: Mapped[str] = mapped_column(
        String(20), unique=True, info=STATE(), sort_order=FIRST
    )
    number: Mapped[int] = mapped_column(BigInteger, info=STATE(), sort_order=FIRST)
    status: Mapped[str] = mapped_column(
        String(10), default="active", info=STATE(), sort_order=FIRST
    )
    merged_date: Mapped[datetime | None] = mapped_column(Instant, info=STATE())
    profile_completeness: Mapped[int] = mapped_column(
        SmallInteger, default=0, info=STATE(), sort_order=FIRST
    )
    profile_verified: Mapped[bool] = mapped_column(default=False, info=STATE())
    verification_date: Mapped[datetime | None] = mapped_column(Instant, info=STATE())
    source_system: Mapped[str | None] = mapped_column(String(50), info=STATE())
    external_id: Mapped[str | None] = mapped_column(String(100), info=GUEST())
    batch_id: Mapped[uuid.UUID | None] = mapped_column(info=STATE())
    version: Mapped[int] = mapped_column(default=1, info=STATE())

    @declared_attr
    def merged_into(cls) -> Mapped[uuid.UUID | None]:
        return mapped_column(ForeignKey("customers.id"), info=STATE())

    @declared_attr
    def verified_by(cls) -> Mapped[uuid.UUID | None]:
        return mapped_column(ForeignKey("users.id", ondelete="SET NULL"), info=BY)

    @declared_attr
    def created_by(cls) -> Mapped[uuid.UUID | None]:
        return mapped_column(ForeignKey("users.id", ondelete="SET NULL"), info=BY)

    @declared_attr
    def updated_by(cls) -> Mapped[uuid.UUID | None]:
        return mapped_column(ForeignKey("users.id", ondelete="SET NULL"), info=BY)
