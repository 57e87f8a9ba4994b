"""JSON as strictly as RFC 8259 reads it, and no further than a database can keep."""

import json
import math
from decimal import Decimal
from typing import Any, NoReturn

from flask_babel import gettext as _

from app.core.errors import Refusal

DEEPEST = 12
LONGEST_NUMBER = 40
LIMIT = 2**63


class Malformed(Refusal):
    """A body that is no JSON, or JSON whose meaning is open."""


def read_json(body: bytes) -> Any:
    """The value. Numbers with a fraction are Decimals, so that money stays exact.

    Raises Malformed for broken UTF-8, NaN and infinities, names that stand twice, whole numbers
    beyond 64 bits, lone surrogates in names, and nesting that no request needs.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Malformed(_("The body is not valid UTF-8.")) from None
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant,
            parse_float=_fraction, parse_int=_whole,
        )  # fmt: skip
    except RecursionError:
        raise Malformed(_("The body is nested too deeply.")) from None
    except ValueError as broken:
        where = getattr(broken, "pos", 0)
        raise Malformed(_("The body is not JSON, from character %(at)s on.", at=where)) from None
    if _depth(value) > DEEPEST:
        raise Malformed(_("The body is nested too deeply."))
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Malformed(_("A field stands twice in the same object."))
    if any("\ud800" <= char <= "\udfff" for name in found for char in name):
        raise Malformed(_("The name of a field is not valid Unicode."))
    return found


def _constant(_word: str) -> NoReturn:
    raise Malformed(_("NaN and Infinity are not numbers of JSON."))


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER or not -LIMIT <= int(digits) < LIMIT:
        raise Malformed(_("A number is too large."))
    return int(digits)


def _fraction(digits: str) -> Decimal:
    if len(digits) > LONGEST_NUMBER or not math.isfinite(float(digits)):
        raise Malformed(_("A number is too large."))
    return Decimal(digits)


def _depth(value: Any) -> int:
    deepest, level = 0, [value]
    while level and deepest <= DEEPEST:
        deepest += 1
        level = [
            inner for outer in level if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]  # fmt: skip
    return deepest
