"""What the rows of all files have in common: cells guarded, empty or unreadable; dates and sums.

What cannot be taken raises LeftOut, or a field's own ValidationError; `reason` says why.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError

from app.core.tabular import LOST
from app.core.tabular_out import inert
from app.core.text import fold
from app.customers.importing.dates import Meaning, Order, parse_day
from app.customers.importing.words import NOTHING

UNREADABLE = _l("Some letters cannot be read in this encoding.")
NO_DATE = _l("This is no date in the order chosen.")
NO_AMOUNT = _l("This is not an amount.")
LONGEST_NOTHING = 16


class LeftOut(Exception):
    """The value cannot be taken; its argument says why."""


def reason(fault: LeftOut | ValidationError) -> Any:
    """Why a value is left out, in words."""
    if isinstance(fault, LeftOut):
        return fault.args[0]
    said = fault.messages
    return " ".join(map(str, said)) if isinstance(said, list) else str(said)


def unguarded(raw: Mapping[str, str]) -> dict[str, str]:
    """The cells without the apostrophe that keeps a spreadsheet program from running them."""
    return {n: t[1:] if t[0] == "'" and inert(t[1:]) == t else t for n, t in raw.items()}


def refuse_lost(text: str) -> None:
    """Raise LeftOut for letters that the file's encoding has lost."""
    if LOST in text:
        raise LeftOut(UNREADABLE)


def is_nothing(text: str) -> bool:
    """True for the words by which systems say that there is no value."""
    return len(text) < LONGEST_NOTHING and fold(text) in NOTHING


def day_of(text: str, order: Order, meaning: Meaning, today: date) -> date | None:
    """The date in a cell; None for one that stands for nothing. Raises LeftOut."""
    try:
        return parse_day(text, order, meaning, today)
    except (ValueError, OverflowError):
        raise LeftOut(NO_DATE) from None


def plain_amount(text: str) -> str:
    """`1.500.000 ₫`, `1,500,000` and `1500000.50` as plain digits. Raises LeftOut for none."""
    number = re.sub(r"[^\d.,-]", "", text)
    for group, point in ((".", ","), (",", ".")):
        shape = rf"-?\d{{1,3}}(\{group}\d{{3}})+(\{point}\d+)?|-?\d+\{point}\d+|-?\d+"
        if re.fullmatch(shape, number):
            plain = number.replace(group, "").replace(point, ".")
            try:
                return str(Decimal(plain))
            except InvalidOperation:
                break
    raise LeftOut(NO_AMOUNT)
