"""What a party needs, as tasks by department: derived from requests and preferences, never stored.

Only what became of a task is kept, as a `Tick` under the task's key.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.desk.parties import Party
from app.desk.vocabulary import DEPARTMENTS, department_of

LONGEST_WORDS = 300
REQUEST = "request:"


@dataclass(frozen=True)
class Task:
    """One thing to do for a party. `is_care`: of allergies or needs, for some readers only."""

    key: str
    words: str
    department: str
    is_care: bool = False

    @property
    def is_request(self) -> bool:
        """True for what the booking asks for, False for what the guest always likes."""
        return self.key.startswith(REQUEST)


def of_party(party: Party, *, care: bool) -> list[Task]:
    """The party's tasks, department by department; those of allergies and needs with `care`."""
    order = list(DEPARTMENTS)
    found = {t.key: t for t in _requests(party.row.special_requests) if care or not t.is_care}
    return sorted(found.values(), key=lambda task: order.index(task.department))


def _requests(requests: Iterable[str]) -> list[Task]:
    return [
        Task(REQUEST + each, each[:LONGEST_WORDS], department_of(each)) for each in requests or ()
    ]


def states(party: Party) -> dict[str, Any]:
    """The ticks in force, by task."""
    return {key: tick for key, tick in party.ticks.items() if tick.state != "open"}
