"""What may be sent of a guest: one schema, in the groups in which staff read and edit it."""

from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate, validates_schema

from app.core.clock import today
from app.core.inputs import (
    OWN_SENTENCES,
    Amount,
    Choice,
    Country,
    Day,
    Email,
    Input,
    Language,
    Line,
    Phone,
    Several,
    Text,
    Truth,
)  # fmt: skip
from app.customers import vocabulary as words


def _named(label: Any, hint: Any = "", **render: str) -> dict[str, Any]:
    return {"label": label, "hint": hint, "render": render}


def _long_ago() -> date:
    return today() - timedelta(days=365 * 125)


def paper_number(text: str) -> None:
    """Refuse what stands for no number. Raises ValidationError."""
    # What stands for none is the same for many: they would all pass for one person.
    signs = [char for char in text if char.isalnum()]
    if len(signs) < 3 or not any(char.isdecimal() for char in signs):
        raise ValidationError([_l("This is no identity number; leave it empty if there is none.")])


class CustomerInput(Input):
    """Every field of a guest that somebody may write; countries, phones and texts normalised."""

    # person
    title = Choice(words.TITLES, metadata=_named(_l("Title")))
    last_name = Line(max_length=100, metadata=_named(_l("Family name"), autocomplete="off"))
    middle_name = Line(max_length=100, metadata=_named(_l("Middle name"), autocomplete="off"))
    first_name = Line(max_length=100, metadata=_named(_l("Given name"), autocomplete="off"))
    full_name = Line(
        max_length=200,
        metadata=_named(_l("Full name"), _l("Empty: composed of the parts, in their order.")),
    )
    display_name = Line(
        max_length=200, metadata=_named(_l("Wants to be called"), _l("As staff say and write it."))
    )
    date_of_birth = Day(low=_long_ago, high=today, metadata=_named(_l("Date of birth")))
    gender = Choice(words.GENDERS, metadata=_named(_l("Gender")))
    nationality = Country(metadata=_named(_l("Nationality")))
    passport_country = Country(metadata=_named(_l("Country of the passport")))
    languages_spoken = Several(Language(), most=12, metadata=_named(_l("Languages spoken")))
    preferred_language = Language(metadata=_named(_l("Preferred language")))
    # contact
    email = Email(metadata=_named(_l("E-mail"), autocomplete="off"))
    email_verified = Truth(metadata=_named(_l("E-mail is verified")))
    alternative_email = Email(metadata=_named(_l("Other e-mail"), autocomplete="off"))
    phone = Phone(metadata=_named(_l("Phone"), autocomplete="off"))
    phone_verified = Truth(metadata=_named(_l("Phone is verified")))
    alternative_phone = Phone(metadata=_named(_l("Other phone"), autocomplete="off"))
    whatsapp_number = Phone(metadata=_named(_l("WhatsApp")))
    wechat_id = Line(max_length=100, metadata=_named(_l("WeChat")))
    facebook_profile = Line(metadata=_named(_l("Facebook")))
    instagram_handle = Line(max_length=100, metadata=_named(_l("Instagram")))
    twitter_handle = Line(max_length=100, metadata=_named(_l("X (Twitter)")))
    linkedin_profile = Line(metadata=_named(_l("LinkedIn")))
    emergency_contact_name = Line(metadata=_named(_l("Emergency contact")))
    emergency_contact_phone = Phone(metadata=_named(_l("Emergency phone")))
    emergency_contact_relationship = Line(
        max_length=50, metadata=_named(_l("Relationship to the guest"))
    )
    # address
    address_line1 = Line(metadata=_named(_l("Address")))
    address_line2 = Line(metadata=_named(_l("Address, second line")))
    city = Line(max_length=100, metadata=_named(_l("City")))
    state_province = Line(max_length=100, metadata=_named(_l("State or province")))
    postal_code = Line(max_length=20, metadata=_named(_l("Postal code")))
    country = Country(metadata=_named(_l("Country")))
    # identity
    id_type = Choice(words.ID_TYPES, metadata=_named(_l("Identity paper")))
    id_number = Line(
        max_length=100, checks=[paper_number],
        metadata=_named(_l("Identity number"), autocomplete="off"),
    )  # fmt: skip
    id_issue_date = Day(high=today, metadata=_named(_l("Paper issued on")))
    id_expiry_date = Day(metadata=_named(_l("Paper expires on")))
    id_issuing_country = Country(metadata=_named(_l("Paper issued by")))
    secondary_id_type = Choice(words.ID_TYPES, metadata=_named(_l("Second paper")))
    secondary_id_number = Line(
        max_length=100, checks=[paper_number],
        metadata=_named(_l("Second paper's number"), autocomplete="off"),
    )  # fmt: skip
    secondary_id_expiry = Day(metadata=_named(_l("Second paper expires on")))
    # work
    company_name = Line(metadata=_named(_l("Company")))
    job_title = Line(max_length=100, metadata=_named(_l("Job title")))
    department = Line(max_length=100, metadata=_named(_l("Department")))
    company_email = Email(metadata=_named(_l("E-mail at work")))
    company_phone = Phone(metadata=_named(_l("Phone at work")))
    tax_id_type = Choice(words.TAX_ID_TYPES, metadata=_named(_l("Kind of tax number")))
    tax_id = Line(max_length=50, cards=False, metadata=_named(_l("Tax number")))
    billing_address = Text(max_length=500, metadata=_named(_l("Billing address")))
    # credit
    credit_limit = Amount(metadata=_named(_l("Credit limit"), inputmode="decimal"))
    payment_terms = Choice(words.PAYMENT_TERMS, metadata=_named(_l("Payment terms")))
    default_payment_method = Line(max_length=50, metadata=_named(_l("Usual way to pay")))
    # standing
    customer_type = Choice(
        words.CUSTOMER_TYPES, allow_none=False, metadata=_named(_l("Kind of guest"))
    )
    vip_status = Choice(words.VIP_LEVELS, allow_none=False, metadata=_named(_l("VIP level")))
    vip_status_expiry = Day(metadata=_named(_l("VIP until")))
    customer_segment = Choice(words.SEGMENTS, metadata=_named(_l("Segment")))
    customer_source = Choice(words.SOURCES, metadata=_named(_l("Came through")))
    referral_source = Line(metadata=_named(_l("Referred by")))
    acquisition_channel = Line(max_length=100, metadata=_named(_l("Channel")))
    # marketing
    marketing_consent = Truth(metadata=_named(_l("Agreed to marketing")))
    email_opt_in = Truth(metadata=_named(_l("Offers by e-mail")))
    sms_opt_in = Truth(metadata=_named(_l("Offers by text message")))
    phone_opt_in = Truth(metadata=_named(_l("Offers by phone")))
    mail_opt_in = Truth(metadata=_named(_l("Offers by post")))
    third_party_opt_in = Truth(metadata=_named(_l("Offers through partners")))
    gdpr_consent = Truth(metadata=_named(_l("Agreed to the privacy notice")))
    data_retention_consent = Truth(metadata=_named(_l("Data may be kept after the stay")))
    # medical
    medical_notes = Text(metadata=_named(_l("Medical notes"), _l("Kept encrypted.")))

    @validates_schema
    def _papers_in_order(self, data: dict[str, Any], **_more: Any) -> None:
        issued, expires = data.get("id_issue_date"), data.get("id_expiry_date")
        if issued and expires and expires < issued:
            raise ValidationError([_l("It expires before it was issued.")], "id_expiry_date")


