"""What features above bring to a booking's page: more that may be done with it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Action:
    """A button in the head of a booking, leading to a page that takes `booking_id`.

    Shown while the booking is in one of `statuses` and due, to those who hold the permission.
    """

    label: Any
    endpoint: str
    permission: str
    icon: str
    statuses: tuple[str, ...]


actions: list[Action] = []
