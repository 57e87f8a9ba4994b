"""Dates as other systems write them: in a declared order, by month's name, or as Excel counts."""

import re
from datetime import date, timedelta
from typing import Literal

from app.core.text import fold

Order = Literal["dmy", "mdy", "ymd"]
Meaning = Literal["birth", "past", "future"]
OLDEST = 100
"""Years. A two-digit year of birth means the one that makes nobody older than this."""
LAST_SERIAL = 80_000
_EXCEL_ZERO = date(1899, 12, 30)
_PARTS = re.compile(r"(\d{1,4})\s*[-/.,\s]\s*(\d{1,2}|[^\W\d_]{3,12})\.?\s*[-/.,\s]\s*(\d{1,4})")
_NAMED_FIRST = re.compile(r"([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_CLOCK = re.compile(r"[T\s]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*([AaPp][Mm])?(Z|[+-]\d{2}:?\d{2})?$")
_NAMES = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
PLACEHOLDERS = {date(1900, 1, 1), date(1899, 12, 30), date(1899, 12, 31), date(1, 1, 1),
                date(9999, 12, 31), date(1901, 1, 1), date(1800, 1, 1)}  # fmt: skip


def parse_day(text: str, order: Order, meaning: Meaning, today: date) -> date | None:
    """The date; None for a placeholder such as 1900-01-01 or 00/00/0000.

    Year first is understood in any order. Raises ValueError for what is no date, or none for sure.
    """
    text = _CLOCK.sub("", text.strip())
    if re.fullmatch(r"[0\s/.:-]+", text):
        return None
    found = _serial(text) or _written(text, order, meaning, today)
    return None if found in PLACEHOLDERS else found


def _serial(text: str) -> date | None:
    whole = re.fullmatch(r"(\d{4,5})(?:\.\d+)?", text)
    if whole and 366 < int(whole[1]) < LAST_SERIAL and len(whole[1]) == 5:
        return _EXCEL_ZERO + timedelta(days=int(whole[1]))
    if re.fullmatch(r"(19|20)\d{6}", text):
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    return None


def _written(text: str, order: Order, meaning: Meaning, today: date) -> date:
    if named := _NAMED_FIRST.fullmatch(text):
        return date(int(named[3]), _month(named[1]), int(named[2]))
    parts = _PARTS.fullmatch(text)
    if parts is None:
        raise ValueError("not a date")
    first, middle, last = parts.groups()
    if not middle.isdecimal():
        day, year = (last, first) if len(first) == 4 else (first, last)
        return date(_year(year, meaning, today), _month(middle), int(day))
    if len(first) > 2 or order == "ymd":
        year, month, day = first, middle, last
    else:
        (day, month) = (first, middle) if order == "dmy" else (middle, first)
        year = last
    return date(_year(year, meaning, today), int(month), int(day))


def _month(name: str) -> int:
    short = fold(name)[:3]
    if short not in _NAMES:
        raise ValueError("not a month")
    return _NAMES.index(short) + 1


def _year(text: str, meaning: Meaning, today: date) -> int:
    """Four digits as they are; two by what the date means. Raises ValueError when both could be."""
    year = int(text)
    if len(text) == 4:
        return year
    if len(text) != 2:
        raise ValueError("not a year")
    this = today.year % 100
    century = today.year - this
    if meaning == "future":
        return century + year
    if meaning == "birth" and year == this:
        raise ValueError("born this year, or a hundred years ago")
    return century + year - (OLDEST if year > this else 0)
