"""One row of another system, mended where that is safe, then held to the rules of CustomerInput.

What cannot be read is left out and said, so that a wrong e-mail does not lose the guest.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields

from app.core.countries import country_code
from app.core.inputs import Amount, Choice, Country, Day, Email, Language, Phone, Several, Truth
from app.core.text import fold
from app.customers.importing import words
from app.customers.importing.cells import (
    LeftOut,
    day_of,
    is_nothing,
    plain_amount,
    reason,
    refuse_lost,
    unguarded,
)
from app.customers.importing.contacts import PLACEHOLDER, clean_emails, clean_phones
from app.customers.importing.dates import Meaning, Order
from app.customers.inputs import GROUPS, CustomerInput

SCHEMA = CustomerInput()
NAMES = ("full_name", "last_name", "middle_name", "first_name", "display_name")
CONSENTS = GROUPS["marketing"][2]
PAPERS = {"passport_number": "passport", "national_id_number": "national_id"}
MEANINGS: dict[str, Meaning] = {
    "date_of_birth": "birth", "id_issue_date": "past", "id_expiry_date": "future",
    "secondary_id_expiry": "future", "vip_status_expiry": "future",
}  # fmt: skip

NAMIBIA = _l("“NA” may mean Namibia, or nothing.")
MOVED = _l("The form of address was taken out of the name.")
NO_PAPER_LEFT = _l("There is no room for a third paper.")


@dataclass
class Cleaned:
    """A row's values as CustomerInput gives them, and what was left out or mended."""

    values: dict[str, Any] = field(default_factory=dict)
    left_out: list[tuple[str, Any]] = field(default_factory=list)
    mended: list[tuple[str, Any]] = field(default_factory=list)
    unasked: int = 0
    """Yes-answers to consents that were not taken, since nobody declared when they were given."""


@dataclass(frozen=True)
class Rules:
    """How this file is to be understood. `region`: where phones without a country are dialled."""

    date_order: Order
    region: str
    today: date
    consent: bool = False


def clean(raw: Mapping[str, str], rules: Rules) -> Cleaned:
    """The row's values. Raises nothing: what is wrong is left out and said."""
    row = Cleaned()
    for name, text in _spread(raw, row, rules):
        try:
            value = _read(name, text, row, rules)
        except (LeftOut, ValidationError) as fault:
            row.left_out.append((name, reason(fault)))
        else:
            if value is not None and value != []:
                row.values[name] = value
    _papers_in_order(row)
    return row


def _spread(raw: Mapping[str, str], row: Cleaned, rules: Rules) -> Iterator[tuple[str, str]]:
    """Field and text; a cell that says several things is spread over several fields."""
    given = unguarded(raw)
    yield from _names(given, row)
    lands = [_country(given.get(name, "")) for name in ("country", "nationality")]
    regions = (rules.region, *(land for land in lands if land and land != rules.region))
    for found in (clean_emails(given), clean_phones(given, regions)):
        row.left_out += found.left_out
        row.mended += found.mended
        yield from found.values.items()
    _numbers_of_papers(given, row)
    yield from given.items()


def _names(given: dict[str, str], row: Cleaned) -> Iterator[tuple[str, str]]:
    for name in ("full_name", "first_name", "last_name"):
        text = given.get(name, "")
        polite = words.POLITE.match(text)
        if polite:
            given[name] = text[polite.end() :]
            given.setdefault("title", polite[1])
            row.mended.append((name, MOVED))
    for name in NAMES:
        if name in given:
            yield name, given.pop(name)


def _numbers_of_papers(given: dict[str, str], row: Cleaned) -> None:
    """Passport and identity card each in a column of their own go to the first and second paper."""
    for column, kind in PAPERS.items():
        number = given.pop(column, "")
        if not number or is_nothing(number):
            continue
        if not given.get("id_number"):
            given |= {"id_type": kind, "id_number": number}
        elif not given.get("secondary_id_number"):
            given |= {"secondary_id_type": kind, "secondary_id_number": number}
        else:
            row.left_out.append((column, NO_PAPER_LEFT))


def _read(name: str, text: str, row: Cleaned, rules: Rules) -> Any:
    declared = SCHEMA.fields[name]
    refuse_lost(text)
    if name in NAMES:
        return None if text.lower() in words.NOTHING_IN_NAMES else declared.deserialize(text)
    if isinstance(declared, Truth):
        return _truth(name, text, row, rules)
    if isinstance(declared, Choice):
        return _choice(name, text, declared)
    if is_nothing(text):
        if isinstance(declared, Country) and fold(text) == "na":
            raise LeftOut(NAMIBIA)
        return None
    return _plain(name, text, declared, row, rules)


def _plain(name: str, text: str, declared: fields.Field[Any], row: Cleaned, rules: Rules) -> Any:
    if isinstance(declared, Day):
        return _day(name, text, declared, row, rules)
    if isinstance(declared, Country):
        return declared.deserialize(_country(text) or text)
    if isinstance(declared, Language | Email | Phone):
        return declared.deserialize(text)
    if isinstance(declared, Several):
        return declared.deserialize([part for part in re.split(r"\s*[,;/|\n]\s*", text) if part])
    if isinstance(declared, Amount):
        return declared.deserialize(plain_amount(text))
    if "number" in name and not text.strip("0 .-"):
        return None
    return declared.deserialize(text)


def _country(text: str) -> str | None:
    return country_code(text) or words.PEOPLES.get(fold(text)) if text else None


def _choice(name: str, text: str, declared: Choice) -> Any:
    known = _words_for(name, str(get_locale()))
    said = fold(text)
    if said not in known and is_nothing(text):
        return None
    return known.get(said) or declared.deserialize(text)


@cache
def _words_for(name: str, _locale: str) -> dict[str, str]:
    """Folded words to stored values: the values, their labels in this language, known others."""
    declared = SCHEMA.fields[name]
    assert isinstance(declared, Choice)
    known = dict(words.BY_WORD.get(name, {}))
    for value, label in declared.choices.items():
        spellings = (value, value.replace("_", " "), str(label))
        known |= dict.fromkeys(map(fold, spellings), value)
    return known


def _truth(name: str, text: str, row: Cleaned, rules: Rules) -> Any:
    """A consent counts when it was declared; a refusal always does."""
    said = fold(text)
    if said in words.NO:
        return False
    if said in words.YES:
        if name in CONSENTS and not rules.consent:
            row.unasked += name != "data_retention_consent"
            return None
        return True
    return None if said in words.NOTHING else SCHEMA.fields[name].deserialize(text)


def _day(name: str, text: str, declared: Day, row: Cleaned, rules: Rules) -> Any:
    found = day_of(text, rules.date_order, MEANINGS.get(name, "past"), rules.today)
    if found is None:
        row.mended.append((name, PLACEHOLDER))
        return None
    return declared.deserialize(found.isoformat())


def _papers_in_order(row: Cleaned) -> None:
    try:
        SCHEMA._papers_in_order(row.values)
    except ValidationError as wrong:
        row.values.pop("id_expiry_date", None)
        row.left_out.append(("id_expiry_date", str(wrong.messages[0])))
