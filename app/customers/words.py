"""Fields and values of a guest in words: for cards, history and comparisons alike."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.clock import current_settings
from app.core.countries import country_name, language_name
from app.core.errors import Invalid
from app.core.i18n import day, locale, money
from app.core.inputs import Amount, Choice, Country, Day, Language, Phone, Several, Truth
from app.core.phones import show_phone
from app.customers import parts, vocabulary
from app.customers.inputs import CustomerInput
from app.customers.models import Customer

FIELDS = CustomerInput().fields | {"expires_on": Day(metadata={"label": _l("Until")})}
OTHER_LABELS = {
    "level": _l("Level"),
    "tag": _l("Tag"),
    "body": _l("Text"),
    "reason": _l("Reason"),
    "lift_reason": _l("Reason for lifting"),
    "internal_notes": _l("Internal notes"),
    "special_attention": _l("Special attention"),
    "warning_level": _l("Warning level"),
    "former_names": _l("Former names"),
    "status": _l("Status"),
    "company_id": _l("Company"),
    "loyalty_number": _l("Loyalty number"),
    "loyalty_tier": _l("Loyalty tier"),
}
OTHER_WORDS: dict[str, Callable[[str, Any], str]] = {}
"""Field of a feature above: how its values are told; given its name and the value."""
SENSITIVE = ("id_number", "secondary_id_number", "tax_id", "medical_notes")
"""Fields kept sealed; a page shows them only after an explicit, audited act."""
TAIL = 3
DOTS = "••••"


def label_of(name: str) -> str:
    """The field's label in the reader's language; its own name where it has none."""
    return _labels(locale()).get(name) or name.replace("_", " ")


@lru_cache(maxsize=8)
def _labels(language: str) -> dict[str, str]:  # noqa: ARG001 - the words follow it
    fields = {name: each.field for name, each in parts.told.items()} | dict(FIELDS)
    own = {name: str(field.metadata.get("label") or name) for name, field in fields.items()}
    return {name: str(label) for name, label in OTHER_LABELS.items()} | own


def labels_of(names: Iterable[str]) -> str:
    """Several labels as one enumeration."""
    return ", ".join(dict.fromkeys(label_of(name) for name in names))


def said(name: str, value: Any) -> str:
    """A stored or sent value as staff read it; '' for none.

    Takes what the audit log keeps as well: dates and amounts that went through JSON.
    """
    if value in (None, "", []):
        return ""
    if name in OTHER_WORDS:
        return OTHER_WORDS[name](name, value)
    if isinstance(value, list | tuple):
        return ", ".join(said(name, item) for item in value)
    more = parts.told.get(name)
    return _typed(FIELDS.get(name) or (more and more.field), value)


def _typed(field: Any, value: Any) -> str:
    field = field.inner if isinstance(field, Several) else field
    language = locale()
    if isinstance(field, Truth) or isinstance(value, bool):
        return str(_("Yes") if value in (True, "true", "on") else _("No"))
    if isinstance(field, Choice):
        return str(field.choices.get(value, value))
    if isinstance(field, Country):
        return str(country_name(value, language))
    if isinstance(field, Language):
        return str(language_name(value, language))
    if isinstance(field, Phone):
        return str(show_phone(str(value), current_settings().country))
    return _dated_or_counted(field, value)


def _dated_or_counted(field: Any, value: Any) -> str:
    if isinstance(value, date) or isinstance(field, Day):
        try:
            return day(value if isinstance(value, date) else date.fromisoformat(str(value)))
        except ValueError:
            return str(value)
    if isinstance(field, Amount):
        try:
            return money(Decimal(str(value)))
        except InvalidOperation:
            return str(value)
    return str(value)


def tail(value: str | None) -> str:
    """A number with all but its end hidden: `••••678`; short ones are hidden whole."""
    if not value:
        return ""
    return DOTS + (value[-TAIL:] if len(value) >= 2 * TAIL else "")


def masked(name: str, value: Any) -> str:
    """Like `said`, with the values of sensitive fields hidden."""
    if name not in SENSITIVE:
        return said(name, value)
    return DOTS if value not in (None, "") else ""


def stored(guest: Customer, name: str) -> bool:
    """True when a sealed field holds something; opens nothing."""
    return getattr(guest, f"{name}_sealed") is not None


def kind_word(kind: str) -> str:
    """The name of a kind of mark. Raises Invalid for none that exists."""
    if kind not in vocabulary.MARK_KINDS:
        raise Invalid({"kind": _("This is not one of the listed values.")})
    return str(vocabulary.MARK_KINDS[kind])
