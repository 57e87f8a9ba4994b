"""What guests want, in words for features beside this one: for whom a guest shares it with."""

import uuid
from collections.abc import Collection
from itertools import groupby

from app.core.actor import Actor
from app.customers import parts
from app.customers.parts import Wishes
from app.preferences import services
from app.preferences.catalogue import FIELDS, GROUPS
from app.preferences.models import Preferences
from app.preferences.wishes import Wish, wishes

OWN = ("communication", "privacy", "business")
"""Groups that are nobody's but the guest's own: how to be written to, and work."""
PLACES = {name: place for place, name in enumerate(GROUPS)}


def of_guests(guest_ids: Collection[uuid.UUID], by: Actor) -> dict[uuid.UUID, list[Wishes]]:
    """By guest and group, what must not be missed first; health and belief for who may see it."""
    rows = services.many(guest_ids)
    found = {guest: _in_groups(row, by) for guest, row in rows.items()}
    return {guest: told for guest, told in found.items() if told}


def _in_groups(row: Preferences, by: Actor) -> list[Wishes]:
    told = [w for w in wishes(row, care=by.may("guests.care")) if _group(w) not in OWN]
    told.sort(key=lambda wish: (not _stands_out(wish), PLACES[_group(wish)]))
    return [
        (str(GROUPS[name][0]), [(wish.words, stands_out) for wish in several])
        for (stands_out, name), several in groupby(told, lambda w: (_stands_out(w), _group(w)))
    ]


def _group(wish: Wish) -> str:
    return FIELDS[wish.field].group


def _stands_out(wish: Wish) -> bool:
    return wish.field == "food_allergies" or _group(wish) == "accessibility"


parts.wishes.append(of_guests)
