"""The short form of preferences, with which a profile may be sent, as preferences proper."""

from collections.abc import Mapping
from typing import Any

from app.preferences.catalogue import FIELDS
from app.preferences.lists import Lists
from app.preferences.values import SUMMARY, Codes

AMENITIES = SUMMARY["amenities"]
ACCESS = SUMMARY["access"]


def spread(summary: Mapping[str, Any] | None, known: Lists) -> dict[str, list[Any]]:
    """The fields that a short form speaks of, each with its codes; none for what is emptied.

    Amenities go where their list has them, and else into the bathroom's.
    """
    found: dict[str, list[Any]] = {}
    for key, value in (summary or {}).items():
        if key not in SUMMARY:
            continue
        codes = [value] if isinstance(value, str) else list(value or ())
        if key == "amenities":
            found |= _amenities(codes, known)
        elif key == "access":
            found |= _needs(codes)
        else:
            found[SUMMARY[key][0]] = codes
    return found


def _amenities(codes: Codes, known: Lists) -> dict[str, list[Any]]:
    bathroom, room = AMENITIES
    there = [c for c in codes if known.match(FIELDS[room], str(c))]
    return {bathroom: [code for code in codes if code not in there], room: there}


def _needs(codes: Codes) -> dict[str, list[Any]]:
    flags: dict[str, list[Any]] = {code: ["yes"] for code in codes if code in ACCESS}
    rest = [code for code in codes if code not in ACCESS]
    return flags | ({"other_assistance": [", ".join(rest)]} if rest else {})
