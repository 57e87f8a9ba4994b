"""What a guest's stays suggest: listed, confirmed, declined; by itself it changes nothing."""

import uuid
from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from app.core import audit
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict, NotFound
from app.core.text import fold
from app.customers.models import Customer
from app.extensions import db
from app.preferences import origins, services
from app.preferences.catalogue import FIELDS
from app.preferences.denials import suggestions_of as of
from app.preferences.models import PreferenceSource, PreferenceSuggestion
from app.preferences.origins import Origin, Place
from app.preferences.services import Touch
from app.preferences.values import State, state_of

__all__ = ["accept", "decline", "find", "is_news", "of", "reopen", "still_open"]

OPPOSITES = {"minibar_stock": "minibar_remove", "minibar_extra": "minibar_remove"}
"""A list: the one that says the contrary."""


def still_open(
    rows: list[PreferenceSuggestion], state: State, sources: Mapping[Place, PreferenceSource]
) -> list[PreferenceSuggestion]:
    """Those that wait for a decision and say something new that the guest has not denied."""
    return [
        row for row in rows
        if row.state == "open" and is_news(row.field, row.option, state, sources)
    ]  # fmt: skip


def is_news(name: str, code: str, state: State, sources: Mapping[Place, PreferenceSource]) -> bool:
    """False for what is told already, and where the guest said otherwise."""
    field = FIELDS.get(name)
    if field is None:
        return False
    told = {fold(each) for each in state.get(name, ())}
    if fold(code) in told:
        return False
    if field.several:
        return fold(code) not in {fold(each) for each in state.get(OPPOSITES.get(name, ""), ())}
    origin = sources.get((name, ""))
    return not told or (origin is not None and origin.source != "guest")


def find(guest: Customer, suggestion_id: uuid.UUID) -> PreferenceSuggestion:
    """One of this guest's. Raises NotFound, also for one of somebody else."""
    row = db.session.get(PreferenceSuggestion, suggestion_id, populate_existing=True)
    if row is None or row.customer_id != guest.id:
        raise NotFound(str(suggestion_id))
    return row


def accept(guest: Customer, row: PreferenceSuggestion, *, by: Actor) -> Touch | None:
    """Make it a preference of a held guest, learned from those stays. None when it is one already.

    Raises Conflict when the guest has said otherwise meanwhile.
    """
    by.must("preferences.update")
    state = state_of(services.of(guest.id))
    if row.option in state.get(row.field, ()):
        return None
    if not is_news(row.field, row.option, state, origins.rows_of(guest.id)):
        raise Conflict(_l("The guest has said otherwise meanwhile; that stands."))
    origin = Origin.new("learned", by, confidence=row.confidence, stays=list(row.stays))
    touch = services.confirm(guest, row.field, row.option, origin, by=by)
    _decide(row, "accepted", by)
    db.session.flush()
    return touch


def decline(guest: Customer, row: PreferenceSuggestion, *, by: Actor) -> bool:
    """Have it not come back unless much more speaks for it. False when it was declined already."""
    by.must("preferences.update")
    if row.state == "declined":
        return False
    _decide(row, "declined", by)
    db.session.flush()
    audit.record(
        "suggestion.declined", ("customer", guest.id), by=by,
        changes={row.field: (None, row.option)}, confidence=row.confidence,
    )  # fmt: skip
    return True


def reopen(guest: Customer, row: PreferenceSuggestion, *, by: Actor) -> bool:
    """Take a decision back. False when it waits for one already, or nothing speaks for it."""
    by.must("preferences.update")
    if row.state == "open" or not row.stays:
        return False
    row.state, row.decided_at, row.decided_name = "open", None, None
    db.session.flush()
    audit.record(
        "suggestion.reopened", ("customer", guest.id), by=by,
        changes={row.field: (None, row.option)},
    )  # fmt: skip
    return True


def _decide(row: PreferenceSuggestion, state: str, by: Actor) -> None:
    row.state, row.decided_at, row.decided_name = state, now(), by.name
