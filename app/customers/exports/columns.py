"""Which columns of a guest a file may hold, by the data map and the rights of who asks."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.actor import Actor
from app.core.clock import zone
from app.core.countries import country_name, language_name
from app.core.datamap import fact_of
from app.core.inputs import Choice, Country, Language, Several
from app.core.tabular_out import Cell
from app.customers import vocabulary as words
from app.customers.models import Customer
from app.customers.words import FIELDS, label_of

Scope = Literal["list", "all"]
TAGS = "tags"
LISTED = (
    "customer_code", "title", "full_name", "email", "phone", "company_name", "customer_type",
    "vip_status", "customer_segment", "customer_source", "loyalty_number", "loyalty_tier",
    "loyalty_points", "total_stays", "total_nights", "total_spent", "first_stay_date",
    "last_stay_date", "nationality", "preferred_language", "city", "country",
    "marketing_consent", "email_opt_in", "sms_opt_in", "phone_opt_in", "is_blacklisted",
    "profile_completeness", "created_at", TAGS,
)  # fmt: skip
INNER = {
    "number", "version", "status", "batch_id", "merged_into", "merged_date",
    "company_id", "anonymized", "blacklisted_by", "verified_by", "created_by", "updated_by",
    "preferences_summary", "deletion_requested", "deletion_requested_date",
}  # fmt: skip
"""Columns that say nothing to who reads a list: keys, versions, states of the record itself."""
LABELS: dict[str, Any] = {
    "customer_code": _l("Code"),
    "email_verified": _l("E-mail verified"),
    "phone_verified": _l("Phone verified"),
    "loyalty_member": _l("Loyalty member"),
    "loyalty_number": _l("Loyalty number"),
    "loyalty_tier": _l("Loyalty tier"),
    "loyalty_points": _l("Points"),
    "lifetime_points": _l("Points earned in all"),
    "loyalty_join_date": _l("Member since"),
    "loyalty_expiry_date": _l("Member until"),
    "points_expiry_date": _l("Points until"),
    "first_stay_date": _l("First stay"),
    "last_stay_date": _l("Last stay"),
    "total_stays": _l("Stays"),
    "total_nights": _l("Nights"),
    "total_spent": _l("Spent"),
    "average_spent_per_stay": _l("Spent a stay"),
    "average_stay_length": _l("Nights a stay"),
    "total_cancellations": _l("Cancellations"),
    "no_show_count": _l("No-shows"),
    "acquisition_date": _l("Guest since"),
    "current_balance": _l("Balance"),
    "marketing_consent_date": _l("Agreed to marketing on"),
    "gdpr_consent_date": _l("Agreed to the privacy notice on"),
    "is_blacklisted": _l("Blacklisted"),
    "blacklist_reason": _l("Blacklisted because"),
    "blacklisted_date": _l("Blacklisted on"),
    "warning_notes": _l("Warning"),
    "profile_completeness": _l("Profile complete, in percent"),
    "profile_verified": _l("Profile verified"),
    "verification_date": _l("Verified on"),
    "source_system": _l("Came from system"),
    "external_id": _l("Number in that system"),
    "created_at": _l("Created"),
    TAGS: _l("Tags"),
}
TIERS = {"loyalty_tier": words.LOYALTY_TIERS}


def columns_for(by: Actor, scope: Scope) -> list[str]:
    """The columns that this person may carry away: nothing sensitive, nothing they may not see."""
    allowed = [column.key for column in Customer.__table__.columns if _allowed(column, by)]
    allowed += ["created_at", TAGS]
    first = [name for name in LISTED if name in allowed]
    return first if scope == "list" else first + [n for n in allowed if n not in LISTED]


def _allowed(column: Any, by: Actor) -> bool:
    fact = fact_of(column)
    if fact is None or fact.about != "guest" or fact.sensitive or column.key in INNER:
        return False
    return by.may(fact.see)


def label(name: str) -> str:
    """The column's head in the reader's language."""
    return str(LABELS[name]) if name in LABELS else label_of(name)


def converter(name: str) -> Callable[[Any], Cell]:
    """Turns a stored value into a cell, in the language of the moment."""
    field = FIELDS.get(name)
    several = isinstance(field, Several)
    choices = TIERS.get(name) or (field.choices if isinstance(field, Choice) else None)
    one = _one(field.inner if isinstance(field, Several) else field, choices)
    if several or name == "former_names":
        return lambda value: "; ".join(str(one(each)) for each in value or [])
    return one


def _one(field: Any, choices: Any) -> Callable[[Any], Cell]:
    locale = str(get_locale() or "en")
    if choices:
        spoken = {value: str(word) for value, word in choices.items()}
        return lambda value: spoken.get(value, value)
    if isinstance(field, Country):
        return lambda value: country_name(value, locale)
    if isinstance(field, Language):
        return lambda value: language_name(value, locale)
    yes, no = str(_("Yes")), str(_("No"))
    return lambda value: _cell(value, yes, no)


def _cell(value: Any, yes: str, no: str) -> Cell:
    if isinstance(value, bool):
        return yes if value else no
    if isinstance(value, datetime):
        return value.astimezone(zone()).replace(tzinfo=None)
    if value is None or isinstance(value, str | int | Decimal | date):
        return value
    return str(value)
