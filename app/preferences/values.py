"""What a column holds, told as codes, and codes as a column and the API hold them.

Codes are short texts: an option or free text, `yes`, `4`, `07:00`, `14:00-16:00` for hours, and
`08-15:birthday:chocolate cake` for an occasion, whose wish may be missing.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import time
from typing import Any

from app.preferences.catalogue import FIELDS, Field
from app.preferences.models import Preferences

Codes = list[str]
State = dict[str, Codes]
"""Codes by the name of their field; fields without any are left out."""


def codes_of(preferences: Preferences | None, field: Field) -> Codes:
    """The codes of one field; none where nobody told."""
    if preferences is None:
        return []
    raw = getattr(preferences, field.stored)
    if raw is None or raw == []:  # of most fields nobody ever told anything
        return []
    for key in field.path.split(".") if field.path else ():
        raw = raw.get(key) if isinstance(raw, Mapping) else None
    return codes_from(field, raw)


def state_of(preferences: Preferences | None) -> State:
    """Everything that is told, in the order of the catalogue."""
    told = {name: codes_of(preferences, field) for name, field in FIELDS.items()}
    return {name: codes for name, codes in told.items() if codes}


def codes_from(field: Field, value: Any) -> Codes:
    """The codes of a value as a column or the API holds it."""
    if value is None or value == []:
        return []
    if field.several:
        return [_of_item(field, item) for item in value]
    if field.kind == "flag":
        return ["yes" if value else "no"]
    return [value.strftime("%H:%M") if isinstance(value, time) else str(value)]


def _of_item(field: Field, item: Any) -> str:
    if field.kind == "hours":
        return f"{item['from']}-{item['to']}"
    if field.kind == "occasions":
        parts = (item["date"], item["occasion"], item.get("preferences"))
        return ":".join(part for part in parts if part)
    return str(item)


def value_of(field: Field, codes: Sequence[str]) -> Any:
    """What the API shows: a list, or one value that may be null."""
    if field.several:
        make = ITEMS.get(field.kind, str)
        return [make(code) for code in codes]
    if not codes:
        return None
    return SINGLE.get(field.kind, str)(codes[0])


def hours(code: str) -> dict[str, str]:
    """`14:00-16:00` as the specification has it."""
    start, end = code.split("-")
    return {"from": start, "to": end}


def occasion(code: str) -> dict[str, str]:
    """An occasion as the specification has it: date, what it is, and perhaps a wish."""
    names = ("date", "occasion", "preferences")
    return dict(zip(names, code.split(":", 2), strict=False))


ITEMS: dict[str, Callable[[str], Any]] = {"hours": hours, "occasions": occasion}
SINGLE: dict[str, Callable[[str], Any]] = {"flag": lambda code: code == "yes", "count": int}


def put(preferences: Preferences, field: Field, codes: Sequence[str]) -> None:
    """Write the codes into the column; nothing told leaves it null, or an empty list."""
    value = value_of(field, codes)
    if field.path:
        whole = getattr(preferences, field.stored)
        value = _planted(whole or {}, field.path.split("."), value) or None
    elif field.name == "wake_up_call_time" and value:
        value = time.fromisoformat(value)
    elif field.kind in ("hours", "occasions"):
        value = value or None
    setattr(preferences, field.stored, value)


def _planted(tree: Mapping[str, Any], path: Sequence[str], value: Any) -> dict[str, Any]:
    """A copy of the tree with the value at its path; empty branches are left out."""
    key, *rest = path
    inner = _planted(tree.get(key) or {}, rest, value) if rest else value
    grown = {**tree, key: inner}
    return {name: each for name, each in grown.items() if each not in (None, [], {})}


SUMMARY: dict[str, tuple[str, ...]] = {
    "room": ("room_location",),
    "bed": ("bed_type",),
    "pillow": ("pillow_type",),
    "amenities": ("bathroom_amenities", "room_amenities"),
    "dietary": ("dietary_restrictions",),
    "interests": ("preferred_activities",),
    "allergies": ("food_allergies",),
    "access": (
        "accessibility_required", "mobility_assistance", "hearing_assistance",
        "visual_assistance", "other_assistance",
    ),
}  # fmt: skip
"""Key of the short form that a guest's row carries: the fields that it is made of."""
IN_SHORT_ONE = ("bed", "pillow")


def summary_of(state: Mapping[str, Sequence[str]]) -> dict[str, Any] | None:
    """The short form of what is told; None when there is none.

    `access` names needs: a flag by its field, all else by its code.
    """
    found: dict[str, Any] = {}
    for key, names in SUMMARY.items():
        codes = [_in_short(name, code) for name in names for code in state.get(name, ())]
        told = [code for code in codes if code]
        if told:
            found[key] = told[0] if key in IN_SHORT_ONE else told
    return found or None


def _in_short(name: str, code: str) -> str:
    if FIELDS[name].kind != "flag":
        return code
    return name if code == "yes" else ""
