"""What the signs of a machine-readable zone mean: days, countries, sex and names."""

import re
from datetime import date

from app.core.countries import country_code

COUNTRIES = {
    "D": "DE", "GBD": "GB", "GBN": "GB", "GBO": "GB", "GBP": "GB", "GBS": "GB", "RKS": "XK",
    "ROM": "RO", "ZAR": "CD", "TMP": "TL",
}  # fmt: skip
"""Codes of papers that are no ISO codes of countries; XXA and its like are of none."""
SEXES = {"M": "male", "F": "female", "X": "other"}
_NOISE = re.compile(r"([KCELS<])\1{3,}|[KCELS]{6,}")


def birth(signs: str, today: date) -> date | None:
    """A day of birth: of the two centuries the latest that is past. None for what is no day."""
    return max((d for d in _days(signs) if d <= today), default=None)


def expiry(signs: str, today: date) -> date | None:
    """A day of expiry: of the centuries the one nearest to today. None for what is no day."""
    return min(_days(signs), key=lambda day: abs(day - today), default=None)


def _days(signs: str) -> list[date]:
    if not re.fullmatch(r"[0-9]{6}", signs):
        return []
    year, month, day = (int(signs[at : at + 2]) for at in (0, 2, 4))
    found = []
    for century in (1900, 2000, 2100):
        try:
            found.append(date(century + year, month, day))
        except ValueError:
            continue
    return found


def country(signs: str) -> str | None:
    """The alpha-2 code of a nationality or issuer; None for none, or one that is not known."""
    code = signs.rstrip("<")
    if code in COUNTRIES:
        return COUNTRIES[code]
    return country_code(code) if re.fullmatch("[A-Z]{3}", code) else None


def names(signs: str) -> tuple[str | None, str | None, bool]:
    """(family name, given names, whether they can be as they were read) of a field of names.

    Letters are never repaired here, since nothing proves it; what follows the given names is
    filling, however it was read.
    """
    parts = [part for part in signs.strip("<").split("<<") if part.strip("<")]
    family, given = [*parts, "", ""][:2]
    if _NOISE.fullmatch(given.replace("<", "")):
        given = ""
    clear = (family + given).replace("<", "").isalpha()
    return spoken(family), spoken(given), clear and not signs.endswith(("<K", "K<"))


def spoken(signs: str) -> str | None:
    """Words of a name as a profile writes them: capitals first. None for none."""
    words = [word.capitalize() for word in signs.split("<") if word]
    return " ".join(words) or None
