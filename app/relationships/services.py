"""Relationships: made, changed and removed in pairs, and what one guest may do for another."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, func, select
from sqlalchemy.orm import contains_eager

from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, NotFound
from app.customers import rights
from app.customers.models import Customer
from app.extensions import db
from app.relationships import lineage, pairs
from app.relationships.models import Relationship
from app.relationships.pairs import Changes, Pair, Values
from app.relationships.vocabulary import RIGHT_COLUMNS, SWITCHES, TYPES

MOST = 60
"""Relationships of one guest; a family or an office, never a list of a tour."""
PLACES = {name: place for place, name in enumerate(TYPES)}


def of(guest_id: uuid.UUID) -> list[Relationship]:
    """The guest's relationships with the profiles of the others, in one statement.

    Who is called first comes first, then by type and name. Erased guests are left out.
    """
    query = (
        select(Relationship)
        .outerjoin(Relationship.related)
        .options(contains_eager(Relationship.related))
        .where(Relationship.customer_id == guest_id)
    )
    rows = [
        row for row in db.session.scalars(query)
        if row.related is None or row.related.status != "erased"
    ]  # fmt: skip
    return sorted(
        rows, key=lambda r: (not r.is_primary, PLACES.get(r.relationship_type, 0), name_of(r))
    )


def name_of(row: Relationship) -> str:
    """The full name of the other one."""
    return row.related.full_name if row.related else row.related_name or ""


def find(guest_id: uuid.UUID, relationship_id: uuid.UUID) -> Relationship:
    """One relationship of this guest. Raises NotFound, also for somebody else's."""
    row = db.session.get(Relationship, relationship_id)
    if row is None or row.customer_id != guest_id:
        raise NotFound(str(relationship_id))
    return row


def given_to(guest_id: uuid.UUID) -> list[tuple[Relationship, Customer]]:
    """The rows by which others may allow this guest something, each with the giver."""
    query = select(Relationship, Customer).join(Customer, Customer.id == Relationship.customer_id)
    mine = Relationship.related_customer_id == guest_id, Customer.status == "active"
    return [(row, giver) for row, giver in db.session.execute(query.where(*mine))]


def sharing_benefits(guest_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Any]]:
    """By guest, the members who share their benefits with each: (name, loyalty_tier)."""
    called = func.coalesce(Customer.display_name, Customer.full_name).label("name")
    query = select(Relationship.related_customer_id, called, Customer.loyalty_tier)
    query = query.join(Customer, Customer.id == Relationship.customer_id).where(
        Relationship.related_customer_id.in_(guest_ids), Relationship.share_loyalty_benefits,
        Customer.loyalty_member, Customer.status == "active",
    )  # fmt: skip
    found: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for row in db.session.execute(query.order_by(Customer.sort_name)):
        found[row.related_customer_id].append(row)
    return found


def add(guest_id: uuid.UUID, values: Values, *, by: Actor) -> Relationship:
    """A new relationship of the guest, and its mirror where the other one has a profile.

    `values` as `RelationshipInput` gives them; rights are those that this guest gives. A merged
    guest's id leads to the survivor. Raises Invalid for oneself or nobody, Conflict for what is
    there already, for a ring of ancestors, and for a guest who was merged.
    """
    by.must("relationships.update")
    _must_write_notes(values, by)
    related_id, kind = (
        pairs.survivor(values.get("related_customer_id")),
        values["relationship_type"],
    )
    lineage.take_turn(kind if related_id else None)
    guest, other = pairs.hold_both(guest_id, related_id)
    _refuse_crowd(guest)
    row = Relationship(
        customer_id=guest.id, relationship_type=kind, notes=values.get("notes"),
        related_customer_id=related_id, related_name=values.get("related_name"),
        created_by=by.user_id, **{name: values.get(name, False) for name in SWITCHES},
    )  # fmt: skip
    pair = Pair(row, pairs.mirrored(row, other, by=by), guest, other)
    pairs.refuse(pair)
    pairs.call_first(pair)
    db.session.add_all(side for _profile, side in pair.sides())
    told = [(profile, side, pair.news(side)) for profile, side in pair.sides()]
    pairs.settle("relationship.added", pair, told, by=by)
    return row


def change(
    guest_id: uuid.UUID, relationship_id: uuid.UUID, values: Values, *, by: Actor
) -> Changes:
    """Write the values; what really changed on the guest's side, as {field: (old, new)}.

    Somebody known by name is tied to a profile by `related_customer_id`. Rights change on this
    side alone; type and rooms on both. Raises what `add` raises, and NotFound.
    """
    by.must("relationships.update")
    _must_write_notes(values, by)
    row = find(guest_id, relationship_id)
    wanted = pairs.survivor(values.get("related_customer_id"))
    if row.related_customer_id and wanted not in (None, row.related_customer_id):
        sentence = _l("This is another guest. Remove the relationship, then add that one.")
        raise Invalid({"related_customer_id": sentence})
    lineage.take_turn(values.get("relationship_type", row.relationship_type))
    pair = pairs.hold(guest_id, relationship_id, row.related_customer_id or wanted)
    before = pair.stated(pair.row) | ({"related": row.related_name} if row.related_name else {})
    mirror_before = pair.stated(pair.mirror) if pair.mirror else {}
    pair = _tied(pair, by)
    with db.session.no_autoflush:
        pairs.assign(pair, values)
        pairs.refuse(pair)
        pairs.call_first(pair)
    olds = zip(pair.sides(), (before, mirror_before), strict=False)
    told = [(p, side, _compared(old, pair.stated(side))) for (p, side), old in olds]
    pairs.settle("relationship.changed", pair, told, by=by)
    return told[0][2]


def _tied(pair: Pair, by: Actor) -> Pair:
    """The pair, with a mirror and no bare name any more once the other one has a profile."""
    if pair.other is None or pair.mirror is not None:
        return pair
    pair.row.related_customer_id, pair.row.related_name = pair.other.id, None
    mirror = pairs.mirrored(pair.row, pair.other, by=by)
    db.session.add(mirror)
    return replace(pair, mirror=mirror)


def _compared(old: Values, new: Values) -> Changes:
    return {n: (old.get(n), v) for n, v in new.items() if (old.get(n) or None) != (v or None)}


def remove(guest_id: uuid.UUID, relationship_id: uuid.UUID, *, by: Actor) -> None:
    """Take a relationship from both sides, and every right that either gave with it."""
    by.must("relationships.update")
    row = find(guest_id, relationship_id)
    pair = pairs.hold(guest_id, relationship_id, row.related_customer_id)
    told = [
        (profile, side, {name: (new, None) for name, (_old, new) in pair.news(side).items()})
        for profile, side in pair.sides()
    ]
    for _profile, side in pair.sides():
        db.session.delete(side)
    pairs.settle("relationship.removed", pair, told, by=by)


@rights.source
def gives(guest_id: uuid.UUID, giver_id: uuid.UUID, right: rights.Right) -> bool:
    """True when the giver has said that this guest may: by the giver's own row alone."""
    given = getattr(Relationship, RIGHT_COLUMNS[right])
    rows = exists().where(
        Relationship.customer_id == giver_id, Relationship.related_customer_id == guest_id, given
    )
    return bool(db.session.scalar(select(rows)))


def _must_write_notes(values: Values, by: Actor) -> None:
    if values.get("notes") is not None:
        by.must("guests.notes")


def _refuse_crowd(guest: Customer) -> None:
    counted = select(func.count()).where(Relationship.customer_id == guest.id)
    if (db.session.scalar(counted) or 0) >= MOST:
        raise Conflict(_l("A guest has at most %(most)s relationships here.", most=MOST))
