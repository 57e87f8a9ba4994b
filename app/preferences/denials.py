"""What was taken away is not suggested again for what stays before had told."""

import uuid
from collections.abc import Collection

from sqlalchemy import bindparam, select

from app.core.actor import Actor
from app.core.clock import now
from app.core.database import PREPARED
from app.core.text import fold
from app.extensions import db
from app.preferences.catalogue import FIELDS
from app.preferences.models import PreferenceSuggestion

REASON = "taken_away"
LEARNED = frozenset(
    name for name, each in FIELDS.items()
    if each.see == "guests.read"
    and (each.kind in ("one", "many", "flag", "count") or name == "room_type_preference")
)  # fmt: skip
"""Fields that stays may tell of; health and belief are never among them."""


OF_GUEST = (
    select(PreferenceSuggestion)
    .where(PreferenceSuggestion.customer_id == bindparam("guest_id"))
    .order_by(PreferenceSuggestion.confidence.desc(), PreferenceSuggestion.id)
    .execution_options(**PREPARED)
)


def suggestions_of(guest_id: uuid.UUID) -> list[PreferenceSuggestion]:
    """All of a guest's, also those that are decided, the surest first."""
    return list(db.session.scalars(OF_GUEST, {"guest_id": guest_id}))


def note(
    guest_id: uuid.UUID, gone: Collection[tuple[str, str]], *, by: Actor
) -> list[PreferenceSuggestion] | None:
    """Note what a held guest does not want any more, as fields and codes.

    The guest's suggestions, where they had to be read.
    """
    wanted = [(name, code) for name, code in gone if name in LEARNED]
    if not wanted:
        return None
    rows = suggestions_of(guest_id)
    known = {(row.field, fold(row.option)): row for row in rows}
    for name, code in wanted:
        row = known.get((name, fold(code)))
        if row is None:
            row = PreferenceSuggestion(customer_id=guest_id, field=name, option=code)
            db.session.add(row)
        row.state, row.reason, row.confidence = "declined", REASON, 0
        row.stays, row.against = [], []
        row.decided_at, row.decided_name = now(), by.name
    return rows
