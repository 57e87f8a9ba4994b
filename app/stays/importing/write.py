"""Imported stays written many at once with the figures they make, and taken back again."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select

from app.core import audit
from app.core.actor import Actor
from app.core.clock import now
from app.core.types import new_id
from app.customers.models import Customer
from app.extensions import db
from app.stays import statistics
from app.stays.importing.rows import PastStay, amounts
from app.stays.models import Booking, Stay

AT_ONCE = 500
SHOWN = 5
SAID = ("room_type", "room_number", "rate_type", "room_rate", "purpose_of_visit")


@dataclass
class Batch:
    """What one portion writes: rows of stays and of bookings, each with its row in the file."""

    stays: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    bookings: list[tuple[int, dict[str, Any]]] = field(default_factory=list)

    @property
    def guests(self) -> set[uuid.UUID]:
        """Whose they are."""
        return {values["customer_id"] for _row, values in [*self.stays, *self.bookings]}


def add(
    batch: Batch, stay: PastStay, guest_id: uuid.UUID, source: str, batch_id: uuid.UUID
) -> None:
    """Put the row into the batch, as a stay or as a booking that came to nothing."""
    said = {name: stay.values.get(name) for name in SAID}
    row_id = new_id()
    common = said | {
        "id": row_id, "customer_id": guest_id, "check_in_date": stay.check_in,
        "check_out_date": stay.check_out, "batch_id": batch_id, "created_at": now(), "version": 1,
    }  # fmt: skip
    number = stay.values.get("number")
    if stay.status == "checked_out":
        batch.stays.append((stay.row, common | amounts(stay) | {
            "nights": stay.nights, "satisfaction_score": stay.values.get("satisfaction_score"),
            "staff_notes": stay.values.get("notes"), "source_system": source,
            "external_id": number, "has_open_complaint": False,
        }))  # fmt: skip
        return
    batch.bookings.append((stay.row, common | {
        "source": source, "reference": number or f"row-{row_id.hex}",
        "status": stay.status, "total_amount": stay.values.get("total"),
        "notes": stay.values.get("notes"), "adults": 1,
        "children": 0, "special_requests": [], "ended_at": now(), "updated_at": now(),
    }))  # fmt: skip


def store(batch: Batch, *, by: Actor) -> set[uuid.UUID]:
    """Write the portion and count its guests anew, in the caller's transaction.

    Returns guests that are gone or merged since they were looked up; nothing of them is written.
    """
    held = hold(batch.guests)
    gone = batch.guests - {guest.id for guest in held}
    for model, rows in ((Stay, batch.stays), (Booking, batch.bookings)):
        kept = [values for _row, values in rows if values["customer_id"] not in gone]
        if kept:
            db.session.execute(insert(model), kept)
    _count(held, "booking.imported", by)
    return gone


def hold(guest_ids: Iterable[uuid.UUID]) -> list[Customer]:
    """The guests, locked in the order of their ids; without those merged, erased or gone."""
    query = select(Customer).where(Customer.id.in_(list(guest_ids)), Customer.status == "active")
    locked = query.order_by(Customer.id).with_for_update(of=Customer)
    return list(db.session.scalars(locked.execution_options(populate_existing=True)))


def _count(held: list[Customer], action: str, by: Actor) -> None:
    changed = statistics.refresh_many(held)
    for guest in held:
        audit.record(
            action, ("customer", guest.id), by=by, changes=changed.get(guest.id),
            version=guest.version,
        )  # fmt: skip


# --- taking back ----------------------------------------------------------------------------


def _touched(model: type[Stay] | type[Booking], batch_id: uuid.UUID) -> ColumnElement[bool]:
    """A row of the batch that somebody has worked with since."""
    return (model.batch_id == batch_id) & (model.version != 1)


def changed_since(batch_id: uuid.UUID) -> tuple[int, list[str]]:
    """How many rows of the batch were worked with since, and the first few guests' codes."""
    count, codes = 0, []
    for model in (Stay, Booking):
        there = _touched(model, batch_id)
        count += db.session.scalar(select(func.count()).select_from(model).where(there)) or 0
        whose = select(Customer.customer_code).join(model, model.customer_id == Customer.id)
        codes += list(db.session.scalars(whose.where(there).distinct().limit(SHOWN)))
    return count, sorted(set(codes))[:SHOWN]


def take_back(batch_id: uuid.UUID, *, by: Actor) -> int:
    """Take back up to 500 untouched rows of the batch, with the figures; how many were."""
    for model in (Stay, Booking):
        fresh = select(model.id, model.customer_id).where(
            model.batch_id == batch_id, model.version == 1
        )
        rows = db.session.execute(fresh.order_by(model.customer_id).limit(AT_ONCE)).all()
        if rows:
            return _remove(model, [row.id for row in rows], {row.customer_id for row in rows}, by)
    return 0


def _remove(
    model: type[Stay] | type[Booking], ids: list[uuid.UUID], whose: set[uuid.UUID], by: Actor
) -> int:
    held = hold(whose)
    gone = delete(model).where(model.id.in_(ids), model.version == 1)
    db.session.execute(gone.execution_options(synchronize_session=False))
    _count(held, "booking.import_undone", by)
    return len(ids)
