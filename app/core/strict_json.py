"""JSON as strictly as RFC 8259 reads it, and no further than a database can keep."""

import json
import math
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from flask_babel import gettext as _

from app.core.errors import Invalid, Refusal

DEEPEST = 12
LONGEST_NUMBER = 40
LIMIT = 2**63
MOST_NAMED = 100


class Malformed(Refusal):
    """A body that is no JSON, or JSON whose meaning is open."""


def read_json(body: bytes) -> Any:
    """The value. Numbers with a fraction are Decimals, so that money stays exact.

    Raises Malformed for broken UTF-8, lone surrogates in names, and nesting that no request needs;
    Invalid, with the fields' paths, for NaN, infinities, numbers beyond 64 bits, and names that
    stand twice.
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
    if unfit := dict(_unfit(value)):
        raise Invalid(dict(islice(unfit.items(), MOST_NAMED)))
    return value


class _Unfit(str):
    """Stands where a value was that cannot be taken: the sentence that says why."""

    __slots__ = ()


def _unfit(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, _Unfit):
        yield path, str(value)
    if isinstance(value, dict | list):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _unfit(inner, f"{path}.{name}".lstrip("."))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = Counter(name for name, _value in pairs)
        twice = _Unfit(_("This field stands twice in the same object."))
        found |= {name: twice for name, count in names.items() if count > 1}
    if any("\ud800" <= char <= "\udfff" for name in found for char in name):
        raise Malformed(_("The name of a field is not valid Unicode."))
    return found


def _constant(_word: str) -> _Unfit:
    return _Unfit(_("NaN and Infinity are not numbers of JSON."))


def _whole(digits: str) -> int | _Unfit:
    if len(digits) > LONGEST_NUMBER or not -LIMIT <= int(digits) < LIMIT:
        return _Unfit(_("This number is too large."))
    return int(digits)


def _fraction(digits: str) -> Decimal | _Unfit:
    if len(digits) > LONGEST_NUMBER or not math.isfinite(float(digits)):
        return _Unfit(_("This number is too large."))
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
