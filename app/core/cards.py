"""Payment cards: their numbers are recognised in any text, so that none is ever stored."""

import re
import unicodedata

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError

_RUN = re.compile(r"\d(?:,?\d|[\s./_\u2010-\u2015-]){11,}")
LONGEST_CARD = 19
_NETWORKS = re.compile(
    r"4(\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|35\d{14}|3[0689]\d{12}"
    r"|6011\d{12,15}|64[4-9]\d{13,16}|65\d{14,17}|62\d{14,17}"
)


def refuse_card(text: str | None) -> None:
    """Raise ValidationError when the text holds a payment card's number (ruling 11).

    Other numbers may stand right before and after it: a room, an expiry, a check number.
    """
    for run in _RUN.findall(unicodedata.normalize("NFKC", text or "")):
        groups = ["".join(str(int(c)) for c in group) for group in re.findall(r"\d+", run)]
        if any(_is_card(groups[at : at + LONGEST_CARD]) for at in range(len(groups))):
            raise ValidationError(
                [_l("This looks like a card number. Card numbers are never kept here.")]
            )


def _is_card(groups: list[str]) -> bool:
    """True when the number begins with the first group and ends with one of the next."""
    digits = ""
    for group in groups:
        digits += group
        if len(digits) > LONGEST_CARD:
            return False
        if _NETWORKS.fullmatch(digits) and luhn(digits):
            return True
    return False


def luhn(number: str) -> bool:
    """True when the last digit is the Luhn check digit of the others (ISO/IEC 7812-1)."""
    digits = [int(d) for d in reversed(number)]
    return (sum(digits[::2]) + sum(sum(divmod(2 * d, 10)) for d in digits[1::2])) % 10 == 0
