"""Preferences as they hold now, where each value comes from, and what stays suggest.

The wide row of section 2.2 is what everybody reads; for each value in it one row of
`preference_sources` says who told it. What is only learned waits in `preference_suggestions`.
"""

import uuid
from datetime import datetime, time
from typing import Any

from sqlalchemy import ForeignKey, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.datamap import GUEST_ROW, INTERNAL, STAFF, TECHNICAL
from app.core.models import Base, CustomerOwned, Identified, Owned
from app.core.types import Instant, Json

CARE = GUEST_ROW.but(
    sensitive=True, see="guests.care", why="health or belief, GDPR article 9: staff who serve"
)
BY = STAFF.but(see="guests.read")


class RoomWishes:
    """What the room should be like, and what should be in it."""

    room_location: Mapped[list[str]] = mapped_column(Json, default=list, info=GUEST_ROW())
    room_type_preference: Mapped[str | None] = mapped_column(String(100), info=GUEST_ROW())
    bed_type: Mapped[str | None] = mapped_column(String(50), info=GUEST_ROW())
    bed_firmness: Mapped[str | None] = mapped_column(String(20), info=GUEST_ROW())
    pillow_type: Mapped[str | None] = mapped_column(String(50), info=GUEST_ROW())
    pillow_count: Mapped[int | None] = mapped_column(SmallInteger, info=GUEST_ROW())
    room_temperature: Mapped[str | None] = mapped_column(String(20), info=GUEST_ROW())
    floor_preference: Mapped[str | None] = mapped_column(String(50), info=GUEST_ROW())
    view_preference: Mapped[str | None] = mapped_column(String(50), info=GUEST_ROW())
    minibar_preferences: Mapped[dict[str, Any] | None] = mapped_column(Json, info=GUEST_ROW())
    bathroom_amenities: Mapped[list[str]] = mapped_column(Json, default=list, info=GUEST_ROW())
    room_amenities: Mapped[list[str]] = mapped_column(Json, default=list, info=GUEST_ROW())


class ServiceWishes:
    """What the house should do, and how the guest travels."""

    housekeeping_time: Mapped[str | None] = mapped_column(String(50), info=GUEST_ROW())
    turndown_service: Mapped[bool | None] = mapped_column(info=GUEST_ROW())
    wake_up_call_time: Mapped[time | None] = mapped_column(info=GUEST_ROW())
    do_not_disturb_hours: Mapped[list[dict[str, str]] | None] = mapped_column(
        Json, info=GUEST_ROW()
    )
    newspaper: Mapped[str | None] = mapped_column(String(100), info=GUEST_ROW())
    newspaper_language: Mapped[str | None] = mapped_column(String(10), info=GUEST_ROW())
    special_occasions: Mapped[list[dict[str, str]] | None] = mapped_column(Json, info=GUEST_ROW())
    airport_transfer: Mapped[str | None] = mapped_column(String(50), info=GUEST_ROW())
    preferred_transport: Mapped[str | None] = mapped_column(String(50), info=GUEST_ROW())
    car_rental_preference: Mapped[str | None] = mapped_column(String(100), info=GUEST_ROW())
    parking_required: Mapped[bool | None] = mapped_column(info=GUEST_ROW())


class FoodWishes:
    """What the guest eats and drinks, and must not."""

    dietary_restrictions: Mapped[list[str]] = mapped_column(Json, default=list, info=CARE)
    food_allergies: Mapped[list[str]] = mapped_column(Json, default=list, info=CARE)
    meal_preferences: Mapped[dict[str, Any] | None] = mapped_column(Json, info=GUEST_ROW())
    favorite_dishes: Mapped[list[str]] = mapped_column(Json, default=list, info=GUEST_ROW())
    beverage_preferences: Mapped[list[str]] = mapped_column(Json, default=list, info=GUEST_ROW())


class AccessNeeds:
    """What the guest needs to move, hear and see."""

    accessibility_required: Mapped[bool | None] = mapped_column(info=CARE)
    mobility_assistance: Mapped[str | None] = mapped_column(String(100), info=CARE)
    hearing_assistance: Mapped[bool | None] = mapped_column(info=CARE)
    visual_assistance: Mapped[bool | None] = mapped_column(info=CARE)
    other_assistance: Mapped[str | None] = mapped_column(Text, info=CARE)


class Interests:
    """What the guest works with and does for pleasure."""

    business_center_access: Mapped[bool | None] = mapped_column(info=GUEST_ROW())
    meeting_room_preference: Mapped[str | None] = mapped_column(String(100), info=GUEST_ROW())
    work_desk_required: Mapped[bool | None] = mapped_column(info=GUEST_ROW())
    high_speed_internet: Mapped[bool | None] = mapped_column(info=GUEST_ROW())
    printer_access: Mapped[bool | None] = mapped_column(info=GUEST_ROW())
    gym_access: Mapped[bool | None] = mapped_column(info=GUEST_ROW())
    spa_interest: Mapped[bool | None] = mapped_column(info=GUEST_ROW())
    pool_access: Mapped[bool | None] = mapped_column(info=GUEST_ROW())
    preferred_activities: Mapped[list[str]] = mapped_column(Json, default=list, info=GUEST_ROW())


