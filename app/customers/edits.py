"""Saving a form over a profile that others may have changed since the form was opened.

The audit log knows what each version changed, so every field is compared on its own: what only I
changed is saved, what only others changed is left, and what both changed is asked about.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core import audit
from app.core.actor import Actor
from app.core.audit import AuditEntry
from app.core.errors import Stale
from app.customers import services
from app.customers.models import Customer
from app.customers.words import SENSITIVE
from app.extensions import db

LOOKED_THROUGH = 200
UNKNOWN = object()
"""Stands for a value from before that the log does not tell."""


@dataclass(frozen=True)
class Change:
    """One field that somebody changed after the form was opened; values as the log keeps them."""

    field: str
    old: Any
    new: Any
    who: str
    actor_id: uuid.UUID | None
    at: datetime


@dataclass(frozen=True)
class Clash:
    """A field that both changed. `theirs` is stored now; `before` may be UNKNOWN."""

    field: str
    mine: Any
    theirs: Any
    before: Any
    who: str


@dataclass(frozen=True)
class Meanwhile:
    """Changes after a version, the newest first. complete: the log explains every version."""

    changes: tuple[Change, ...]
    complete: bool

    def of(self, field: str) -> list[Change]:
        """The changes of one field, the newest first."""
        return [change for change in self.changes if change.field == field]


def save(
    guest: Customer, typed: Mapping[str, Any], version: int, *, by: Actor
) -> tuple[dict[str, tuple[Any, Any]], Meanwhile]:
    """Write what was typed into a form opened at `version`.

    Returns what changed, and what others changed meanwhile. Raises Stale, with `details["clashes"]`
    and `details["mine"]`, when both changed one field; nothing is written then.
    """
    meanwhile = since(guest, version)
    mine, clashes = compare(guest, typed, meanwhile)
    if clashes:
        sentence = _l("Somebody else changed the same fields meanwhile.")
        raise Stale(sentence, clashes=clashes, mine=mine, meanwhile=meanwhile)
    return services.update(guest, mine, by=by), meanwhile


def since(guest: Any, version: int, kind: str = "customer") -> Meanwhile:
    """What was changed in the guest after `version`, by whom; or in another versioned subject."""
    if version == guest.version:
        return Meanwhile((), True)
    query = audit.trail(kind, guest.id).where(AuditEntry.commitment.is_not(None))
    entries = list(db.session.scalars(query.limit(LOOKED_THROUGH)))
    bodies = audit.payloads(entries)
    found: list[Change] = []
    explained: set[int] = set()
    for entry in entries:
        body = bodies.get(entry.id) or {}
        if body.get("version", 0) > version:
            explained.add(body["version"])
            found += _changes(entry, body)
    wanted = set(range(version + 1, guest.version + 1))  # none: a version still to come
    return Meanwhile(tuple(found), bool(wanted) and explained >= wanted)


def _changes(entry: AuditEntry, body: Mapping[str, Any]) -> list[Change]:
    return [
        Change(field, old, new, entry.actor_name, entry.actor_id, entry.at)
        for field, (old, new) in body.get("changes", {}).items()
    ]


def compare(
    guest: Any, typed: Mapping[str, Any], meanwhile: Meanwhile
) -> tuple[dict[str, Any], list[Clash]]:
    """What I changed and nobody else did, and what both changed to different values."""
    mine: dict[str, Any] = {}
    clashes: list[Clash] = []
    for name, value in typed.items():
        stored = getattr(guest, name)
        theirs = meanwhile.of(name)
        if _plain(value) == _plain(stored):
            continue
        if not theirs and meanwhile.complete:
            mine[name] = value
            continue
        before = theirs[-1].old if theirs and name not in SENSITIVE else UNKNOWN
        if _plain(value) != _plain(before):
            clashes.append(Clash(name, value, stored, before, theirs[0].who if theirs else ""))
    return mine, clashes


def _plain(value: Any) -> Any:
    """A value as the audit log keeps it, so that both can be compared."""
    if value in ("", [], None):
        return None
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
