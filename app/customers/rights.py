"""What one guest may do for another: `relationships` knows, and the features beside it ask here."""

import uuid
from collections.abc import Callable
from typing import Literal

Right = Literal["bookings", "preferences", "loyalty_benefits"]
Source = Callable[[uuid.UUID, uuid.UUID, Right], bool]

_sources: list[Source] = []


def source(answer: Source) -> Source:
    """Register who knows: a function of the guest, the one who gives the right, and the right."""
    _sources.append(answer)
    return answer


def holds(guest_id: uuid.UUID, giver_id: uuid.UUID, right: Right) -> bool:
    """True when the giver has given the guest this right; everybody has all rights of their own."""
    return guest_id == giver_id or any(ask(guest_id, giver_id, right) for ask in _sources)
