"""Ticking a task: by whom it was done, or why it was not; seen by every tablet."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict, Invalid
from app.desk.models import Tick
from app.desk.tasks import Task
from app.extensions import db
from app.stays import trail
from app.stays.models import STAYING, Booking

TASK, CARE_TASK, STATE = "desk_task", "desk_care_task", "desk_task_state"
"""What the audit log calls a task in words, and its state."""
SLIP = timedelta(seconds=1)
"""A second touch so soon after the first is a double touch, and does not take it back."""


@dataclass(frozen=True)
class Wanted:
    """The state that somebody wants a task to have, and when they saw it as it was before."""

    state: str
    reason: str | None = None
    seen: datetime | None = None


@dataclass(frozen=True)
class Ticked:
    """A tick after somebody touched it. `first`: another was quicker, and theirs stays."""

    tick: Tick | None
    applied: bool
    first: bool = False


def set_tick(booking: Booking, task: Task, wanted: Wanted, *, by: Actor) -> Ticked:
    """Bring a task of a held booking to the wanted state, unless somebody changed it since `seen`.

    Raises Conflict once the booking is over, Invalid for `not_possible` without a reason.
    """
    by.must("desk.use")
    if booking.status not in STAYING:
        raise Conflict(_l("This stay is over; its tasks cannot be ticked any more."))
    if wanted.state == "not_possible" and not wanted.reason:
        raise Invalid({"reason": _l("Please fill this in.")})
    tick = db.session.scalar(
        select(Tick).where(Tick.booking_id == booking.id, Tick.key == task.key)
    )
    if tick is not None and _is_first(tick, wanted, by):
        return Ticked(tick, applied=False, first=True)
    if _is_idle(tick, wanted, by):
        return Ticked(tick, applied=False)
    return Ticked(_write(booking, task, tick, wanted, by), applied=True)


def _is_first(tick: Tick, wanted: Wanted, by: Actor) -> bool:
    """True when somebody else changed the task after it was seen."""
    mine = by.user_id is not None and tick.changed_by == by.user_id
    return wanted.seen is not None and tick.changed_at > wanted.seen and not mine


def _is_idle(tick: Tick | None, wanted: Wanted, by: Actor) -> bool:
    if tick is None:
        return wanted.state == "open"
    if (tick.state, tick.reason) == (wanted.state, wanted.reason):
        return True
    slipped = tick.changed_by == by.user_id and now() - tick.changed_at < SLIP
    return wanted.state == "open" and slipped


def _write(booking: Booking, task: Task, tick: Tick | None, wanted: Wanted, by: Actor) -> Tick:
    before = tick.state if tick else "open"
    if tick is None:
        tick = Tick(customer_id=booking.customer_id, booking_id=booking.id, key=task.key)
        db.session.add(tick)
    tick.task, tick.department = task.words, task.department
    tick.state, tick.reason = wanted.state, wanted.reason
    tick.changed_at, tick.changed_by, tick.changed_name = now(), by.user_id, by.name
    db.session.flush()
    named = CARE_TASK if task.is_care else TASK
    trail.record(
        "task.ticked", booking, by=by, reason=wanted.reason,
        changes={named: (None, task.words), STATE: (before, wanted.state)},
    )  # fmt: skip
    return tick
