"""The figures of a guest: a cache of stays and bookings, rebuilt by one function (ruling 3)."""

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ScalarSelect, func, select

from app.core import audit
from app.core.actor import Actor
from app.customers import services as guests
from app.customers.models import Customer
from app.extensions import db
from app.stays.models import Booking, Stay

NONE: dict[str, Any] = {
    "first_stay_date": None, "last_stay_date": None, "total_stays": 0, "total_nights": 0,
    "total_spent": Decimal(0), "average_spent_per_stay": Decimal(0),
    "average_stay_length": Decimal(0), "total_cancellations": 0, "no_show_count": 0,
}  # fmt: skip
"""The figures of a guest who never booked; also their names, in order."""
CENT, TENTH = Decimal("0.01"), Decimal("0.1")
PORTION = 1000

Values = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """A guest whose figures were not what stays and bookings add up to: {name: (was, is)}."""

    customer_id: uuid.UUID
    code: str
    changes: dict[str, tuple[Any, Any]]


def count(guest_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Values]:
    """The figures of these guests, added up from stays and bookings alone; all are in it.

    A stay is first and last by its arrival and departure; averages are rounded half to even, money
    to hundredths and nights to tenths.
    """
    found = {guest: dict(NONE) for guest in guest_ids}
    for row in db.session.execute(_stays(guest_ids)):
        found[row.customer_id] |= {
            "first_stay_date": row.first, "last_stay_date": row.last, "total_stays": row.stays,
            "total_nights": int(row.nights), "total_spent": row.spent,
            "average_spent_per_stay": (row.spent / row.stays).quantize(CENT),
            "average_stay_length": (Decimal(int(row.nights)) / row.stays).quantize(TENTH),
            "total_cancellations": row.cancelled, "no_show_count": row.absent,
        }  # fmt: skip
    rest = [guest for guest in guest_ids if not found[guest]["total_stays"]]
    for guest, cancelled, absent in db.session.execute(_broken_off(rest)) if rest else ():
        found[guest] |= {"total_cancellations": cancelled, "no_show_count": absent}
    return found


def _stays(guest_ids: Collection[uuid.UUID]) -> Any:
    return (
        select(
            Stay.customer_id, func.min(Stay.check_in_date).label("first"),
            func.max(Stay.check_out_date).label("last"), func.count().label("stays"),
            func.sum(Stay.nights).label("nights"), func.sum(Stay.total_amount).label("spent"),
            _ended_as("cancelled").label("cancelled"), _ended_as("no_show").label("absent"),
        )
        .where(Stay.customer_id.in_(guest_ids))
        .group_by(Stay.customer_id)
    )  # fmt: skip


def _ended_as(status: str) -> ScalarSelect[int]:
    """How many of the same guest's bookings ended so."""
    theirs = Booking.customer_id == Stay.customer_id, Booking.status == status
    query = select(func.count()).select_from(Booking).where(*theirs)
    return query.correlate(Stay).scalar_subquery()


def _broken_off(guest_ids: Collection[uuid.UUID]) -> Any:
    cancelled = func.count().filter(Booking.status == "cancelled")
    absent = func.count().filter(Booking.status == "no_show")
    broken = Booking.status.in_(("cancelled", "no_show"))
    query = select(Booking.customer_id, cancelled, absent)
    return query.where(Booking.customer_id.in_(guest_ids), broken).group_by(Booking.customer_id)


def refresh(guest: Customer) -> dict[str, tuple[Any, Any]]:
    """Bring one guest's figures up to date, in the caller's transaction; what changed.

    The guest must be held (`customers.services.hold`), so that no other change is lost. The
    caller's audit entry tells the changes and the new version.
    """
    db.session.flush()
    return _write(guest, count([guest.id])[guest.id])


def refresh_many(held: Collection[Customer]) -> dict[uuid.UUID, dict[str, tuple[Any, Any]]]:
    """Like `refresh` for several held guests at once: what changed, for those it changed."""
    db.session.flush()
    counted = count([guest.id for guest in held])
    changed = {guest: changes for guest in held if (changes := _wrong(guest, counted[guest.id]))}
    for guest, changes in changed.items():
        for name, (_old, new) in changes.items():
            setattr(guest, name, new)
    guests.store(*changed)
    return {guest.id: changes for guest, changes in changed.items()}


def _write(guest: Customer, values: Values) -> dict[str, tuple[Any, Any]]:
    changes = _wrong(guest, values)
    for name in changes:
        setattr(guest, name, values[name])
    if changes:
        guests.store(guest)
    return changes


def _wrong(guest: Customer, values: Values) -> dict[str, tuple[Any, Any]]:
    return {n: (old, v) for n, v in values.items() if (old := getattr(guest, n)) != v}


def recount(*, by: Actor, write: bool = True) -> Iterator[Difference | int]:
    """Rebuild the figures of all guests, some at a time: yields every difference, and after each
    portion how many guests it had. Each portion is a transaction of the caller's: commit there.
    """
    after: uuid.UUID | None = None
    while ids := _next(after):
        after = ids[-1]
        yield from _recount(ids, by, write=write)
        yield len(ids)


def _next(after: uuid.UUID | None) -> list[uuid.UUID]:
    query = select(Customer.id).where(Customer.status != "merged").order_by(Customer.id)
    query = query.where(Customer.id > after) if after else query
    return list(db.session.scalars(query.limit(PORTION)))


def _recount(ids: list[uuid.UUID], by: Actor, *, write: bool) -> Iterator[Difference]:
    counted = count(ids)
    columns = [getattr(Customer, name) for name in NONE]
    rows = db.session.execute(
        select(Customer.id, Customer.customer_code, *columns).where(Customer.id.in_(ids))
    ).all()
    for row in sorted(rows, key=lambda row: row.id):
        if any(getattr(row, name) != value for name, value in counted[row.id].items()):
            wrong = _mend(row.id, by, write=write)
            if wrong:
                yield Difference(row.id, row.customer_code, wrong)


def _mend(guest_id: uuid.UUID, by: Actor, *, write: bool) -> dict[str, tuple[Any, Any]]:
    """Counted anew under lock: the guest may have checked out, or be gone, meanwhile."""
    guest = db.session.get(Customer, guest_id, with_for_update=True, populate_existing=True)
    if guest is None:
        return {}
    if not write:
        return _wrong(guest, count([guest.id])[guest.id])
    changes = refresh(guest)
    if changes:
        audit.record(
            "figures.recounted", ("customer", guest.id), by=by, changes=changes,
            version=guest.version,
        )  # fmt: skip
    return changes
