"""A row of a file as a stay that was: cleaned, held to the rules, or refused with its reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError

from app.core.inputs import Amount, Line, Text
from app.core.text import fold
from app.customers.importing.cells import (
    LeftOut,
    day_of,
    is_nothing,
    plain_amount,
    reason,
    refuse_lost,
    unguarded,
)
from app.customers.importing.contacts import clean_emails, clean_phones
from app.customers.importing.dates import Order
from app.imports.targets import RawRow
from app.stays.importing.words import BY_PURPOSE, BY_STATUS
from app.stays.inputs import MOST_NIGHTS

MONEY = ("room_rate", "room_charge", "extras", "total")
TEXTS = {
    "room_type": Line(max_length=100), "room_number": Line(max_length=20),
    "rate_type": Line(max_length=50), "notes": Text(max_length=2000),
    "number": Line(max_length=60, cards=False), "full_name": Line(max_length=200),
    "guest_number": Line(max_length=100, cards=False),
    "customer_code": Line(max_length=20, cards=False),
}  # fmt: skip
AMOUNT = Amount()

NO_DATES = _l("A stay needs its arrival, and its departure or number of nights.")
TURNED = _l("Departure comes before arrival.")
TOO_LONG = _l("A stay has at most 1,000 nights.")
TO_COME = _l("This stay is not over yet; only what is over is history.")
NO_STATUS = _l("It is not known how this booking ended.")
NO_SCORE = _l("Satisfaction is a whole number from 1 to 10.")
NO_PURPOSE = _l("This purpose is not known: leisure, business or event.")
NO_NIGHTS = _l("This is not a number of nights.")
OTHER_NIGHTS = _l("The nights were counted from the dates.")


@dataclass(frozen=True)
class Rules:
    """How this file is to be understood. `region`: where phones without a country are dialled."""

    date_order: Order
    region: str
    today: date
    strict: bool


@dataclass
class PastStay:
    """A row that may become a stay, or a booking that came to nothing.

    `refused` and `left_out` are (field, why). `guests` is what its guest can be known by.
    """

    row: int
    status: str = "checked_out"
    check_in: date | None = None
    check_out: date | None = None
    values: dict[str, Any] = field(default_factory=dict)
    guests: dict[str, str] = field(default_factory=dict)
    refused: list[tuple[str, Any]] = field(default_factory=list)
    left_out: list[tuple[str, Any]] = field(default_factory=list)
    notes: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def nights(self) -> int:
        """Calendar nights, whatever the clocks did."""
        assert self.check_in is not None
        assert self.check_out is not None
        return (self.check_out - self.check_in).days


def read(raw: RawRow, rules: Rules) -> PastStay:
    """The row cleaned and checked; what is wrong stands in it."""
    given = unguarded(raw.values)
    stay = PastStay(raw.number)
    _contacts(stay, given, rules)
    for name, text in given.items():
        if is_nothing(text):
            continue
        try:
            _take(stay, name, text, rules)
        except (LeftOut, ValidationError) as fault:
            stay.left_out.append((name, reason(fault)))
    _settle_dates(stay, given, rules)
    if rules.strict:
        stay.refused += stay.left_out
    return stay


def _contacts(stay: PastStay, given: dict[str, str], rules: Rules) -> None:
    for found in (clean_emails(given), clean_phones(given, (rules.region,))):
        stay.left_out += found.left_out
        stay.guests |= {n: v.lower() for n, v in found.values.items() if n in ("email", "phone")}


def _take(stay: PastStay, name: str, text: str, rules: Rules) -> None:
    refuse_lost(text)
    if name in ("check_in", "check_out"):
        setattr(stay, name, day_of(text, rules.date_order, "past", rules.today))
    elif name in MONEY:
        stay.values[name] = AMOUNT.deserialize(plain_amount(text))
    elif name == "status":
        stay.status = BY_STATUS.get(fold(text), "")
    elif name == "purpose":
        stay.values["purpose_of_visit"] = _purpose(text)
    elif name == "score":
        stay.values["satisfaction_score"] = _score(text)
    elif name in TEXTS:
        found = TEXTS[name].deserialize(text)
        where = stay.guests if name in ("full_name", "guest_number", "customer_code") else None
        (stay.values if where is None else where)[name] = found


def _purpose(text: str) -> str:
    if fold(text) not in BY_PURPOSE:
        raise LeftOut(NO_PURPOSE)
    return BY_PURPOSE[fold(text)]


def _score(text: str) -> int:
    plain = text.replace(",", ".").removesuffix("/10").strip()
    whole = plain.removesuffix(".0")
    if not (whole.isascii() and whole.isdecimal() and 1 <= int(whole[:4]) <= 10):
        raise LeftOut(NO_SCORE)
    return int(whole)


def _settle_dates(stay: PastStay, given: Mapping[str, str], rules: Rules) -> None:
    """The departure from the nights where there is none; and what refuses the row."""
    told = given.get("nights", "").strip().removesuffix(".0")
    nights = int(told) if told.isascii() and told.isdecimal() and len(told) < 5 else None
    if told and nights is None and not is_nothing(told):
        stay.left_out.append(("nights", NO_NIGHTS))
    if stay.check_in and stay.check_out is None and nights is not None:
        stay.check_out = stay.check_in + timedelta(days=min(nights, MOST_NIGHTS + 1))
    if stay.check_in is None or stay.check_out is None:
        stay.refused.append(("check_out" if stay.check_in else "check_in", NO_DATES))
        return
    if nights is not None and nights != stay.nights:
        stay.notes.append(("nights", OTHER_NIGHTS))
    stay.refused += _wrong_dates(stay, rules)


def _wrong_dates(stay: PastStay, rules: Rules) -> list[tuple[str, Any]]:
    if stay.nights < 0:
        return [("check_out", TURNED)]
    if stay.nights > MOST_NIGHTS:
        return [("check_out", TOO_LONG)]
    if not stay.status:
        return [("status", NO_STATUS)]
    assert stay.check_out is not None
    still = stay.status == "checked_out" and stay.check_out > rules.today
    return (
        [("status" if stay.status == "open" else "check_out", TO_COME)]
        if (still or stay.status == "open")
        else []
    )


def amounts(stay: PastStay) -> dict[str, Decimal | None]:
    """Room, extras and all; what is not told follows from the rest where it can."""
    told = stay.values
    room, extras, total = (told.get(name) for name in ("room_charge", "extras", "total"))
    if room is None and total is None and told.get("room_rate") is not None:
        room = told["room_rate"] * max(stay.nights, 1)
    if total is None:
        total = (room or Decimal(0)) + (extras or Decimal(0))
    return {"total_room_charge": room, "total_extras": extras, "total_amount": total}
