"""Machine-readable zones of passports, identity cards and visas, read from noisy text."""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from app.documents.reading import signs
from app.documents.reading.check_digits import as_digits, check_digit, exchanged, unseen
from app.documents.reading.layouts import Layout
from app.documents.reading.reading import Reading
from app.documents.reading.zone import candidates

FEWEST = 2
"""So much of number, birth, expiry and the whole has to be right for a text to be a zone at all.

One more where the line ends were lost, or where the text does not begin as zones do."""
MOST_REPAIRS = 5
"""Signs of a day and its digit; words of letters alone must not become one."""


def read(text: str, today: date) -> Reading | None:
    """The zone in the text that its check digits speak for most; None where there is none."""
    best: tuple[int, Reading] | None = None
    for layout, zone, by_lines in candidates(text):
        reading = _Zone(layout, zone).reading(today)
        starts = layout.starts(zone)
        score = 2 * sum(reading.checks.values()) - len(reading.checks) - len(reading.guessed)
        score += 2 * starts
        if _telling(reading) + starts > FEWEST + (not by_lines) and (
            best is None or score > best[0]
        ):
            best = score, reading
    return best[1] if best else None


def _telling(reading: Reading) -> int:
    """How many of the check digits hold that cannot well hold by chance."""
    held = {name for name, holds in reading.checks.items() if holds} - reading.guessed
    days = [name for name in ("birth", "expiry") if name in held and getattr(reading, name)]
    return len(days) + len(held & {"number", "composite"})


@dataclass
class _Zone:
    """One candidate while it is read: repairs are written into `text` as they are proven."""

    layout: Layout
    text: str
    checks: dict[str, bool] = field(default_factory=dict)
    repaired: set[str] = field(default_factory=set)
    guessed: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)

    def reading(self, today: date) -> Reading:
        """What stands in the zone."""
        number, rest = self._number()
        born, expires = self._day("birth"), self._day("expiry")
        personal = self._personal(rest)
        self._composite()
        values = self._person() | {
            "number": number, "birth": signs.birth(born, today),
            "expiry": signs.expiry(expires, today), "personal_number": personal,
        }  # fmt: skip
        return _citizen(Reading(
            self.layout.name, self.layout.document_type, **values, checks=self.checks,
            repaired=frozenset(self.repaired), guessed=frozenset(self.guessed),
            doubtful=frozenset(self.doubtful),
        ))  # fmt: skip

    def part(self, name: str) -> str:
        """The signs of one field."""
        return self.layout.part(self.text, name)

    def _person(self) -> dict[str, Any]:
        issuer = signs.country(self.part("issuer"))
        of_issuer = "nationality" not in self.layout.places
        last, first, clear = self._names()
        if not clear:
            self.doubtful |= {"last_name", "first_name"}
        return {
            "country": issuer,
            "last_name": last,
            "first_name": first,
            "nationality": issuer if of_issuer else signs.country(self.part("nationality")),
            "sex": signs.SEXES.get(self.part("sex")),
        }

    def _names(self) -> tuple[str | None, str | None, bool]:
        if "names" in self.layout.places:
            return signs.names(self.part("names"))
        return signs.names(self.part("last").rstrip("<") + "<<" + self.part("first"))

    def _put(self, at: int, new: str) -> None:
        self.text = self.text[:at] + new + self.text[at + len(new) :]

    def _day(self, name: str) -> str:
        """The six digits of a day. Where letters stand, only digits that its check proves."""
        if name not in self.layout.places:
            return ""
        start, at = self.layout.places[name][0], self.layout.digits[name]
        raw, digit = self.part(name), self.text[at]
        plain, plain_digit = as_digits(raw), as_digits(digit)
        empty = not raw.strip("<") and digit in "<0"
        few = sum(a != b for a, b in zip(raw + digit, plain + plain_digit, strict=True))
        held = empty or (few <= MOST_REPAIRS and _holds(plain, plain_digit))
        self.checks[name] = held
        if held and not empty:
            self._put(start, plain)
            self._put(at, plain_digit)
            if (raw, digit) != (plain, plain_digit):
                self.repaired.add(name)
        return self.part(name)

    def _number(self) -> tuple[str | None, str]:
        """The paper's number, and what of the optional data does not belong to it."""
        start, end = self.layout.places["number"]
        at, rest = self.layout.digits["number"], self.part("personal")
        raw, digit = self.text[start:end], self.text[at]
        if digit == "<" and self.layout.long_numbers and rest.strip("<"):
            more, _, rest = rest.partition("<")
            raw, digit = raw + more[:-1], more[-1:]
            start = -1
        number = self._checked("number", raw, as_digits(digit))
        if start >= 0 and self.checks["number"]:
            self._put(start, number)
            self._put(at, as_digits(digit))
        number = number.rstrip("<").replace("<", "")
        passport = self.layout.document_type == "passport"
        if unseen(number, signs.country(self.part("issuer")) if passport else None):
            self.doubtful.add("number")
        return number or None, rest

    def _checked(self, name: str, raw: str, digit: str) -> str:
        """The signs of a field that holds letters too, look-alikes exchanged if that is proven."""
        self.checks[name] = _holds(raw, digit, letters=True) and bool(raw.strip("<"))
        if not self.checks[name] and digit.isdecimal() and (found := exchanged(raw, digit)):
            self.checks[name] = True
            self.repaired.add(name)
            self.guessed.add(name)
            return found
        return raw

    def _personal(self, rest: str) -> str | None:
        if at := self.layout.digits.get("personal"):
            digit = as_digits(self.text[at])
            empty = not rest.strip("<") and digit in "<0"
            self.checks["personal_number"] = empty or _holds(rest, digit, letters=True)
        return " ".join(rest.replace("<", " ").split()) or None

    def _composite(self) -> None:
        if self.layout.composite_at is not None:
            covered = "".join(self.text[start:end] for start, end in self.layout.composite)
            digit = as_digits(self.text[self.layout.composite_at])
            self.checks["composite"] = _holds(covered, digit, letters=True)


def _holds(raw: str, digit: str, *, letters: bool = False) -> bool:
    usual = letters or re.fullmatch(r"[0-9<]+", raw) is not None
    return usual and digit.isdecimal() and check_digit(raw) == digit


def _citizen(reading: Reading) -> Reading:
    """Vietnam's citizen cards carry nine of twelve digits as number, all in the optional data."""
    whole = re.match(r"\d{12}", (reading.personal_number or "").replace(" ", ""))
    short = reading.number
    if reading.source != "TD1" or reading.country != "VN" or not whole or not short:
        return reading
    if not whole.group().endswith(short):
        return reading
    return replace(reading, number=whole.group(), personal_number=None)
