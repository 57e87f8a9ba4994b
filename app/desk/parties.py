"""Parties as the desk needs them: read in a fixed number of statements, whatever their number."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, func, select

from app.core.clock import today
from app.core.database import PREPARED
from app.customers.models import Customer
from app.desk import days
from app.desk.models import Tick
from app.documents import expiry
from app.extensions import db
from app.loyalty import notices, programme
from app.loyalty.notices import Waiting
from app.loyalty.programme import Programme
from app.loyalty.vip import rules
from app.loyalty.vip.rules import VipRules
from app.preferences import services as preferences
from app.preferences.models import Preferences
from app.relationships import services as relationships
from app.stays.models import Booking, Companion, Stay

LOOKED_BACK = 3
"""How many of a guest's latest stays tell what was not honoured."""
_BOOKING = (
    "id", "customer_id", "status", "check_in_date", "check_out_date", "room_type",
    "room_number", "adults", "children", "special_requests", "checked_in_at", "checked_out_at",
)  # fmt: skip
_GUEST = (
    "full_name", "sort_name", "display_name", "vip_status", "is_blacklisted", "blacklist_reason",
    "warning_level", "warning_notes", "special_attention", "date_of_birth",
    "id_type", "id_expiry_date", "loyalty_member", "loyalty_tier",
)  # fmt: skip
_STAY = (
    "customer_id", "check_out_date", "satisfaction_score", "complaints",
    "preferences_during_stay", "special_requests_fulfilled",
)  # fmt: skip


@dataclass(frozen=True)
class Party:
    """A booking with its guest (one row), who comes along, ticks by key, and the latest stays.

    preferences: of everybody with a profile who ever told any, by guest. papers: likewise, until
    when the best of each kind holds; read when it is asked for, and once for all parties. vip,
    programme: the rules for levels and for tiers, likewise. notices: likewise, what guests are to
    be told. sharing: likewise, the members who share their benefits with a guest.
    """

    row: Any
    companions: Sequence[Any]
    preferences: dict[uuid.UUID, Preferences]
    ticks: dict[str, Any]
    stays: Sequence[Any]
    papers: Callable[[], Mapping[uuid.UUID, Mapping[str, date | None]]]
    vip: Callable[[], VipRules]
    programme: Callable[[], Programme]
    notices: Callable[[], Mapping[uuid.UUID, Sequence[Waiting]]]
    sharing: Callable[[], Mapping[uuid.UUID, Sequence[Any]]]

    def people(self) -> list[tuple[str, Any]]:
        """Everybody on the booking: (name, row); the guest's name goes without saying."""
        return [("", self.row), *((each.name, each) for each in self.companions)]

    def profiles(self) -> list[tuple[uuid.UUID, str]]:
        """(guest, name) of everybody with a profile."""
        others = [(each.companion_id, each.name) for each in self.companions if each.companion_id]
        return [(self.row.customer_id, ""), *others]

    def likings(self) -> list[tuple[str, Preferences]]:
        """(name, preferences) of everybody who told any."""
        return [(name, self.preferences[who]) for who, name in self.profiles()
                if who in self.preferences]  # fmt: skip

    @property
    def called(self) -> str:
        """The name as the guest wants to be addressed."""
        return str(self.row.display_name or self.row.full_name)

    @property
    def nights(self) -> int:
        """Calendar nights; a day room has none."""
        nights: int = (self.row.check_out_date - self.row.check_in_date).days
        return nights


class Place(NamedTuple):
    """Where a booking stands on the board of a day."""

    id: uuid.UUID
    guest_id: uuid.UUID
    column: str
    people: int


def places(day: date) -> list[Place]:
    """Every booking of the day, in the order in which its column shows it."""
    query = select(
        Booking.id, Booking.customer_id, Booking.status, Booking.check_in_date,
        Booking.check_out_date, Booking.room_number, Booking.adults, Booking.children,
        Customer.sort_name,
    ).join(Customer, Customer.id == Booking.customer_id)  # fmt: skip
    here = today()
    rows = [
        (days.column_of(row, day, here), row)
        for row in db.session.execute(query.where(Booking.id.in_(days.of_day(day))))
    ]
    rows.sort(key=lambda each: _order(*each))
    return [
        Place(row.id, row.customer_id, column, row.adults + row.children) for column, row in rows
    ]