GROUPS: dict[str, tuple[Any, str, tuple[str, ...]]] = {
    "person": (_l("Person"), "guests.update", (
        "full_name", "display_name", "title", "last_name", "middle_name", "first_name",
        "date_of_birth", "gender", "nationality", "passport_country", "preferred_language",
        "languages_spoken",
    )),
    "contact": (_l("Contact"), "guests.update", (
        "email", "email_verified", "phone", "phone_verified", "alternative_email",
        "alternative_phone", "whatsapp_number", "wechat_id", "facebook_profile",
        "instagram_handle", "twitter_handle", "linkedin_profile", "emergency_contact_name",
        "emergency_contact_phone", "emergency_contact_relationship",
    )),
    "address": (_l("Address"), "guests.update", (
        "address_line1", "address_line2", "city", "state_province", "postal_code", "country",
    )),
    "identity": (_l("Identity papers"), "guests.identity", (
        "id_type", "id_number", "id_issue_date", "id_expiry_date", "id_issuing_country",
        "secondary_id_type", "secondary_id_number", "secondary_id_expiry",
    )),
    "work": (_l("Company"), "guests.update", (
        "company_name", "job_title", "department", "company_email", "company_phone",
        "billing_address",
    )),
    "tax": (_l("Tax number"), "guests.identity", ("tax_id_type", "tax_id")),
    "credit": (_l("Credit and payment"), "guests.credit", (
        "credit_limit", "payment_terms", "default_payment_method",
    )),
    "standing": (_l("Category and origin"), "guests.update", (
        "customer_type", "customer_segment", "customer_source", "referral_source",
        "acquisition_channel",
    )),
    "vip": (_l("VIP"), "guests.vip", ("vip_status", "vip_status_expiry")),
    "marketing": (_l("Consents"), "guests.consent", (
        "marketing_consent", "email_opt_in", "sms_opt_in", "phone_opt_in", "mail_opt_in",
        "third_party_opt_in", "gdpr_consent", "data_retention_consent",
    )),
    "medical": (_l("Medical"), "guests.medical", ("medical_notes",)),
}  # fmt: skip
"""Group: its title, the permission to edit it, and its fields in order."""

