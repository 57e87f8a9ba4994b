"""Parents and their parents: nobody may become an ancestor of themselves."""

import uuid
from collections.abc import Collection

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core.database import alone
from app.core.errors import Conflict
from app.extensions import db
from app.relationships.models import Relationship
from app.relationships.vocabulary import LINEAGE

TURN = "relationships.lineage"


def take_turn(kind: str | None) -> None:
    """Let nobody else tie parents and children meanwhile: four people could close one ring.

    Before any guest is held, so that who waits holds nobody up.
    """
    if kind in LINEAGE:
        alone(TURN)


def refuse_ring(
    guest_id: uuid.UUID, related_id: uuid.UUID, kind: str, ignoring: Collection[uuid.UUID] = ()
) -> None:
    """Raise Conflict where `related` as the guest's parent or child would close a ring.

    `ignoring` are rows that are about to change.
    """
    if kind not in LINEAGE:
        return
    parent, child = (related_id, guest_id) if kind == "parent" else (guest_id, related_id)
    if child in ancestors(parent, ignoring):
        raise Conflict(_l("That cannot be: the child would be an ancestor of the parent."))


def ancestors(guest_id: uuid.UUID, ignoring: Collection[uuid.UUID] = ()) -> set[uuid.UUID]:
    """The guest's parents, their parents, and so on, in one statement."""
    up = Relationship.related_customer_id
    step = select(up.label("id")).where(
        Relationship.relationship_type == "parent", up.is_not(None),
        Relationship.id.not_in(list(ignoring)),
    )  # fmt: skip
    line = step.where(Relationship.customer_id == guest_id).cte("line", recursive=True)
    line = line.union(step.join(line, Relationship.customer_id == line.c.id))
    return {found for found in db.session.scalars(select(line.c.id)) if found}
