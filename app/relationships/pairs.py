"""Both sides of one relationship: held together, kept in step, and told of in the audit log."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError

from app.core import audit
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict, Invalid, NotFound
from app.customers import services as guests
from app.customers.models import Customer
from app.extensions import db
from app.relationships import lineage
from app.relationships.models import Relationship
from app.relationships.vocabulary import INVERSE, ROOMS, SWITCHES

DOUBLED = _l("This relationship is there already.")
STATED = ("relationship_type", "notes", *SWITCHES)

Values = Mapping[str, Any]
Changes = dict[str, tuple[Any, Any]]
Told = list[tuple[Customer, Relationship, Changes]]


@dataclass(frozen=True)
class Pair:
    """One relationship from the guest's side.

    `mirror` is the other side's row, `other` their profile; both None for who has no profile.
    """

    row: Relationship
    mirror: Relationship | None
    guest: Customer
    other: Customer | None

    def sides(self) -> Iterator[tuple[Customer, Relationship]]:
        """Each profile with its own row."""
        yield self.guest, self.row
        if self.other and self.mirror:
            yield self.other, self.mirror

    def stated(self, side: Relationship) -> dict[str, Any]:
        """A side as the log tells it: the other guest by code, so that no name outlives erasure."""
        other = self.other if side is self.row else self.guest
        facts = {name: getattr(side, name) for name in STATED}
        return {"related": other.customer_code if other else side.related_name} | facts

    def news(self, side: Relationship) -> Changes:
        """All that a side says, as if it were new."""
        return {name: (None, value) for name, value in self.stated(side).items() if value}


def survivor(guest_id: uuid.UUID | None) -> uuid.UUID | None:
    """The guest to be tied to; a merged one leads to the survivor. Raises Invalid."""
    if guest_id is None:
        return None
    try:
        return guests.get(guest_id).id
    except NotFound:
        raise Invalid({"related_customer_id": _l("This guest is not known.")}) from None


def hold_both(
    guest_id: uuid.UUID, related_id: uuid.UUID | None
) -> tuple[Customer, Customer | None]:
    """Both guests, held in one order whoever asks, so that two people never wait for each other.

    Raises Invalid for oneself, and what `guests.hold` raises.
    """
    if related_id == guest_id:
        raise Invalid({"related_customer_id": _l("Nobody is related to oneself.")})
    held = {each: guests.hold(each) for each in sorted(e for e in (guest_id, related_id) if e)}
    return held[guest_id], held[related_id] if related_id else None


def hold(guest_id: uuid.UUID, relationship_id: uuid.UUID, related_id: uuid.UUID | None) -> Pair:
    """A guest's relationship for a change; `related_id`: whom it is with, or shall be.

    Raises NotFound when it was removed, Conflict when somebody tied it to another guest meanwhile.
    """
    guest, other = hold_both(guest_id, related_id)
    row = db.session.get(Relationship, relationship_id, populate_existing=True)
    if row is None or row.customer_id != guest_id:
        raise NotFound(str(relationship_id))
    if row.related_customer_id not in (None, related_id):
        raise Conflict(_l("Somebody else changed this relationship meanwhile."))
    return Pair(row, _mirror_of(row), guest, other)


def _mirror_of(row: Relationship) -> Relationship | None:
    theirs = select(Relationship).where(
        Relationship.customer_id == row.related_customer_id,
        Relationship.related_customer_id == row.customer_id,
        Relationship.relationship_type == INVERSE[row.relationship_type],
    )
    return db.session.scalar(theirs) if row.related_customer_id else None


def mirrored(row: Relationship, other: Customer | None, *, by: Actor) -> Relationship | None:
    """The other side of a row: the inverse type, the same rooms, and no right by itself."""
    if other is None:
        return None
    return Relationship(
        customer_id=other.id, related_customer_id=row.customer_id, created_by=by.user_id,
        relationship_type=INVERSE[row.relationship_type],
        **{name: getattr(row, name) if name in ROOMS else False for name in SWITCHES},
    )  # fmt: skip


def assign(pair: Pair, values: Values) -> None:
    """Set the values: rights, notes and who is called first on this side, all else on both."""
    for name in (n for n in ("notes", *SWITCHES) if n in values):
        setattr(pair.row, name, values[name])
        if name in ROOMS and pair.mirror:
            setattr(pair.mirror, name, values[name])
    if "related_name" in values and pair.other is None:
        pair.row.related_name = values["related_name"]
    pair.row.relationship_type = values.get("relationship_type", pair.row.relationship_type)
    if pair.mirror:
        pair.mirror.relationship_type = INVERSE[pair.row.relationship_type]


def refuse(pair: Pair) -> None:
    """Raise Conflict for a relationship that is there already, or closes a ring of ancestors."""
    row, mine = pair.row, [side.id for _profile, side in pair.sides()]
    with db.session.no_autoflush:
        if db.session.scalar(select(_same_as(row, mine))):
            raise Conflict(DOUBLED)
        if row.related_customer_id:
            kind = row.relationship_type
            lineage.refuse_ring(row.customer_id, row.related_customer_id, kind, mine)


def _same_as(row: Relationship, mine: list[uuid.UUID]) -> Any:
    is_named = row.related_customer_id is None
    who = Relationship.related_name if is_named else Relationship.related_customer_id
    return exists().where(
        Relationship.customer_id == row.customer_id, Relationship.id.not_in(mine),
        who == (row.related_name if is_named else row.related_customer_id),
        Relationship.relationship_type == row.relationship_type,
    )  # fmt: skip


def call_first(pair: Pair) -> None:
    """At most one of a guest's people is the first to call: the one who was named last."""
    if not pair.row.is_primary:
        return
    mine = Relationship.customer_id == pair.guest.id, Relationship.is_primary
    with db.session.no_autoflush:
        for row in db.session.scalars(select(Relationship).where(*mine)):
            row.is_primary = row is pair.row


def settle(action: str, pair: Pair, told: Told, *, by: Actor) -> None:
    """Flush, with each changed profile under a new version that its own entry explains.

    The API's answer of a guest shows relationships, so the guest did change. Raises Conflict for
    what somebody else did at the same moment.
    """
    for profile, _side, changes in told:
        if changes:
            profile.updated_at = now()
            profile.updated_by = by.user_id or profile.updated_by
    try:
        db.session.flush()
    except IntegrityError:
        raise Conflict(DOUBLED) from None
    for profile, side, changes in told:
        if changes:
            audit.record(
                action, ("customer", profile.id), by=by, changes=changes,
                relationship=str(side.id), other=pair.stated(side)["related"],
                version=profile.version,
            )  # fmt: skip
