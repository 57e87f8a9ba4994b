"""What a guest's family wants: what those who share their preferences told, and what follows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.actor import Actor
from app.customers.models import Customer
from app.customers.parts import option_word
from app.relationships.models import Relationship
from app.relationships.vocabulary import FAMILY

WISHES = {
    "allergies": _l("Allergies"),
    "access": _l("Accessibility"),
    "dietary": _l("Diet"),
    "room": _l("Room"),
    "bed": _l("Bed"),
    "pillow": _l("Pillow"),
    "amenities": _l("Amenities"),
    "interests": _l("Interests"),
}
"""Keys of `preferences_summary`, what must not be missed first."""
CARE = ("allergies", "access", "dietary")
DERIVED = {
    "connecting_rooms": _l("Connecting rooms"),
    "same_floor": _l("Same floor"),
    "family_dining": _l("A table for the family"),
}


@dataclass(frozen=True)
class Sharer:
    """A related guest who lets this one see their preferences: (label, words, care) each."""

    guest: Customer
    kind: str
    wishes: list[tuple[str, str, bool]]


def derived(rows: Iterable[Relationship]) -> dict[str, bool]:
    """What a family's rooms and table should be like, from the guest's own relationships.

    The family are spouse, children, parents, brothers and sisters, with a profile or without.
    connecting_rooms: a child sleeps in another room than the guest, or anybody of the family wants
    rooms side by side. same_floor: anybody of the family sleeps in another room. family_dining:
    there is a child, or the family at the table are three or more with the guest.
    """
    family = [row for row in rows if row.relationship_type in FAMILY]
    apart = [row for row in family if not row.same_room_preference]
    children = [row for row in family if row.relationship_type == "child"]
    beside = any(row.adjacent_room_preference for row in family)
    return {
        "connecting_rooms": beside or any(row in apart for row in children),
        "same_floor": bool(apart),
        "family_dining": bool(children) or len(family) >= 2,
    }


def sharers(given: Iterable[tuple[Relationship, Customer]], *, by: Actor) -> list[Sharer]:
    """Those who share their preferences with the guest and told any; care only for who may see it.

    `given` as `services.given_to` has it.
    """
    found = [
        Sharer(giver, row.relationship_type, _wishes(giver.preferences_summary or {}, by))
        for row, giver in given if row.share_preferences
    ]  # fmt: skip
    return sorted((each for each in found if each.wishes), key=lambda each: each.guest.sort_name)


def _wishes(summary: dict[str, Any], by: Actor) -> list[tuple[str, str, bool]]:
    seen = [
        key for key in WISHES if summary.get(key) and (key not in CARE or by.may("guests.care"))
    ]
    return [(str(WISHES[key]), _said(key, summary[key]), key in CARE[:2]) for key in seen]


def _said(key: str, value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    return ", ".join(option_word(key, str(each)) for each in values)
