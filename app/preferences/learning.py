"""Learning from stays (4.3): what they agree on becomes a suggestion, and fades when they do not.

A suggestion never changes a preference; `suggestions.accept` does, when staff or guest say so.
"""

import uuid
from collections.abc import Mapping, Sequence

from app.core import audit
from app.core.actor import Actor
from app.core.clock import now, zone
from app.core.text import fold
from app.customers.models import Customer
from app.extensions import db
from app.preferences import lists, origins, services, suggestions
from app.preferences.denials import REASON
from app.preferences.evidence import Finding, StayFacts, findings
from app.preferences.models import Preferences, PreferenceSuggestion
from app.preferences.values import state_of

__all__ = ["StayFacts", "learn"]

Told = Mapping[uuid.UUID, Preferences]

FEWEST = 2
"""Stays that must agree: one is no habit."""
LEAST = 60
"""Percent of agreement under which a suggestion disappears; over half, so that no two of a field
can stand."""
LOOKED_AT = 12
"""Newest stays that count, so that taste may change."""
MUCH_MORE = 2
"""A declined suggestion comes back when more than this many times its stays speak for it."""


def learn(
    guest: Customer, stays: Sequence[StayFacts], *, by: Actor, told: Told | None = None
) -> list[PreferenceSuggestion]:
    """Bring a held guest's suggestions up to date with all their stays; those that are open.

    What the guest said is never suggested otherwise: `told`, where somebody read it already.
    Running it again changes nothing.
    """
    with db.session.no_autoflush:  # all that is written goes at once
        likes = services.of(guest.id) if told is None else told.get(guest.id)
        return _learn(guest, stays, likes, by)


def _learn(
    guest: Customer, stays: Sequence[StayFacts], likes: Preferences | None, by: Actor
) -> list[PreferenceSuggestion]:
    newest = sorted(stays, key=lambda stay: (stay.check_out_date, str(stay.id)))[-LOOKED_AT:]
    state = state_of(likes)
    sources = origins.rows_of(guest.id)
    rows = {(row.field, fold(row.option)): row for row in suggestions.of(guest.id)}
    found = {
        each.key: each for each in findings(newest, lists.known())
        if len(each.stays) >= FEWEST and each.confidence >= LEAST
        and suggestions.is_news(each.field.name, each.code, state, sources)
    }  # fmt: skip
    changed = [name for key, each in found.items() if (name := _note(guest, rows, key, each))]
    for key, row in list(rows.items()):
        if row.state == "open" and key not in found:
            db.session.delete(rows.pop(key))
            changed.append(row.field)
    if changed:
        fields = sorted(set(changed))
        audit.record("suggestions.learned", ("customer", guest.id), by=by, fields=fields)
        db.session.flush()
    waiting = [row for row in rows.values() if row.state == "open"]
    return sorted(waiting, key=lambda row: (-row.confidence, row.id))


def _note(
    guest: Customer, rows: dict[tuple[str, str], PreferenceSuggestion], key: tuple[str, str],
    found: Finding,
) -> str | None:  # fmt: skip
    """Write a finding down; the field's name when that changed anything."""
    row = rows.get(key)
    if row is None:
        row = PreferenceSuggestion(
            customer_id=guest.id, field=found.field.name, option=found.code, state="open"
        )
        rows[key] = row
        db.session.add(row)
    elif row.state != "open" and not _is_much_more(row, found):
        return None
    said = (found.confidence, found.stays, found.against, found.reason)
    if row.state == "open" and said == (row.confidence, row.stays, row.against, row.reason):
        return None
    row.confidence, row.stays, row.against, row.reason = said
    row.state, row.decided_at, row.decided_name, row.noted_at = "open", None, None, now()
    return row.field


def _is_much_more(row: PreferenceSuggestion, found: Finding) -> bool:
    """True when far more stays speak for it than when it was decided, and none the less clearly.

    What was taken away counts anew: only stays after that day.
    """
    if row.reason == REASON and row.decided_at:
        day = row.decided_at.astimezone(zone()).date().isoformat()
        return sum(stay["left"] > day for stay in found.stays) > MUCH_MORE
    return len(found.stays) > MUCH_MORE * len(row.stays) and found.confidence >= row.confidence
