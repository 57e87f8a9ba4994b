"""Check digits of ICAO Doc 9303, and the repairs of look-alikes that they can prove.

A sign counts 0-9, 10-35 for A-Z and 0 for the filler, times 7, 3, 1 in turn, modulo ten. Signs
whose values differ by ten are the same to it: 6 and G, 8 and S, the filler and K.
"""

import re
from itertools import combinations

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
AS_DIGIT = str.maketrans("OQDILZASGTB", "00011245678")
"""What a digit is mistaken for; where only digits may stand there is no choice but this."""
_EXCHANGE = dict(zip("O0I1B8S5Z2", "0O1I8B5S2Z", strict=True))
_UNSEEN = {"6": "G", "G": "6", "8": "S", "S": "8"}
MOST_EXCHANGES = 2


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


def unseen(number: str) -> bool:
    """True when another number looks like this one, has its check digit and may be just as right.

    A few letters before digits are ordinary; that one of those digits is a letter in truth is not
    looked for, else four numbers of five would be doubted. A K at the end may be a filler.
    """
    if number.endswith("K"):
        return True
    others = [
        number[:at] + _UNSEEN[s] + number[at + 1 :] for at, s in enumerate(number) if s in _UNSEEN
    ]
    return bool(others) and not (_ordinary(number) and not any(map(_ordinary, others)))


def _ordinary(number: str) -> bool:
    return re.fullmatch(r"[A-Z]{0,3}\d{5,}", number) is not None