class Manners:
    """How the guest wants to be spoken to, and left alone."""

    preferred_contact_method: Mapped[str | None] = mapped_column(String(50), info=GUEST_ROW())
    preferred_contact_time: Mapped[str | None] = mapped_column(String(50), info=GUEST_ROW())
    language_preference: Mapped[str | None] = mapped_column(String(10), info=GUEST_ROW())
    communication_frequency: Mapped[str | None] = mapped_column(String(50), info=GUEST_ROW())
    photo_consent: Mapped[bool | None] = mapped_column(info=GUEST_ROW())
    social_media_consent: Mapped[bool | None] = mapped_column(info=GUEST_ROW())
    room_entry_notification: Mapped[bool | None] = mapped_column(info=GUEST_ROW())


class Preferences(
    Identified, CustomerOwned, RoomWishes, ServiceWishes, FoodWishes, AccessNeeds, Interests,
    Manners, Base,
):  # fmt: skip
    """One guest's preferences; what nobody told is null or empty, never a default."""

    __tablename__ = "customer_preferences"
    owned = Owned(merge="move", export="preferences", erase="delete")

    customer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("customers.id", ondelete="CASCADE"), unique=True, info=GUEST_ROW()
    )
    notes: Mapped[str | None] = mapped_column(
        Text, info=INTERNAL.but(sensitive=True, erase="delete")
    )
    last_updated: Mapped[datetime] = mapped_column(
        Instant, default=now, onupdate=now, info=TECHNICAL()
    )
    updated_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), info=BY
    )
    version: Mapped[int] = mapped_column(default=1, info=TECHNICAL())

    __mapper_args__ = {"version_id_col": version}


class PreferenceSource(Identified, CustomerOwned, Base):
    """Where one value comes from: `option` names it in a list of several, else it is ''.

    source: `guest` said it, `staff` saw it, a `booking` asked for it, `learned` and confirmed.
    """

    __tablename__ = "preference_sources"
    __table_args__ = (UniqueConstraint("customer_id", "field", "option"),)
    owned = Owned(merge="move", export="preference_sources", erase="delete")

    field: Mapped[str] = mapped_column(String(60), info=GUEST_ROW())
    option: Mapped[str] = mapped_column(String(200), default="", info=CARE)
    source: Mapped[str] = mapped_column(String(10), info=GUEST_ROW())
    noted_at: Mapped[datetime] = mapped_column(Instant, default=now, info=GUEST_ROW())
    noted_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), info=BY
    )
    noted_name: Mapped[str] = mapped_column(String(200), info=BY)
    confidence: Mapped[int | None] = mapped_column(SmallInteger, info=GUEST_ROW())
    stays: Mapped[list[dict[str, str]] | None] = mapped_column(Json, info=GUEST_ROW())


class PreferenceSuggestion(Identified, CustomerOwned, Base):
    """What a guest's stays suggest, until staff or guest decide: open, accepted or declined.

    confidence: percent. stays speak for it, against do not: [{"id", "left"}], the newest first.
    """

    __tablename__ = "preference_suggestions"
    __table_args__ = (UniqueConstraint("customer_id", "field", "option"),)
    owned = Owned(merge="move", export="preference_suggestions", erase="delete")

    field: Mapped[str] = mapped_column(String(60), info=GUEST_ROW())
    option: Mapped[str] = mapped_column(String(200), info=GUEST_ROW())
    confidence: Mapped[int] = mapped_column(SmallInteger, info=GUEST_ROW())
    stays: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list, info=GUEST_ROW())
    against: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list, info=GUEST_ROW())
    reason: Mapped[str] = mapped_column(String(30), info=GUEST_ROW())
    state: Mapped[str] = mapped_column(String(10), default="open", info=GUEST_ROW())
    noted_at: Mapped[datetime] = mapped_column(Instant, default=now, info=GUEST_ROW())
    decided_at: Mapped[datetime | None] = mapped_column(Instant, info=GUEST_ROW())
    decided_name: Mapped[str | None] = mapped_column(String(200), info=BY)


class PreferenceOption(Identified, Base):
    """An option that a manager added to a field's list, or one of the house's that is retired."""

    __tablename__ = "preference_options"
    __table_args__ = (UniqueConstraint("field", "value"),)

    field: Mapped[str] = mapped_column(String(60), info=TECHNICAL())
    value: Mapped[str] = mapped_column(String(50), info=TECHNICAL())
    label_en: Mapped[str | None] = mapped_column(String(100), info=TECHNICAL())
    label_vi: Mapped[str | None] = mapped_column(String(100), info=TECHNICAL())
    retired: Mapped[bool] = mapped_column(default=False, info=TECHNICAL())
    created_at: Mapped[datetime] = mapped_column(Instant, default=now, info=TECHNICAL())
    created_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), info=BY
    )
