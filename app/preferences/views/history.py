"""Preferences in the history of a guest: what happened, and values in words."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.customers import words
from app.customers.views.history import WORDS
from app.preferences import lists
from app.preferences.catalogue import FIELDS
from app.preferences.values import codes_from

WORDS |= {
    "preferences.changed": (_l("changed preferences"), "sliders-horizontal", "neutral"),
    "suggestions.learned": (_l("learned from stays"), "sparkles", "neutral"),
    "suggestion.declined": (_l("declined a suggestion"), "x", "neutral"),
    "suggestion.reopened": (_l("took a decision back"), "undo-2", "neutral"),
}
words.OTHER_LABELS |= {name: field.label for name, field in FIELDS.items()}


def said(name: str, value: Any) -> str:
    """A preference's value, as the log keeps it, in words."""
    field, known = FIELDS[name], lists.known()
    if value == "•••":
        return "•••"
    several = field.several and isinstance(value, list)
    codes = codes_from(field, value) if several or not field.several else [str(value)]
    return ", ".join(known.word(field, code) for code in codes)


words.OTHER_WORDS |= dict.fromkeys(FIELDS, said)
