"""What a guest wanted and what became of it, as the stay keeps it: from ticks and check-out."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.desk import tasks
from app.desk.parties import Party
from app.desk.tasks import Task
from app.extensions import db
from app.preferences.learning import StayFacts
from app.stays.models import Stay

LEARNED_FROM = 20
"""How many of the newest stays preferences are learned from."""
Said = Mapping[str, tuple[str, str | None]]
"""Task's key: the state that somebody chose at check-out, and why it was not done."""


@dataclass(frozen=True)
class Outcome:
    """What became of one task: `open` where nobody noted it."""

    task: Task
    state: str
    reason: str | None = None

    @property
    def in_request(self) -> dict[str, Any]:
        """As `special_requests_fulfilled` keeps a request."""
        done = {"done": True, "not_possible": False}.get(self.state)
        return _told({"request": self.task.words, "fulfilled": done, "reason": self.reason})

    @property
    def in_stay(self) -> dict[str, Any]:
        """As `preferences_during_stay` keeps a task."""
        return _told(
            {"key": self.task.key, "task": self.task.words, "department": self.task.department,
             "outcome": self.state, "reason": self.reason}
        )  # fmt: skip


def _told(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "reason" or value}


def outcomes(party: Party, said: Said) -> list[Outcome]:
    """What became of each task of a booking: as said now, else as ticked.

    What was ticked and is not asked for any more still counts.
    """
    ticked = {key: tick for key, tick in party.ticks.items() if tick.state != "open"}
    wanted = {task.key: task for task in tasks.of_party(party, care=True)}
    gone = {key: _task(tick) for key, tick in ticked.items() if key not in wanted}
    return [Outcome(task, *_state(key, said, ticked)) for key, task in {**wanted, **gone}.items()]


def _task(tick: Any) -> Task:
    return Task(tick.key, tick.task, tick.department)


def _state(key: str, said: Said, ticked: Mapping[str, Any]) -> tuple[str, str | None]:
    if key in said:
        return said[key]
    return (ticked[key].state, ticked[key].reason) if key in ticked else ("open", None)


def recorded(found: list[Outcome]) -> dict[str, Any]:
    """What the stay keeps: every request, and the preferences that somebody noted anything of."""
    requests = [each.in_request for each in found if each.task.is_request]
    wishes = [each.in_stay for each in found if not each.task.is_request and each.state != "open"]
    return {
        "special_requests_fulfilled": requests or None, "preferences_during_stay": wishes or None,
    }  # fmt: skip


def of_stays(guest_id: uuid.UUID) -> list[StayFacts]:
    """What a guest's newest stays tell about preferences."""
    newest = (
        select(Stay)
        .where(Stay.customer_id == guest_id)
        .order_by(Stay.check_out_date.desc(), Stay.id.desc())
    )
    return [_facts(stay) for stay in db.session.scalars(newest.limit(LEARNED_FROM))]


def _facts(stay: Stay) -> StayFacts:
    requests = stay.special_requests_fulfilled or []
    wishes = stay.preferences_during_stay or []
    return StayFacts(
        id=stay.id, check_out_date=stay.check_out_date, room_type=stay.room_type,
        satisfaction_score=stay.satisfaction_score, room_number=stay.room_number,
        purpose=stay.purpose_of_visit, minibar=stay.minibar_consumption,
        services_used=stay.services_used,
        fulfilled_requests=[each["request"] for each in requests if each.get("fulfilled")],
        tasks_done=[
            each["key"] for each in wishes if each.get("outcome") == "done" and each.get("key")
        ],
    )  # fmt: skip
