"""What a guest's family wants: what those who share their preferences told, and what follows."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from app.core.actor import Actor
from app.customers import parts
from app.customers.models import Customer
from app.customers.parts import Wishes
from app.relationships.models import Relationship
from app.relationships.vocabulary import FAMILY

DERIVED = {
    "connecting_rooms": _l("Connecting rooms"),
    "same_floor": _l("Same floor"),
    "family_dining": _l("A table for the family"),
}


@dataclass(frozen=True)
class Sharer:
    """A related guest who lets this one see their preferences."""

    guest: Customer
    kind: str
    wishes: list[Wishes]


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
    sharing = {giver: row.relationship_type for row, giver in given if row.share_preferences}
    told = parts.wishes_of([giver.id for giver in sharing], by)
    found = [Sharer(giver, kind, told.get(giver.id, [])) for giver, kind in sharing.items()]
    return sorted((each for each in found if each.wishes), key=lambda each: each.guest.sort_name)
