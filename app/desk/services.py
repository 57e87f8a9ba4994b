"""What follows from an arrival, a departure and a stay put right: all of it, in order, in one
transaction.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.core.actor import Actor
from app.core.clock import now
from app.customers import services as guests
from app.desk import honours, parties
from app.extensions import db
from app.loyalty import corrections, earning
from app.loyalty import said as points
from app.loyalty.vip import words as vip
from app.loyalty.vip.evaluation import evaluate
from app.preferences.learning import learn
from app.segments import counting as segments
from app.stays import aftercare, arrivals, bookings, departures, trail
from app.stays.bookings import Told
from app.stays.models import Booking, Stay

Values = Mapping[str, Any]
LEARNED_OF = (
    "check_out_date", "purpose_of_visit", "satisfaction_score", "special_requests_fulfilled",
)  # fmt: skip
"""What of a stay put right may speak otherwise of the guest's preferences."""


class Left(NamedTuple):
    """The stay that a booking became, and whether this departure made it."""

    stay: Stay
    applied: bool


def check_in(
    booking: Booking, *, by: Actor, room: str | None = None, override: str | None = None
) -> Told:
    """Check a held booking in; again is no change. Raises as `arrivals.check_in` does."""
    return arrivals.check_in(booking, by=by, room=room, override=override)


def check_out(
    booking: Booking, outcome: Values, *, by: Actor, despite_no_arrival: bool = False
) -> Stay:
    """Check a held booking out, and do what follows from it.

    `outcome` as `OutcomeInput` has it, with `tasks` as {key: (state, reason)} where somebody said
    at the desk what became of them; else their ticks tell. Raises as `departures.check_out` does.
    """
    party = parties.of(booking)
    came_of_it = honours.outcomes(party, outcome.get("tasks") or {})
    if despite_no_arrival and booking.status in ("confirmed", "no_show"):
        _arrive_afterwards(booking, by)
    with guests.indexed_once():
        stay = departures.check_out(booking, {**outcome, **honours.recorded(came_of_it)}, by=by)
        with db.session.no_autoflush:  # what is noted goes with what is learned
            told, stays = party.preferences, honours.of_stays(booking.customer_id)
            learn(booking.customer, stays, by=by, told=told)
        earning.for_stay(stay, by=by, fresh=True)
        evaluate(booking.customer, by=by)  # after all that changes figures, points among them
    segments.refresh(booking.customer)
    return stay


@aftercare.follows
def put_right(stay: Stay, changes: aftercare.Changed, by: Actor) -> list[Any]:
    """Do what follows from a stay put right after check-out; sentences of what was done."""
    said: list[Any] = []
    if changes.keys() & set(LEARNED_OF):
        learn(aftercare.guest_of(stay), honours.of_stays(stay.customer_id), by=by)
    if changes.keys() & set(aftercare.CHARGES):
        said += points.righted(corrections.follow(stay, by=by))
        level = evaluate(aftercare.guest_of(stay), by=by)
        said += [vip.told(level)] if level else []
    segments.refresh(aftercare.guest_of(stay))
    return said


def tell_departure(booking: Booking, outcome: Values, *, by: Actor) -> Left:
    """Take an engine's word that a guest left, whenever and however often it comes.

    Before its check-in was told, the booking is checked in first; told again, nothing changes.
    Raises Conflict for a booking that was cancelled.
    """
    by.must("bookings.update")
    known = departures.stay_of(booking) if booking.status == "checked_out" else None
    if known is not None:
        return Left(known, applied=False)
    return Left(check_out(booking, outcome, by=by, despite_no_arrival=True), applied=True)


def _arrive_afterwards(booking: Booking, by: Actor) -> None:
    """Check in who has left meanwhile: neither the day nor who has the room now stands against it.

    Nothing is stored before the departure is, so the room is never taken twice.
    """
    bookings.move(booking, "checked_in")
    booking.checked_in_at, booking.ended_at, booking.end_reason = now(), None, None
    trail.record("booking.checked_in", booking, by=by, changes={})


def who(booking: Booking, action: str) -> str:
    """Who did this to the booking last, by the audit log; '' where it does not tell."""
    return next((event.who for event in trail.of(booking) if event.action == action), "")
