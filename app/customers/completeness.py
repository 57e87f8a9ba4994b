"""How complete a profile is: one table of weights, from 0 to 100, and what is missing."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l

from app.customers.models import Customer

Has = Callable[[Any], Any]

WEIGHTS: tuple[tuple[str, str, int, Any, Has], ...] = (
    ("name", "person", 15, _l("Name"), lambda g: g.full_name),
    ("email", "contact", 15, _l("E-mail"), lambda g: g.email),
    ("phone", "contact", 15, _l("Phone"), lambda g: g.phone),
    ("date_of_birth", "person", 10, _l("Date of birth"), lambda g: g.date_of_birth),
    ("nationality", "person", 10, _l("Nationality"), lambda g: g.nationality),
    ("identity", "identity", 15, _l("Identity paper"), lambda g: g.id_number_sealed),
    ("address", "address", 10, _l("Address"), lambda g: g.city and g.country),
    ("language", "person", 5, _l("Language"), lambda g: g.preferred_language),
    ("gender", "person", 5, _l("Gender"), lambda g: g.gender),
)
"""Key, group that holds the field, weight, words, and the test; the weights add up to 100."""


def completeness(guest: Customer) -> int:
    """Percent, from 0 to 100."""
    return sum(weight for _, _, weight, _, has in WEIGHTS if has(guest))


def missing(guest: Customer) -> list[tuple[str, str, str]]:
    """(key, group, words) of what is not filled in, the weightiest first."""
    gaps = [row for row in WEIGHTS if not row[4](guest)]
    return [(key, group, str(word)) for key, group, _, word, _ in sorted(gaps, key=lambda r: -r[2])]