PERMISSION_OF = {name: permission for _, permission, names in GROUPS.values() for name in names}


class SummaryInput(Input):
    """The short form of preferences that a profile may be created with."""

    room = Several(Line(max_length=50))
    bed = Line(max_length=50)
    pillow = Line(max_length=50)
    amenities = Several(Line(max_length=50))
    dietary = Several(Line(max_length=50))
    interests = Several(Line(max_length=50))


def no_comma(tag: str) -> None:
    """Raise ValidationError for a tag that no list of tags could hold."""
    if "," in tag:
        raise ValidationError(str(_l("Tags stand side by side with commas, so none may hold one.")))


class MarkInput(Input):
    """A note, special attention, tag, warning or blacklisting, with its reason."""

    kind = Choice(words.MARK_KINDS, required=True, allow_none=False)
    value = Line(max_length=50, checks=[no_comma], metadata=_named(_l("Tag")))
    level = fields.Integer(
        allow_none=True, validate=validate.Range(0, 5, error=_l("A level is from 1 to 5.")),
        error_messages=OWN_SENTENCES,
        metadata=_named(_l("Level")),
    )  # fmt: skip
    body = Text(max_length=2000, metadata=_named(_l("Text")))
    reason = Line(max_length=500, required=True, allow_none=False, metadata=_named(_l("Reason")))
    expires_on = Day(low=today, metadata=_named(_l("Until"), _l("Empty: until it is lifted.")))


class ReasonInput(Input):
    """Why something is done; what lifting a mark asks for."""

    reason = Line(max_length=500, required=True, allow_none=False, metadata=_named(_l("Reason")))


class _PlacedInput(ReasonInput):
    expires_on = Day(low=today, metadata=_named(_l("Until"), _l("Empty: until it is lifted.")))


class NoteInput(_PlacedInput):
    """The form of a note."""

    body = Text(max_length=2000, required=True, allow_none=False, metadata=_named(_l("Note")))


class AttentionInput(_PlacedInput):
    """The form of special attention, which every tab shows."""

    body = Text(
        max_length=500, required=True, allow_none=False,
        metadata=_named(_l("What staff must know"), _l("Shown to everybody, above every tab.")),
    )  # fmt: skip


class TagInput(_PlacedInput):
    """The form of a tag."""

    value = Line(
        max_length=50, required=True, allow_none=False, checks=[no_comma],
        metadata=_named(_l("Tag"), _l("One or two words, such as: late check-out.")),
    )  # fmt: skip


class WarningInput(_PlacedInput):
    """The form of a warning."""

    level = Choice(
        words.WARNING_LEVELS, required=True, allow_none=False, metadata=_named(_l("Level"))
    )
    body = Text(max_length=2000, metadata=_named(_l("What to do")))


class BlacklistInput(_PlacedInput):
    """The form of a blacklisting."""

    body = Text(max_length=2000, metadata=_named(_l("What to do")))


MARK_FORMS: dict[str, tuple[type[Input], tuple[str, ...]]] = {
    "note": (NoteInput, ("body", "reason", "expires_on")),
    "attention": (AttentionInput, ("body", "reason", "expires_on")),
    "tag": (TagInput, ("value", "reason", "expires_on")),
    "warning": (WarningInput, ("level", "reason", "body", "expires_on")),
    "blacklist": (BlacklistInput, ("reason", "body", "expires_on")),
}
"""Kind of mark: what its form takes, and the fields in order."""
