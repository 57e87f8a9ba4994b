"""The lists of options in force: the house's own, more or fewer as managers decide."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from sqlalchemy import select

from app.config import LANGUAGES
from app.core.countries import language_choices, language_name
from app.core.database import PREPARED
from app.core.i18n import day
from app.core.text import fold
from app.extensions import db
from app.preferences.catalogue import EXTENSIBLE, FIELDS, TOLD_BY_OPTIONS, Field
from app.preferences.models import PreferenceOption
from app.preferences.values import occasion

KEPT = "preference_lists"


class Option(NamedTuple):
    """What a manager made of one option."""

    field: str
    value: str
    label_en: str | None
    label_vi: str | None
    retired: bool


class Lists:
    """All lists as they stand; read once for a request."""

    def __init__(self, rows: Iterable[Option]) -> None:
        self.rows = {(row.field, row.value): row for row in rows}
        self.told: defaultdict[str, dict[tuple[str, str], str]] = defaultdict(dict)
        """Language: what was said in it so far, by field and code."""

    def choices(self, field: Field) -> dict[str, str]:
        """The options that may be chosen, each with its word in the reader's language."""
        if field.kind == "language":
            return dict(language_choices(_locale()))
        added = [value for name, value in self.rows if name == field.name]
        if not added:
            return dict(_list_of_the_house(field.name, _locale()))
        values = [v for v in dict.fromkeys([*field.options, *added]) if not self.retired(field, v)]
        return {value: self.word_of(field, value) for value in values}

    def retired(self, field: Field, value: str) -> bool:
        """True for an option that a manager took off the list."""
        row = self.rows.get((field.name, value))
        return row is not None and row.retired

    def knows(self, field: Field, value: str) -> bool:
        """True for an option that may be chosen."""
        listed = value in field.options or (field.name, value) in self.rows
        return listed and not self.retired(field, value)

    def match(self, field: Field, text: str) -> str | None:
        """The option that somebody wrote out, by its code or by its word in any language."""
        wanted = fold(text.replace("_", " "))
        for value in field.options:
            if wanted in spellings(field.name, value) and not self.retired(field, value):
                return value
        for (name, value), row in self.rows.items():
            written = (value.replace("_", " "), row.label_en or "", row.label_vi or "")
            if name == field.name and not row.retired and wanted in map(fold, written):
                return value
        return None

    def word(self, field: Field, code: str) -> str:
        """A code as staff read it."""
        if field.kind == "language":
            return str(language_name(code, _locale()))
        if field.kind == "hours":
            return code.replace("-", " – ")
        if field.kind == "occasions":
            return self._occasion(field, code)
        if field.pattern and code.startswith("specific:"):
            return str(_("Floor %(number)s", number=code.removeprefix("specific:")))
        return self.word_of(field, code) if field.kind in TOLD_BY_OPTIONS else code

    def word_of(self, field: Field, value: str) -> str:
        """An option's word in the reader's language, whatever else its field may hold."""
        row = self.rows.get((field.name, value))
        language = _locale()
        own = (row.label_vi if language == "vi" else row.label_en) if row else None
        given = own or (row and row.label_en)
        if not given and value in field.options:
            return _of_the_house(field.name, value, language)
        return str(given or value.replace("_", " "))

    def _occasion(self, field: Field, code: str) -> str:
        told = occasion(code)
        said = f"{self.word_of(field, told['occasion'])}, {_of_year(told['date'])}"
        return f"{said}: {told['preferences']}" if "preferences" in told else said


def known() -> Lists:
    """The lists in force, read once for a session."""
    found = db.session.info.get(KEPT)
    if not isinstance(found, Lists):
        found = db.session.info[KEPT] = load()
    return found


def load() -> Lists:
    """The lists as the database has them now."""
    columns = [getattr(PreferenceOption, name) for name in Option._fields]
    every = select(*columns).order_by(PreferenceOption.id)
    rows = db.session.execute(every, execution_options=PREPARED)
    return Lists(Option(*row) for row in rows)


def forget() -> None:
    """Have the lists read again: they were changed."""
    db.session.info.pop(KEPT, None)


def extensible(field: Field) -> bool:
    """True where a manager may add options and retire them."""
    return field.kind in EXTENSIBLE and bool(field.options)


@lru_cache(maxsize=1024)
def spellings(name: str, value: str) -> frozenset[str]:
    """How an option of the house may be written: its code and its word in every language."""
    found = {fold(value.replace("_", " "))}
    word: Any = FIELDS[name].options[value]
    for language in LANGUAGES:
        with force_locale(language):
            found.add(fold(str(word)))
    return frozenset(found)


@lru_cache(maxsize=1024)
def _of_the_house(name: str, value: str, _language: str) -> str:
    """The word that the house brings along, in the reader's language; a page has a hundred."""
    return str(FIELDS[name].options[value])


@lru_cache(maxsize=256)
def _list_of_the_house(name: str, language: str) -> dict[str, str]:
    """All words that the house brings along for a field."""
    return {value: _of_the_house(name, value, language) for value in FIELDS[name].options}


def _of_year(month_day: str) -> str:
    """`08-15` as staff read it; the year is a leap year, which has every day."""
    return day(date.fromisoformat(f"2000-{month_day}"), "yearly")


def _locale() -> str:
    return str(get_locale() or "en")
