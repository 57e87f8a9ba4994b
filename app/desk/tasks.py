"""What a party needs, as tasks by department: derived from requests and preferences, never stored.

Only what became of a task is kept, as a `Tick` under the task's key.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.desk import needs
from app.desk.needs import Named
from app.desk.parties import Party
from app.desk.vocabulary import DEPARTMENTS, department_of

LONGEST_WORDS, LONGEST_KEY = 300, 260
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
    return of_wishes(party, needs.of_party(party, care=care))


def of_wishes(party: Party, wishes: Iterable[Named]) -> list[Task]:
    """The tasks of a booking's requests and of these wishes, department by department."""
    order = list(DEPARTMENTS)
    found = [*_requests(party.row.special_requests), *_wished(wishes)]
    once = {task.key: task for task in found}
    return sorted(once.values(), key=lambda task: order.index(task.department))


def _wished(wishes: Iterable[Named]) -> Iterator[Task]:
    for prefix, name, wish in wishes:
        words = f"{name}: {wish.words}" if name else wish.words
        key = f"{prefix}{wish.key}"
        if wish.department and len(key) <= LONGEST_KEY:
            yield Task(key, words[:LONGEST_WORDS], wish.department, wish.is_care)


def _requests(requests: Iterable[str]) -> list[Task]:
    return [
        Task(REQUEST + each, each[:LONGEST_WORDS], department_of(each)) for each in requests or ()
    ]
