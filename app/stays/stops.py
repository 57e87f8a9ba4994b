"""Why a booking is stopped: a blacklisted or warned guest on it, until a manager lets them in."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core.actor import Actor
from app.core.clock import current_settings, now
from app.core.errors import Conflict, Invalid, NotAllowed
from app.customers import marks
from app.customers.models import Customer, Mark
from app.extensions import db
from app.stays.models import Booking


@dataclass(frozen=True)
class Stop:
    """One mark that stops the booking: `kind` is blacklist or warning, `level` the warning's."""

    customer_id: uuid.UUID
    name: str
    kind: str
    level: int | None
    reason: str
    placed_at: datetime

    def told(self, by: Actor) -> dict[str, Any]:
        """What the reader may know of it; the reason is for those who may read notes."""
        shown = {"reason": self.reason} if by.may("guests.notes") else {}
        return {
            "customer_id": str(self.customer_id), "name": self.name, "kind": self.kind,
            "level": self.level, **shown,
        }  # fmt: skip


class Stopped(Conflict):
    """Somebody on the booking is blacklisted or warned; `details["stops"]` says who and why."""

    def __init__(self, stops: list[Stop], by: Actor) -> None:
        names = ", ".join(dict.fromkeys(stop.name for stop in stops))
        sentence = _l(
            "%(names)s: on the blacklist or under a warning. Only a manager may let this booking"
            " pass, with a reason.", names=names,
        )  # fmt: skip
        super().__init__(sentence, stops=[stop.told(by) for stop in stops])


def find(guest_ids: Iterable[uuid.UUID], since: datetime | None = None) -> list[Stop]:
    """Marks in force that stop these guests, the gravest first; only those placed after `since`."""
    wanted = Mark.customer_id.in_(list(guest_ids)), Mark.kind.in_(("blacklist", "warning"))
    query = select(Mark, Customer.full_name).join(Customer, Customer.id == Mark.customer_id)
    query = query.where(*wanted, Mark.lifted_at.is_(None))
    rows = db.session.execute(query).all()
    live = [(mark, name) for mark, name in rows if marks.in_force([mark])]
    least = current_settings().booking_stop_level
    stops = [
        Stop(mark.customer_id, name, mark.kind, mark.level, mark.reason or "", mark.placed_at)
        for mark, name in live
        if (mark.kind == "blacklist" or (mark.level or 0) >= least)
        and (since is None or mark.placed_at > since)
    ]  # fmt: skip
    return sorted(stops, key=lambda stop: (stop.kind != "blacklist", -(stop.level or 0)))


def people(booking: Booking) -> list[uuid.UUID]:
    """Every guest with a profile on the booking; who booked it counts too."""
    ids = [booking.customer_id, booking.booked_by_id]
    ids += [each.companion_id for each in booking.companions]
    return [each for each in dict.fromkeys(ids) if each is not None]


def hold_or_override(
    booking: Booking, reason: str | None, *, by: Actor, passed: Iterable[uuid.UUID] | None = None
) -> list[Stop]:
    """Raise Stopped unless nobody is stopped, or `by` may override and says why.

    What an earlier override let pass stays passed, for those who were on the booking then:
    `passed`, or everybody. Returns the stops that were overridden now.
    """
    moment, on_it = now(), people(booking)
    there = set(on_it if passed is None else passed)
    stops = find([each for each in on_it if each in there], since=booking.override_at)
    if newcomers := [each for each in on_it if each not in there]:
        stops += find(newcomers)
    if not stops:
        return []
    if reason is None:
        raise Stopped(stops, by)
    if not by.may("bookings.override"):
        raise NotAllowed("bookings.override")
    if not reason.strip():
        raise Invalid({"override_reason": _l("Please fill this in.")})
    booking.override_reason, booking.override_name = reason, by.name
    booking.override_at = moment
    return stops
