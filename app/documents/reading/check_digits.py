"""Check digits of ICAO Doc 9303, and the repairs of look-alikes that they can prove.

A sign counts 0-9, 10-35 for A-Z and 0 for the filler, times 7, 3, 1 in turn, modulo ten. Signs
whose values differ by ten are the same to it: 6 and G, 8 and S, the filler and K.
"""

import re
from itertools import combinations
from typing import Final

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
AS_DIGIT = str.maketrans("OQDILZASGTB", "00011245678")
"""What a digit is mistaken for; where only digits may stand there is no choice but this."""
_EXCHANGE = dict(zip("O0I1B8S5Z2", "0O1I8B5S2Z", strict=True))
_UNSEEN = {"6": "G", "G": "6", "8": "S", "S": "8"}
MOST_EXCHANGES = 2
_ORDINARY: Final = r"[A-Z]{0,3}\d{5,}"
_SHAPES: Final = {
    "VN": r"[A-Z]\d{7,8}", "JP": r"[A-Z]{2}\d{7}", "TH": r"[A-Z]{2}\d{7}", "IN": r"[A-Z]\d{7}",
    "GB": r"\d{9}", "RU": r"\d{9}", "TW": r"\d{9}",
}  # fmt: skip
"""How countries number their passports, where it is simple enough to tell letters from digits."""


def check_digit(signs: str) -> str:
    """The check digit of signs out of A-Z, 0-9 and `<`."""
    values = (0 if sign == "<" else SIGNS.index(sign) for sign in signs)
    return str(sum(value * (7, 3, 1)[at % 3] for at, value in enumerate(values)) % 10)


def as_digits(signs: str) -> str:
    """The signs where only digits and fillers may stand, with look-alikes as digits."""
    return signs.translate(AS_DIGIT)


def exchanged(signs: str, digit: str) -> str | None:
    """The signs with one or two look-alikes exchanged so that the check digit holds.

    None when that is not possible, or possible in more than one way.
    """
    places = [at for at, sign in enumerate(signs) if sign in _EXCHANGE]
    for many in range(1, MOST_EXCHANGES + 1):
        tried = (_at(signs, chosen) for chosen in combinations(places, many))
        found = [each for each in tried if check_digit(each) == digit]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _at(signs: str, places: tuple[int, ...]) -> str:
    return "".join(_EXCHANGE[s] if at in places else s for at, s in enumerate(signs))


def unseen(number: str, issuer: str | None = None) -> bool:
    """True when another number looks like this one, has its check digit and may be just as right.

    `issuer` is that of a passport. Where its shape is not known, a few letters before digits are
    ordinary; that one of those digits is a letter in truth is not looked for, else four numbers of
    five would be doubted. A K at the end may be a filler.
    """
    usual = _SHAPES.get(issuer or "", _ORDINARY)
    if re.fullmatch(usual, number) and usual is not _ORDINARY:
        return any(re.fullmatch(usual, other) for other in _twins(number))
    if number.endswith("K"):
        return True
    twins = _twins(number)
    ordinary = re.fullmatch(_ORDINARY, number) is not None
    return bool(twins) and not (ordinary and not any(re.fullmatch(_ORDINARY, t) for t in twins))


def _twins(number: str) -> list[str]:
    return [
        number[:at] + _UNSEEN[sign] + number[at + 1 :]
        for at, sign in enumerate(number) if sign in _UNSEEN
    ]  # fmt: skip
