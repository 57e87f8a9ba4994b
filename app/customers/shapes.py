"""The JSON shapes of a guest: what the API shows, field by field, as far as the caller may see."""

from collections.abc import Callable
from typing import Any

from marshmallow import fields

from app.core.shapes import Country3, Guarded, GuardedList, Maybe, Number, Part, Shape, Word
from app.customers import marks, parts
from app.customers import vocabulary as words
from app.customers.models import Customer


class PersonalInfo(Shape):
    """Who the guest is."""

    title = Word(words.TITLES)
    first_name = Maybe()
    middle_name = Maybe()
    last_name = Maybe()
    full_name = fields.String()
    display_name = fields.String(attribute="called")
    date_of_birth = fields.Date(allow_none=True)
    age = fields.Integer(allow_none=True)
    gender = Word(words.GENDERS)
    nationality = Country3()


class AddressShape(Shape):
    """Where the guest lives."""

    line1 = Maybe(attribute="address_line1")
    line2 = Maybe(attribute="address_line2")
    city = Maybe()
    state = Maybe(attribute="state_province")
    country = Country3()
    postal_code = Maybe()


class ContactInfo(Shape):
    """How to reach the guest; phones in E.164."""

    email = Maybe()
    email_verified = fields.Boolean()
    phone = Maybe()
    phone_verified = fields.Boolean()
    whatsapp = Maybe(attribute="whatsapp_number")
    address = Part(AddressShape)


class CompanyShort(Shape):
    """The company that the guest travels for; without an id only its name is known."""

    id = fields.UUID(attribute="company_id", allow_none=True)
    name = Maybe(attribute="company_name")


class Identification(Shape):
    """The identity paper; its number needs `guests.identity`, and each reading is logged."""

    type = Word(words.ID_TYPES, attribute="id_type")
    number = Guarded("guests.identity", attribute="id_number")
    expiry_date = fields.Date(attribute="id_expiry_date", allow_none=True)
    issuing_country = Country3(attribute="id_issuing_country")


class Rate(fields.Field[Any]):
    """Cancellations in percent of stays."""

    def __init__(self) -> None:
        super().__init__(
            metadata={"type": "number", "description": "Cancellations in percent of stays."}
        )

    def get_value(self, obj: Any, attr: str, *_args: Any, **_options: Any) -> Any:
        """Computed of the guest."""
        return cancellation_rate(obj)


class Statistics(Shape):
    """What the stays add up to."""

    first_stay = fields.Date(attribute="first_stay_date", allow_none=True)
    last_stay = fields.Date(attribute="last_stay_date", allow_none=True)
    total_stays = fields.Integer()
    total_nights = fields.Integer()
    total_spent = Number()
    average_spent_per_stay = Number()
    average_stay_length = Number()
    cancellation_rate = Rate()
    no_shows = fields.Integer(attribute="no_show_count")


def cancellation_rate(guest: Customer) -> float:
    """Cancellations in percent of stays, one decimal; 1 for 15 stays is 6.7 (section 3.1)."""
    stays, cancelled = guest.total_stays, guest.total_cancellations
    if not stays:
        return 100.0 if cancelled else 0.0
    return min(100.0, round(100 * cancelled / stays, 1))


class TierProgress(Shape):
    """How far the next tier is, in points."""

    current = Word(words.LOYALTY_TIERS)
    next = Word(words.LOYALTY_TIERS)
    points_to_next = fields.Integer(allow_none=True)


class Loyalty(Shape):
    """The membership."""

    is_member = fields.Boolean(attribute="loyalty_member")
    number = Maybe(attribute="loyalty_number")
    tier = Word(words.LOYALTY_TIERS, attribute="loyalty_tier")
    points = fields.Integer(attribute="loyalty_points")
    lifetime_points = fields.Integer()
    tier_progress = fields.Nested(TierProgress, allow_none=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """The programme knows how far the next tier is; all else is read."""
        if attr != "tier_progress":
            return getattr(obj, attr, default)
        return parts.answers[attr](obj) if attr in parts.answers else None


class RoomWishes(Shape):
    """What the room should be like."""

    location = fields.List(fields.String())
    bed_type = Maybe()
    pillow_type = Maybe()
    view = Maybe()
    temperature = Maybe()


class ServiceWishes(Shape):
    """What the house should do."""

    housekeeping = Maybe()
    newspaper = Maybe()
    wake_up_call = Maybe()


class Preferences(Shape):
    """What the guest likes."""

    room = fields.Nested(RoomWishes)
    dietary = GuardedList("guests.care")
    amenities = fields.List(fields.String())
    interests = fields.List(fields.String())
    services = fields.Nested(ServiceWishes)


class Relationship(Shape):
    """Somebody who belongs to the guest."""

    id = fields.UUID()
    name = fields.String()
    relationship = fields.String()
    is_customer = fields.Boolean()
    customer_id = fields.UUID(allow_none=True)


class RecentStay(Shape):
    """One of the latest stays."""

    booking_id = fields.UUID(allow_none=True)
    check_in = fields.Date()
    check_out = fields.Date()
    room = Maybe()
    amount = Number()
    satisfaction_score = fields.Integer(allow_none=True)


class MarketingShape(Shape):
    """What the guest agreed to."""

    consent = fields.Boolean(attribute="marketing_consent")
    email_opt_in = fields.Boolean()
    sms_opt_in = fields.Boolean()
    last_campaign = fields.Constant(None, metadata={"type": "string", "format": "date"})


class Profile(Shape):
    """A guest's whole profile."""

    id = fields.UUID()
    customer_code = fields.String()
    personal_info = Part(PersonalInfo)
    contact_info = Part(ContactInfo)
    company = Part(CompanyShort)
    identification = Part(Identification)
    statistics = Part(Statistics)
    loyalty = Part(Loyalty)
    preferences = fields.Nested(Preferences)
    relationships = fields.List(fields.Nested(Relationship))
    recent_stays = fields.List(fields.Nested(RecentStay))
    tags = fields.List(fields.String())
    internal_notes = Guarded("guests.notes")
    marketing = Part(MarketingShape)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """What is no attribute of the guest comes from where it is kept."""
        found = OWN | parts.answers
        return found[attr](obj) if attr in found else getattr(obj, attr, default)


def tags(guest: Customer) -> list[str]:
    """The tags in force, by name."""
    return sorted(mark.value or "" for mark in marks.in_force(marks.of(guest.id), "tag"))


OWN: dict[str, Callable[[Customer], Any]] = {
    "tags": tags,
    "relationships": lambda _guest: [], "recent_stays": lambda _guest: [],
}  # fmt: skip
"""What this feature answers where no feature above knows more; see `parts.answers`."""
