"""A row of a file as a newcomer: cleaned, held to the rules, or refused with its reasons."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields

from app.core.inputs import Line
from app.customers.importing.cells import LeftOut, reason, refuse_lost
from app.customers.importing.clean import NAMES, Cleaned, Rules, clean
from app.customers.importing.match import Newcomer
from app.customers.inputs import MarkInput
from app.customers.lookalikes import name_of
from app.imports.targets import Kind, Prepared, Problem, RawRow

EXTRAS = ("external_id", "note", "tags")
NUMBER = Line(max_length=100, cards=False)
MARK = MarkInput().fields
MOST_TAGS = 20
NAMELESS = _l("A guest needs a name: any one of the name columns.")


def say(prepared: Prepared, row: int, kind: Kind, reasons: Iterable[tuple[str, Any]]) -> None:
    """Note reasons, by field, for a row."""
    prepared.problems += [Problem(row, kind, name, str(why)) for name, why in reasons]


def newcomer(row: RawRow, rules: Rules, prepared: Prepared, *, strict: bool) -> Newcomer | None:
    """The row cleaned and checked; None, with its reasons said, when it is refused.

    A row is refused without any name or with a name that cannot be read; when `strict`, for any
    value that would be left out.
    """
    texts = {name: row.values[name] for name in EXTRAS if name in row.values}
    cleaned = clean({n: t for n, t in row.values.items() if n not in texts}, rules)
    number = _checked(cleaned, "external_id", texts, NUMBER)
    marks = _marks(cleaned, texts)
    prepared.counts["unasked"] += bool(cleaned.unasked)
    reasons = [(n, why) for n, why in cleaned.left_out if strict or n in NAMES]
    if not reasons and not name_of(cleaned.values):
        reasons = [("full_name", NAMELESS)]
    if reasons:
        prepared.counts["refused"] += 1
        say(prepared, row.number, "refused", reasons)
        return None
    say(prepared, row.number, "left_out", cleaned.left_out)
    say(prepared, row.number, "note", cleaned.mended)
    return Newcomer(row.number, cleaned.values, number, marks)


def _checked(
    cleaned: Cleaned, name: str, texts: Mapping[str, str], declared: fields.Field[Any]
) -> str | None:
    text = texts.get(name, "")
    try:
        refuse_lost(text)
        found: str | None = declared.deserialize(text) if text else None
    except (LeftOut, ValidationError) as fault:
        cleaned.left_out.append((name, reason(fault)))
        return None
    return found


def _marks(cleaned: Cleaned, texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """(kind, text) of the note and the tags."""
    found = []
    if note := _checked(cleaned, "note", texts, MARK["body"]):
        found.append(("note", note))
    tags = dict.fromkeys(filter(None, re.split(r"\s*[,;|\n]\s*", texts.get("tags", ""))))
    words = (_checked(cleaned, "tags", {"tags": t}, MARK["value"]) for t in list(tags)[:MOST_TAGS])
    return found + [("tag", word) for word in words if word]
