"""Allergies and accessibility needs wherever a guest appears, from the short form on the row.

Only for who may see health; nothing is asked of the database but, once, the words of options that
are not the house's own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from app.core.actor import Actor
from app.customers import parts
from app.customers.models import Customer
from app.preferences import lists
from app.preferences.catalogue import FIELDS

CARE = "guests.care"
ALLERGIES, MOBILITY = FIELDS["food_allergies"], FIELDS["mobility_assistance"]
LONGEST = 20
"""Letters that fit beside a name; what does not is counted, and stands on the profile."""
Summary = Mapping[str, Any]
Badge = tuple[str, str, str]


def allergies(summary: Summary | None) -> list[str]:
    """What the guest must not eat, in words."""
    return [_word(ALLERGIES.name, code) for code in _codes(summary, "allergies")]


def needs(summary: Summary | None) -> list[str]:
    """What the guest needs to move, hear and see, in words."""
    return [
        str(FIELDS[code].label) if code in FIELDS else _word(MOBILITY.name, code)
        for code in _codes(summary, "access")
    ]


def _codes(summary: Summary | None, key: str) -> Sequence[str]:
    return (summary or {}).get(key) or ()


def _word(name: str, code: str) -> str:
    own = FIELDS[name].options.get(code)
    return str(own) if own else lists.known().word(FIELDS[name], code)


def badges(summary: Summary, by: Actor, whole: bool) -> list[Badge]:
    """(words, tone, icon) beside a name."""
    if not by.may(CARE):
        return []
    told = ", ".join if whole else _short
    found = []
    if words := allergies(summary):
        said = _("Allergies: %(what)s", what=told(words))
        found.append((said, "attention", "wheat-off"))
    if words := needs(summary):
        found.append((told(words), "info", "accessibility"))
    return found


def _short(words: list[str]) -> str:
    """As many words as fit, at least one, and how many more there are: `Peanuts, Mango +2`."""
    fits = [n for n in range(1, len(words) + 1) if len(", ".join(words[:n])) <= LONGEST]
    shown = max(fits, default=1)
    said = ", ".join(words[:shown])
    said = said if len(said) <= LONGEST else said[: LONGEST - 1].rstrip() + "…"
    left = len(words) - shown
    return f"{said} +{left}" if left else said


def alerts(guest: Customer, by: Actor) -> list[dict[str, Any]]:
    """Banners above every tab of the profile."""
    if not by.may(CARE):
        return []
    summary = guest.preferences_summary
    told = (
        (_("Allergies."), "danger", "wheat-off", allergies(summary)),
        (_("Accessibility."), "attention", "accessibility", needs(summary)),
    )
    return [
        {"title": title, "tone": tone, "icon": icon, "text": ", ".join(words), "placed": "",
         "lift": ""}
        for title, tone, icon, words in told if words
    ]  # fmt: skip


parts.alerts.append(alerts)
parts.cares.append(badges)
