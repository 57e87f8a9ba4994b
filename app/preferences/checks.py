"""What may be told of a preference: the code of an option, or free text where that is allowed."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError

from app.core.cards import refuse_card
from app.core.countries import language_code
from app.core.errors import Invalid
from app.core.inputs import cleaned
from app.preferences.catalogue import Field
from app.preferences.lists import Lists

MOST = 30
LONGEST_ITEM = 80
MOST_OF_COUNT = 10
TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
LEAP_YEAR = 2000
"""In which every day of an occasion exists."""


def checked(
    field: Field, codes: Iterable[Any], known: Lists, kept: Iterable[str] = ()
) -> list[str]:
    """The codes as they are stored, without repeats. `kept` are there already and may stay.

    Raises Invalid at the field's name for what is not listed, too long, or a card's number.
    """
    there = set(kept)
    try:
        found = [c if c in there else _checked(field, c, known) for c in codes]
    except ValidationError as wrong:
        raise Invalid({field.name: list(wrong.messages)}) from None
    unique = list(dict.fromkeys(found))
    most = MOST if field.several else 1
    if len(unique) > most:
        raise Invalid({field.name: _l("At most %(most)s entries.", most=most)})
    return unique


def _checked(field: Field, code: Any, known: Lists) -> str:
    if not isinstance(code, str):
        raise ValidationError([_l("This is not the kind of value that belongs here.")])
    text = " ".join(cleaned(code).split())
    refuse_card(text)
    longest = LONGEST_ITEM if field.several else field.longest
    if not text or len(text) > longest:
        raise ValidationError([_l("From 1 to %(most)s characters.", most=longest)])
    return KINDS[field.kind](field, text, known)


def _option(field: Field, text: str, known: Lists) -> str:
    if known.knows(field, text):
        return text
    if field.pattern and field.pattern.fullmatch(text):
        return text
    found = known.match(field, text)
    if found is None and field.free:
        return text
    if found is None:
        raise ValidationError(
            [_l("“%(text)s” is not on the list of “%(label)s”.", text=text, label=field.label)]
        )
    return found


def _plain(_field: Field, text: str, _known: Lists) -> str:
    return text


def _count(_field: Field, text: str, _known: Lists) -> str:
    if not re.fullmatch(r"[0-9]{1,2}", text) or not 1 <= int(text) <= MOST_OF_COUNT:
        raise ValidationError([_l("From 1 to %(most)s.", most=MOST_OF_COUNT)])
    return str(int(text))


def _time(_field: Field, text: str, _known: Lists) -> str:
    if not TIME.fullmatch(text):
        raise ValidationError([_l("This is not a time of day; write it like 07:30.")])
    return text


def _language(_field: Field, text: str, _known: Lists) -> str:
    code = language_code(text)
    if code is None:
        raise ValidationError([_l("This language is not known; choose one from the list.")])
    return code


def _hours(_field: Field, text: str, _known: Lists) -> str:
    start, _, end = text.partition("-")
    if not TIME.fullmatch(start) or not TIME.fullmatch(end) or start == end:
        raise ValidationError([_l("Hours go from one time to another, such as 14:00 to 16:00.")])
    return text


def _occasion(field: Field, text: str, known: Lists) -> str:
    day, _, rest = text.partition(":")
    what, _, wish = (part.strip() for part in rest.partition(":"))
    try:
        date.fromisoformat(f"{LEAP_YEAR}-{day}")
    except ValueError:
        raise ValidationError([_l("This is not a day of the calendar.")]) from None
    found = _option(field, what, known)
    return ":".join(part for part in (day, found, wish) if part)


KINDS: dict[str, Callable[[Field, str, Lists], str]] = {
    "one": _option, "many": _option, "flag": _option, "count": _count, "time": _time,
    "text": _plain, "language": _language, "hours": _hours, "occasions": _occasion,
}  # fmt: skip