def _order(column: str, row: Any) -> tuple[Any, ...]:
    room = row.room_number or ""
    by_name = (row.sort_name, row.id)
    if column == "arriving":
        return (column, row.check_in_date, *by_name)
    return (column, row.status == "checked_out", not room, len(room), room, *by_name)


def load(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Party]:
    """These bookings with all that the desk shows of them, by id."""
    if not ids:
        return {}
    columns = [getattr(Booking, name) for name in _BOOKING]
    columns += [getattr(Customer, name) for name in _GUEST]
    query = select(*columns).join(Customer, Customer.id == Booking.customer_id)
    rows = db.session.execute(query.where(Booking.id.in_(ids))).all()
    return _parties(rows, latest_stays({row.customer_id for row in rows}))


def of(booking: Booking) -> Party:
    """The party of a booking that was read already, for its tasks: without earlier stays."""
    own = {name: getattr(booking, name) for name in _BOOKING}
    row = SimpleNamespace(**own, **{name: getattr(booking.customer, name) for name in _GUEST})
    return _parties([row], defaultdict(list))[booking.id]


def _parties(
    rows: Sequence[Any], stays: Mapping[uuid.UUID, Sequence[Any]]
) -> dict[uuid.UUID, Party]:
    ids, guests = [row.id for row in rows], {row.customer_id for row in rows}
    companions, ticks = _companions(ids), _ticks(ids)
    others = {c.companion_id for each in companions.values() for c in each if c.companion_id}
    liked = preferences.many(guests | others)
    papers = cache(lambda: expiry.last_days(guests | others))
    vip, tiers = cache(rules.current), cache(programme.current)
    told = cache(lambda: notices.of_guests(guests))
    sharing = cache(lambda: relationships.sharing_benefits(guests))
    return {
        row.id: Party(
            row, companions[row.id], liked, {tick.key: tick for tick in ticks[row.id]},
            stays[row.customer_id], papers, vip, tiers, told, sharing,
        )
        for row in rows
    }  # fmt: skip


def _companions(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Row[Any]]]:
    called = func.coalesce(Customer.display_name, Customer.full_name, Companion.name)
    query = select(
        Companion.booking_id, Companion.companion_id, called.label("name"),
        Customer.date_of_birth, Customer.is_blacklisted, Customer.warning_level,
        Customer.special_attention, Customer.id_type, Customer.id_expiry_date,
    ).outerjoin(Customer, Customer.id == Companion.companion_id)  # fmt: skip
    rows = db.session.execute(query.where(Companion.booking_id.in_(ids)).order_by(Companion.id))
    return _by(rows, "booking_id")


def _ticks(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Row[Any]]]:
    query = select(
        Tick.booking_id, Tick.key, Tick.task, Tick.department, Tick.state, Tick.reason,
        Tick.changed_at, Tick.changed_name,
    )  # fmt: skip
    query = query.where(Tick.booking_id.in_(ids)).order_by(Tick.id)
    return _by(db.session.execute(query), "booking_id")


_NEWEST = (Stay.check_out_date.desc(), Stay.id.desc())
_LATEST = (
    select(*(getattr(Stay, name) for name in _STAY))
    .where(Stay.customer_id == bindparam("guest_id"))
    .order_by(*_NEWEST)
    .limit(LOOKED_BACK)
    .execution_options(**PREPARED)
)


def latest_stays_of(guest_id: uuid.UUID) -> Sequence[Row[Any]]:
    """The latest stays of one guest, the newest first."""
    return db.session.connection().execute(_LATEST, {"guest_id": guest_id}).all()


def latest_stays(guest_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Row[Any]]]:
    """The latest stays of each guest, the newest first."""
    place = func.row_number().over(partition_by=Stay.customer_id, order_by=_NEWEST).label("place")
    ranked = (
        select(*(getattr(Stay, name) for name in _STAY), place)
        .where(Stay.customer_id.in_(guest_ids))
        .subquery()
    )
    query = select(ranked).where(ranked.c.place <= LOOKED_BACK).order_by(ranked.c.place)
    return _by(db.session.execute(query), "customer_id")


def _by(rows: Iterable[Any], column: str) -> dict[uuid.UUID, list[Row[Any]]]:
    found: dict[uuid.UUID, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return found
