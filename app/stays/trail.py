"""What happened to a booking: written to its guest's audit trail, and read back from there."""

from functools import lru_cache
from typing import Any

from app.core import audit
from app.core.actor import Actor
from app.core.audit import Event
from app.core.datamap import data_map
from app.stays.models import Booking, Stay


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
    return audit.story(booking.customer_id, booking.id, "booking_version")


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
