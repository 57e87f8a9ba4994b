"""E-mail addresses and phone numbers as found in the wild: several in a cell, mangled, made up."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import phonenumbers
from flask_babel import lazy_gettext as _l

from app.core.phones import to_e164
from app.core.text import digits
from app.customers.importing.words import NO_ADDRESS, NOTHING, OLD_MOBILES

EMAILS = ("email", "alternative_email")
PHONES = ("phone", "alternative_phone", "whatsapp_number")
MOST_DIGITS = 15
FEWEST_DIGITS = 5
NATIONAL_DIGITS = 10

NO_EMAIL = _l("This is not an e-mail address; it looks like name@example.com.")
NO_PHONE = _l("This is not a phone number.")
SHORTENED = _l("The spreadsheet has shortened this number; its end is lost.")
EXTENSION = _l("The extension; the number itself was taken.")
PLACEHOLDER = _l("This stands for nothing and was taken so.")
NO_ROOM = _l("There is no room for another one.")
NUMBER_CHANGED = _l("An old mobile prefix was replaced by the one of today.")

_ADDRESS = re.compile(r"[^\s<>,;|()\"']+@[^\s<>,;|()\"']+")
_BETWEEN = re.compile(r"\s*[;,|\n]\s*|\s+/\s+|\s+(?:or|hoặc|và|and|&)\s+", re.IGNORECASE)
_EXTENSION = re.compile(r"[\s,;]*(?:ext|extension|máy lẻ|x|#)[\s.:]*(\d{1,6})\s*$", re.IGNORECASE)
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)
_OLD_MOBILE = re.compile(r"(\+84|0084)?(?:84|0)?(1\d\d)(\d{7})")


@dataclass
class Found:
    """What was made of the cells: texts by field, and what there is to say."""

    values: dict[str, str] = field(default_factory=dict)
    left_out: list[tuple[str, Any]] = field(default_factory=list)
    mended: list[tuple[str, Any]] = field(default_factory=list)


def clean_emails(given: dict[str, str]) -> Found:
    """Takes the address cells out of the row; each address goes to the next free field."""
    found = Found()
    cells = [(name, given.pop(name)) for name in EMAILS if given.get(name)]
    for name, text in cells:
        for address in _addresses(text, name, found):
            _place(found, EMAILS, name, address)
    return found


def _addresses(text: str, name: str, found: Found) -> Iterator[str]:
    if "@" not in text:
        if text.lower() not in NOTHING:
            found.left_out.append((name, NO_EMAIL))
        return
    text = re.sub(r"\bmailto:", "", re.sub(r"\s*@\s*", "@", text), flags=re.IGNORECASE)
    for address in _ADDRESS.findall(text):
        address = address.strip(".:[]{}")
        if NO_ADDRESS.match(address.lower()):
            found.mended.append((name, PLACEHOLDER))
        else:
            yield address.lower() if address.isupper() else address
    if not _ADDRESS.search(text):
        found.left_out.append((name, NO_EMAIL))


def clean_phones(given: dict[str, str], regions: tuple[str, ...]) -> Found:
    """Takes the phone cells out of the row; each number goes, as E.164, to the next free field.

    A number without a country belongs to the first of the regions, the property's, where that
    gives a real number; else to one of the guest's own countries where that does.
    """
    found = Found()
    cells = [(name, given.pop(name)) for name in PHONES if given.get(name)]
    for name, text in cells:
        for part in _parts(text):
            number = _number(part, name, found, regions)
            if number:
                _place(found, PHONES, name, number)
    return found


def _place(found: Found, names: tuple[str, ...], name: str, value: str) -> None:
    if value in found.values.values():
        return
    free = [n for n in names[names.index(name) :] if n not in found.values]
    if free:
        found.values[free[0]] = value
    else:
        found.left_out.append((name, NO_ROOM))


def _parts(text: str) -> list[str]:
    if len(digits(text)) <= MOST_DIGITS:
        return [text]
    parts = [part for part in _BETWEEN.split(text) if part]
    return [piece for part in parts for piece in _slashed(part)]


def _slashed(text: str) -> list[str]:
    return text.split("/") if len(digits(text)) > MOST_DIGITS else [text]


def _number(text: str, name: str, found: Found, regions: tuple[str, ...]) -> str | None:
    if text.lower() in NOTHING:
        return None
    if _SHORTENED.fullmatch(text):
        found.left_out.append((name, SHORTENED))
        return None
    plain = digits(text)
    if len(plain) >= FEWEST_DIGITS and (len(set(plain)) == 1 or plain in "01234567890"):
        found.mended.append((name, PLACEHOLDER))
        return None
    if extension := _EXTENSION.search(text):
        text = text[: extension.start()]
        found.left_out.append((name, EXTENSION))
    number, changed = _read(text, regions)
    if changed:
        found.mended.append((name, NUMBER_CHANGED))
    if number is None:
        found.left_out.append((name, NO_PHONE))
    return number


@lru_cache(maxsize=4096)
def _read(text: str, regions: tuple[str, ...]) -> tuple[str | None, bool]:
    """The number as E.164, and whether an old prefix was replaced."""
    home = regions[0]
    plain = re.sub(r"[^\d+]", "", text)
    old = _OLD_MOBILE.fullmatch(plain)
    if old and (old[1] or home == "VN") and old[2] in OLD_MOBILES:
        return f"+84{OLD_MOBILES[old[2]]}{old[3]}", True
    if plain.startswith(("+", "00")):
        return to_e164(text.replace("(0)", ""), home) or to_e164(plain, home), False
    readings = [to_e164(text, region) for region in regions]
    if len(plain) > NATIONAL_DIGITS:
        readings.append(to_e164("+" + plain, home))
    known = [number for number in readings if number]
    return next(filter(_is_real, known), known[0] if known else None), False


def _is_real(number: str) -> bool:
    return phonenumbers.is_valid_number(phonenumbers.parse(number))
