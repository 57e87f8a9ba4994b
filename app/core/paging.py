"""Pages of long lists: what a caller may ask for, and the marks that lead from page to page."""

import base64
import binascii
import json
import re
import uuid
from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from app.core.errors import Invalid
from app.core.inputs import OWN_SENTENCES, Input

MOST_PAGES = 10_000_000
"""Pages are numbered up to here, which any base of guests stays far below."""

LONGEST_PLACE = 400


class Whole(fields.Integer):
    """A whole number within bounds, written in plain digits; a truth value is none."""

    def __init__(self, low: int, high: int, **options: Any) -> None:
        self.low, self.high = low, high
        sentence = _l("Give a whole number from {min} to {max}.")
        bounds = validate.Range(low, high, error=sentence)
        invalid = _l("This is not a whole number.")
        super().__init__(
            validate=bounds, error_messages=OWN_SENTENCES | {"invalid": invalid}, **options
        )

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> Any:
        plain = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
        if not re.fullmatch(r"-?[0-9]{1,15}", plain):
            raise self.make_error("invalid", input=value)
        return int(plain)


class Paged(Input):
    """The part of an Input that says which page of a list is wanted."""

    page = Whole(1, MOST_PAGES, load_default=1)
    limit = Whole(1, 100, load_default=20)


class Numbered:
    """A page of a list whose pages are numbered. `total` counts the rows of all pages."""

    total: int
    limit: int

    @property
    def total_pages(self) -> int:
        """How many pages the total fills; at least 1."""
        return max(1, -(-self.total // self.limit))


def place(*parts: Any) -> str:
    """An opaque word for a place in a sorted list: where a page ends and the next begins."""
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def parts_of(word: str) -> list[Any]:
    """What `place` was made of. Raises ValueError for a word that it never made."""
    if len(word) > LONGEST_PLACE:
        raise ValueError("too long")
    try:
        text = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        found = json.loads(text.decode())
    except (binascii.Error, UnicodeError, RecursionError) as broken:
        raise ValueError("no such place") from broken
    if not isinstance(found, list):
        raise ValueError("no such place")
    return found


def moment_and_id(word: str | None) -> tuple[datetime, uuid.UUID] | None:
    """The place `after` which a list by moment goes on; None at its beginning.

    Raises Invalid for what no page ever said.
    """
    if not word:
        return None
    try:
        moment, row = parts_of(word)
        return datetime.fromisoformat(moment).astimezone(UTC), uuid.UUID(row)
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise Invalid({"after": _l("There is no such page.")}) from None
