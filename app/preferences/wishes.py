"""Preferences as wishes: one for each thing that a guest wants, and the department that sees to it.

A stay's tasks are made of these.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from app.core.i18n import locale
from app.preferences import lists
from app.preferences.catalogue import FIELDS, KITCHEN, Department, Field
from app.preferences.lists import Lists
from app.preferences.models import Preferences
from app.preferences.values import codes_of, occasion


@dataclass(frozen=True)
class Wish:
    """One thing that a guest wants. key: `pillow_type:firm`, the same as long as the wish is.

    words: in the reader's language. department: None where there is nothing to do.
    """

    key: str
    field: str
    option: str
    words: str
    department: Department | None
    is_care: bool


def wishes(
    preferences: Preferences | None, *, care: bool, during: tuple[date, date] | None = None
) -> list[Wish]:
    """What the guest wants; health and belief only with `care`, and those come first.

    `during`, first and last day of a stay, makes tasks of the occasions that fall into it; the
    other occasions ask for nothing. Lists of options are read once for a session.
    """
    if preferences is None:
        return []
    words = _Words(lists.known())
    found = [
        _wish(field, code, words, during)
        for field in _seen(care)
        for code in codes_of(preferences, field)
    ]
    return sorted(found, key=lambda wish: not wish.is_care)


@lru_cache(maxsize=2)
def _seen(care: bool) -> tuple[Field, ...]:
    shown = (field for field in FIELDS.values() if field.see == "guests.read" or field.care)
    return tuple(field for field in shown if care or not field.care)


class _Words:
    """Wishes in the reader's words; the many guests of a board want the same few things."""

    def __init__(self, known: Lists) -> None:
        self.known, self.told = known, known.told[locale()]

    def of(self, field: Field, code: str) -> str:
        """As `said` says it."""
        words = self.told.get((field.name, code))
        if words is None:
            words = self.told[field.name, code] = said(field, code, self.known)
        return words


def _wish(field: Field, code: str, words: _Words, during: tuple[date, date] | None) -> Wish:
    department = None if code in field.idle else field.department
    if field.kind == "occasions" and during and falls_into(code, *during):
        department = KITCHEN
    key, told = f"{field.name}:{code}", words.of(field, code)
    return Wish(key, field.name, code, told, department, field.care)


def said(field: Field, code: str, known: Lists) -> str:
    """A wish in words: "King bed", "Pillow: Firm", "Turndown service"."""
    label = str(field.label)
    if field.kind == "flag" and code == "yes":
        return label
    word = known.word(field, code)
    speaks = field.plain or (field.pattern is not None and code not in field.options)
    return word if speaks else f"{label}: {word}"


def falls_into(code: str, first: date, last: date) -> bool:
    """True when an occasion's day is one of the stay's; 29 February counts as 1 March."""
    wanted = occasion(code)["date"]
    days = (first + timedelta(days=n) for n in range(min((last - first).days, 366) + 1))
    return any(
        day.strftime("%m-%d") == wanted
        or (wanted == "02-29" and (day.month, day.day) == (3, 1) and not _leaps(day.year))
        for day in days
    )


def _leaps(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
