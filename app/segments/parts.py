"""What segments add to a guest's overview: which ones a guest is in, and why."""

from typing import Any

from app.core.actor import Actor
from app.customers import parts
from app.customers.models import Customer
from app.segments import facts, words
from app.segments.rules import current


def panel(guest: Customer, _by: Actor) -> list[dict[str, Any]] | None:
    """The guest's segments as of now; None for a profile that is no guest's any more."""
    if guest.status != "active":
        return None
    return words.of(facts.of_guest(guest), current())


parts.add_panel(parts.Panel(20, "segments/_guest.html", panel))
