"""What happened to a booking: written to its guest's audit trail, and read back from there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from app.core import audit
from app.core.actor import Actor
from app.core.audit import AuditEntry
from app.core.datamap import data_map
from app.extensions import db
from app.stays.models import Booking, Stay

MOST_SHOWN = 100


@dataclass(frozen=True)
class Event:
    """One thing that happened. `changes` maps a field to (old, new), as the log keeps them."""

    action: str
    who: str
    at: datetime
    version: int
    changes: dict[str, tuple[Any, Any]]
    facts: Mapping[str, Any]


def record(
    action: str, booking: Booking, *, by: Actor, changes: audit.Changes, **facts: Any
) -> None:
    """Write it down in the guest's trail, under the booking's id and version."""
    told = {name: value for name, value in facts.items() if value is not None}
    audit.record(
        action, ("customer", booking.customer_id), by=by, changes=changes, part=str(booking.id),
        booking=str(booking.id), reference=booking.reference, booking_version=booking.version,
        **told,
    )  # fmt: skip


def of(booking: Booking) -> list[Event]:
    """What happened to the booking, the newest first."""
    query = audit.trail("customer", booking.customer_id).where(AuditEntry.part == str(booking.id))
    entries = list(db.session.scalars(query.limit(MOST_SHOWN)))
    bodies = audit.payloads(entries)
    return [_event(entry, bodies.get(entry.id) or {}) for entry in entries]


def _event(entry: AuditEntry, body: Mapping[str, Any]) -> Event:
    changes = {name: (old, new) for name, (old, new) in body.get("changes", {}).items()}
    version = body.get("booking_version", 0)
    return Event(entry.action, entry.actor_name, entry.at, version, changes, body)


def since(booking: Booking, version: int) -> list[Event]:
    """What happened after a version of the booking, the newest first."""
    return [event for event in of(booking) if event.version > version]


def sees(field: str, by: Actor) -> bool:
    """True when the data map lets this person see a column of a booking or stay."""
    return by.may(_seen_with().get(field, "bookings.read"))


@lru_cache(maxsize=1)
def _seen_with() -> dict[str, str]:
    """Field of a booking or stay: the permission that shows it."""
    tables = (Stay.__tablename__, Booking.__tablename__)
    shown = {column: fact.see for of, column, fact in data_map() if of in tables and fact}
    return shown | dict.fromkeys(("reason", "complaint", "resolution"), "guests.notes")
