"""Phone numbers: any way of writing in, E.164 stored, the property's own style shown."""

from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

E164 = str


@lru_cache(maxsize=4096)
def parse_phone(text: str, region: str) -> E164:
    """`text` as E.164 (`+84912345678`), read as dialled in `region` (ISO 3166 alpha-2).

    Raises ValueError when it is no possible number, and on an extension, which E.164 would lose.
    """
    try:
        number = phonenumbers.parse(text[:64], region, keep_raw_input=False)
    except NumberParseException as error:
        raise ValueError("not a phone number") from error
    if number.extension:
        raise ValueError("a phone number with an extension")
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != ValidationResult.IS_POSSIBLE:
        raise ValueError("not a possible phone number")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def to_e164(text: str, region: str) -> E164 | None:
    """Like `parse_phone`, but None for what is no phone number."""
    try:
        return parse_phone(text, region)
    except ValueError:
        return None


@lru_cache(maxsize=512)
def _trunk_prefix(code: int) -> str:
    region = phonenumbers.region_code_for_country_code(code)
    return phonenumbers.ndd_prefix_for_region(region, True) or ""


def _split(number: str) -> tuple[int, str]:
    for length in (1, 2, 3):
        head = number[:length]
        if head.isdecimal() and int(head) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            return int(head), number[length:]
    return 0, number


def national(e164: E164) -> str:
    """The digits as dialled inside the number's own country: `+84912345678` is `0912345678`."""
    code, rest = _split(e164.removeprefix("+"))
    return _trunk_prefix(code) + rest if code else rest


@lru_cache(maxsize=4096)
def show_phone(e164: E164, region: str) -> str:
    """National style for numbers of `region`, international style for others."""
    try:
        number = phonenumbers.parse(e164, None)
    except NumberParseException:
        return e164
    own = number.country_code == phonenumbers.country_code_for_region(region)
    style = PhoneNumberFormat.NATIONAL if own else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)
