"""How the fields of a guest stand on a form: groups, what folds away, what goes wide."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Form

from app.customers.inputs import GROUPS

ABOUT = {
    "person": _l("The full name alone is enough. Any script, in its own order."),
    "contact": _l("One way to reach the guest is enough."),
    "address": _l("Where bills and letters go."),
    "identity": _l("Numbers are kept encrypted."),
    "work": _l("The firm that the guest travels for."),
    "tax": _l("For invoices."),
    "credit": _l("What the house grants."),
    "standing": _l("What kind of guest this is, and how the house was found."),
    "vip": _l("A level given by hand stays until its last day."),
    "marketing": _l("Only what the guest agreed to."),
    "medical": _l("Health data: only what care needs."),
}
FOLDED = {
    "person": ("title", "last_name", "middle_name", "first_name", "passport_country",
               "languages_spoken"),
    "contact": ("alternative_email", "alternative_phone", "wechat_id", "facebook_profile",
                "instagram_handle", "twitter_handle", "linkedin_profile", "emergency_contact_name",
                "emergency_contact_phone", "emergency_contact_relationship"),
    "identity": ("secondary_id_type", "secondary_id_number", "secondary_id_expiry"),
    "work": ("department", "company_email", "company_phone", "billing_address"),
    "standing": ("referral_source", "acquisition_channel"),
}  # fmt: skip
FOLD_WORDS = {
    "person": _l("Parts of the name, languages, passport"),
    "contact": _l("More addresses, emergency contact"),
    "identity": _l("A second paper"),
    "work": _l("Department, contact at work, billing address"),
    "standing": _l("Referral and channel"),
}
WIDE = {"languages_spoken", "billing_address", "medical_notes", "address_line1"}
COMMON_LANGUAGES = (
    "vi", "en", "zh", "ko", "ja", "fr", "de", "ru", "es", "it", "th", "id", "hi", "ar",
)  # fmt: skip


def laid_out(
    form: Form, groups: list[str], numbers: Mapping[str, str], wanted: str = ""
) -> list[dict[str, Any]]:
    """The groups of a form for its template.

    `numbers`: sealed ones on file, masked. `wanted`: a field that must not be folded away.
    """
    return [_group(form, group, numbers, wanted) for group in groups]


def _group(form: Form, group: str, numbers: Mapping[str, str], wanted: str) -> dict[str, Any]:
    title, _permission, names = GROUPS[group]
    there = [form[name] for name in names if name in form]
    folded = [f for f in there if f.name in FOLDED.get(group, ())]
    if "languages_spoken" in names and "languages_spoken" in form:
        _common_first(form["languages_spoken"])
    return {
        "key": group, "title": str(title), "about": str(ABOUT[group]),
        "fields": [f for f in there if f not in folded], "folded": folded,
        "fold_word": str(FOLD_WORDS.get(group, "")), "numbers": numbers, "wide": WIDE,
        "open": any(f.errors or f.data or f.name == wanted for f in folded),
    }  # fmt: skip


def _common_first(field: Any) -> None:
    """Offer the languages that a hotel meets, and those that are chosen; all others fold away."""
    chosen = [*COMMON_LANGUAGES, *(field.data or [])]
    known = {choice.value: choice for choice in field.choices}
    first = dict.fromkeys(code for code in chosen if code in known)
    field.choices = [known[code] for code in first]
    field.others = [choice for code, choice in known.items() if code not in first]
