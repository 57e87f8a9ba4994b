"""What a profile page shows, prepared for one reader: nothing in here is beyond their rights."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.core.actor import Actor
from app.core.datamap import data_map
from app.core.errors import Unreadable
from app.core.inputs import Phone, Truth
from app.customers import parts
from app.customers.inputs import GROUPS
from app.customers.models import Customer
from app.customers.views.addresses import guest_url
from app.customers.words import FIELDS, SENSITIVE, label_of, said, stored, tail

logger = logging.getLogger(__name__)

COLUMNS = (
    ("contact", "address", "work", "tax", "credit"),
    ("person", "identity", "medical", "standing", "vip", "marketing"),
)
"""The groups' cards in the two columns of the overview."""
ALWAYS = {
    "person": ("date_of_birth", "gender", "nationality", "preferred_language"),
    "contact": ("phone", "email"),
    "address": ("city", "country"),
    "identity": ("id_type", "id_number"),
    "work": ("company_name",),
    "tax": ("tax_id",),
    "credit": ("credit_limit", "payment_terms"),
    "standing": ("customer_type", "customer_segment", "customer_source"),
    "vip": ("vip_status",),
    "medical": ("medical_notes",),
    "marketing": GROUPS["marketing"][2],
}
"""Fields that a card shows even when they are empty."""
SKIPPED = {"full_name", "display_name", "email_verified", "phone_verified"}
LINKS = {
    "email": "mailto:", "alternative_email": "mailto:", "company_email": "mailto:",
    "phone": "tel:", "alternative_phone": "tel:", "whatsapp_number": "tel:",
    "company_phone": "tel:", "emergency_contact_phone": "tel:",
}  # fmt: skip
EDIT_WORDS = {
    "person": _l("Edit the person"),
    "contact": _l("Edit contact"),
    "address": _l("Edit the address"),
    "identity": _l("Edit identity papers"),
    "work": _l("Edit the company"),
    "tax": _l("Edit the tax number"),
    "credit": _l("Edit credit and payment"),
    "standing": _l("Edit category and origin"),
    "vip": _l("Edit the VIP level"),
    "marketing": _l("Edit consents"),
    "medical": _l("Edit medical notes"),
}


@dataclass(frozen=True)
class Fact:
    """One line of a card. `reveal` names a field that a touch shows; `broken`: cannot be opened."""

    label: str
    value: str
    href: str = ""
    hint: str = ""
    verified: bool = False
    reveal: str = ""
    broken: bool = False
    yes: bool | None = None
    lines: bool = False


@dataclass(frozen=True)
class Card:
    """One group of the overview."""

    group: str
    title: str
    facts: list[Fact]
    edit: str = ""
    edit_word: str = ""
    alerts: list[dict[str, str]] = field(default_factory=list)
    acts: list[dict[str, str]] = field(default_factory=list)


def sees(name: str, by: Actor) -> bool:
    """True when the data map lets this reader see a column of the guest."""
    return by.may(_seen_with()[name])


@lru_cache(maxsize=1)
def _seen_with() -> dict[str, str]:
    """Column of the guest: the permission that shows it."""
    table = Customer.__tablename__
    return {column: fact.see for of, column, fact in data_map() if of == table and fact}


def columns(guest: Customer, by: Actor) -> list[list[Card]]:
    """The overview's cards in their two columns."""
    cards = [[card(guest, group, by) for group in column] for column in COLUMNS]
    return [[each for each in column if each] for column in cards]


def card(
    guest: Customer, group: str, by: Actor, shown: dict[str, str] | None = None
) -> Card | None:
    """One group's card; None where the reader may see nothing of it.

    `shown` are values of sensitive fields that the reader asked for, after that was audited.
    """
    title, permission, names = GROUPS[group]
    seen = [name for name in names if sees(name, by) and name not in SKIPPED]
    if not seen:
        return None
    facts = [fact(guest, name, shown or {}, by) for name in seen if _matters(guest, group, name)]
    may_edit = by.may(permission)
    if not facts and not may_edit:
        return None
    facts += _more(guest, group, by)
    edit = guest_url("customers.edit_group", guest.id, group=group) if may_edit else ""
    edit = "" if group in parts.in_dialogs else edit
    return Card(
        group, str(title), facts, edit, str(EDIT_WORDS[group]), acts=_acts(guest, group, by)
    )


def _more(guest: Customer, group: str, by: Actor) -> list[Fact]:
    """What other features say in the card."""
    tell = parts.card_facts.get(group)
    return [Fact(*each) for each in tell(guest, by)] if tell else []


def _acts(guest: Customer, group: str, by: Actor) -> list[dict[str, str]]:
    """What other features let this person do from the card; each opens a dialog."""
    return [
        {"label": str(each.label), "icon": each.icon,
         "href": guest_url(each.endpoint, guest.id)}
        for each in parts.card_actions.get(group, []) if by.may(each.permission)
    ]  # fmt: skip


def _matters(guest: Customer, group: str, name: str) -> bool:
    if name in ALWAYS[group]:
        return True
    if name in SENSITIVE:
        return stored(guest, name)
    return getattr(guest, name) not in (None, "", [])


def fact(guest: Customer, name: str, shown: dict[str, str], by: Actor) -> Fact:
    """One field as a line."""
    if name in SENSITIVE:
        return _sealed(guest, name, shown)
    value = getattr(guest, name)
    href = LINKS[name] + value if value and name in LINKS else ""
    if name in parts.links:
        href = parts.links[name](guest, by)
    verified = bool(name in ("email", "phone") and value and getattr(guest, f"{name}_verified"))
    yes = bool(value) if isinstance(FIELDS[name], Truth) else None
    hint = ""
    if name == "date_of_birth" and guest.age is not None:
        hint = ngettext("%(num)d year", "%(num)d years", guest.age)
    lines = name == "billing_address"
    return Fact(label_of(name), said(name, value), href, hint, verified, yes=yes, lines=lines)


def _sealed(guest: Customer, name: str, shown: dict[str, str]) -> Fact:
    label, lines = label_of(name), name == "medical_notes"
    if name in shown:
        return Fact(label, shown[name], lines=lines)
    if not stored(guest, name):
        return Fact(label, "")
    if name == "medical_notes":
        return Fact(label, _("On file"), reveal=name)
    try:
        return Fact(label, tail(getattr(guest, name)), reveal=name)
    except Unreadable as fault:
        logger.error("a stored value cannot be decrypted: %s", fault)
        return Fact(label, _("Cannot be decrypted"), broken=True)


def editable(by: Actor) -> list[str]:
    """The groups that somebody may edit, in order."""
    return [group for group, (_title, permission, _names) in GROUPS.items() if by.may(permission)]


def form_values(guest: Customer, names: Iterable[str]) -> dict[str, Any]:
    """Stored values for a form; sealed ones stay out, a form never shows them by itself."""
    return {
        name: said(name, value) if isinstance(FIELDS[name], Phone) else value
        for name in names if name not in SENSITIVE and (value := getattr(guest, name)) is not None
    }  # fmt: skip
