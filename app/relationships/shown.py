"""What the relationships tab shows, prepared for one reader."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.core.actor import Actor
from app.core.text import initials
from app.customers.models import Customer
from app.customers.parts import Badge, care
from app.relationships import family, picture, services
from app.relationships.models import Relationship
from app.relationships.vocabulary import INVERSE, PRIMARY, RECEIVED, RIGHTS, ROOMS, TYPES

Switch = tuple[str, str, bool]
"""What a touch posts, the word on it, and whether it is on."""


@dataclass(frozen=True)
class Person:
    """One line of the tab: who, what they are to the guest, what each allows the other."""

    id: Any
    name: str
    href: str
    code: str
    initials: str
    word: str
    banned: bool
    care: list[Badge]
    notes: str
    switches: list[tuple[str, list[Switch]]]
    received: str
    edit: str
    removal: str
    action: str


def panel(guest: Customer, *, by: Actor) -> dict[str, Any]:
    """The context of the tab's panel; two statements, however many belong to the guest."""
    rows, given = services.of(guest.id), services.given_to(guest.id)
    allowed = {(row.customer_id, row.relationship_type): row for row, _giver in given}
    drawn = picture.draw(guest, rows)
    wishes = family.derived(rows)
    return {
        "panel": "relationships/_relationships.html",
        "title": _("Relationships of %(name)s", name=guest.full_name),
        "guest_id": guest.id, "called": guest.called, "drawn": drawn,
        "told": "; ".join(f"{services.name_of(row)}: {TYPES[row.relationship_type]}"
                          for row in rows),
        "kinds": {name: str(word) for name, word in TYPES.items()},
        "people": [_person(guest, row, allowed, by) for row in rows],
        "derived": [(str(word), wishes[name]) for name, word in family.DERIVED.items()],
        "has_family": drawn is not None,
        "sharers": [_sharer(each) for each in family.sharers(given, by=by)],
        "may_change": by.may("relationships.update"), "adding": {},
        "index": url_for("relationships.index", customer_id=guest.id),
    }  # fmt: skip


def _sharer(each: family.Sharer) -> dict[str, Any]:
    guest = each.guest
    return {
        "name": guest.called, "href": url_for("customers.show", customer_id=guest.id),
        "wishes": each.wishes,
    }  # fmt: skip


def _person(
    guest: Customer, row: Relationship, allowed: dict[Any, Relationship], by: Actor
) -> Person:
    other, name = row.related, services.name_of(row)
    ids: dict[str, Any] = {"customer_id": guest.id, "relationship_id": row.id}
    change = by.may("relationships.update")
    return Person(
        id=row.id, name=name, code=other.customer_code if other else "",
        href=url_for("customers.show", customer_id=other.id) if other else "",
        initials=initials(name), word=str(TYPES[row.relationship_type]),
        banned=bool(other and other.is_blacklisted),
        care=care(other.preferences_summary, by) if other else [],
        notes=(row.notes or "") if by.may("guests.notes") else "",
        switches=_switches(row), received=_received(row, allowed),
        edit=url_for("relationships.edit", **ids) if change else "",
        removal=url_for("relationships.removal", **ids) if change else "",
        action=url_for("relationships.set_switch", **ids),
    )  # fmt: skip


def _switches(row: Relationship) -> list[tuple[str, list[Switch]]]:
    """The switches in their groups; rights only for who has a profile to use them with."""
    groups = [
        (_("Allowed to"), RIGHTS if row.related_customer_id else {}),
        (_("Rooms together"), ROOMS), (_("Contact"), PRIMARY),
    ]  # fmt: skip
    return [
        (label, [_switch(row, name, str(word)) for name, word in words.items()])
        for label, words in groups if words
    ]  # fmt: skip


def _switch(row: Relationship, name: str, word: str) -> Switch:
    on = bool(getattr(row, name))
    return f"{name}:{'false' if on else 'true'}", word, on


def _received(row: Relationship, allowed: dict[Any, Relationship]) -> str:
    """What the other one allows this guest, in words."""
    theirs = allowed.get((row.related_customer_id, INVERSE[row.relationship_type]))
    if theirs is None:
        return ""
    return ", ".join(str(word) for name, word in RECEIVED.items() if getattr(theirs, name))
