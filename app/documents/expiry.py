"""Papers come to their end: noted daily, listed ahead, told at the desk before the guest comes."""

import logging
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Row, func, select, tuple_

from app.core.actor import HOUSE, Actor
from app.core.clock import today
from app.core.crypto import vault
from app.core.errors import Unreadable
from app.customers.models import Customer
from app.customers.whereabouts import UNKNOWN, Times, whereabouts
from app.documents import trail
from app.documents.kinds import AHEAD, KINDS
from app.documents.models import Document
from app.extensions import db

logger = logging.getLogger(__name__)
PORTION = 200
LIMIT = 50
TRAVEL: Final = tuple(name for name, kind in KINDS.items() if kind.machine_readable)
"""Papers without which a guest may not be lodged."""
LIVE = Document.status.in_(("active", "expired"))

Place = tuple[date, uuid.UUID]


def mark_expired() -> Iterator[int]:
    """Note the papers that have expired by the property's date, a portion at a time: how many.

    The caller commits after each. Late or again, it is the same; what is archived stays so.
    """
    over = (
        select(Document).where(Document.status == "active", Document.expiry_date < today())
        .order_by(Document.id).limit(PORTION).with_for_update(skip_locked=True)
    )  # fmt: skip
    while rows := list(db.session.scalars(over)):
        for row in rows:
            row.status = "expired"
        db.session.flush()
        for row in rows:
            _record(row)
        yield len(rows)


def _record(row: Document) -> None:
    """Told in its story; one whose guest's key is broken expires all the same."""
    try:
        changes = {"document_status": ("active", "expired")}
        trail.record("document.expired", row, by=HOUSE, changes=changes)
    except Unreadable as fault:
        logger.error("that document %s expired could not be recorded: %s", row.id, fault)


@dataclass(frozen=True)
class Expiring:
    """A document of the list, its guest's names, and where the guest is."""

    document: Document
    guest: Any
    times: Times


@dataclass(frozen=True)
class Page:
    """A page of the list; `before` and `after` are places from which neighbours are read."""

    rows: list[Expiring]
    before: Place | None
    after: Place | None


def find_page(
    days: int | None, *, by: Actor, after: Place | None = None, before: Place | None = None
) -> Page:
    """Papers that expire from today on within `days`, soonest first; None: those that have
    expired, the latest first. From a place on, or up to one. Three statements.
    """
    by.must("documents.read")
    key, backward = tuple_(Document.expiry_date, Document.id), before is not None
    query, falling = _wanted(days), (days is None) != backward
    if place := before or after:
        query = query.where(key < place if falling else key > place)
    order = (Document.expiry_date, Document.id)
    query = query.order_by(*(each.desc() if falling else each for each in order))
    found = list(db.session.execute(query.limit(LIMIT + 1)))
    more, rows = len(found) > LIMIT, found[:LIMIT]
    rows = rows[::-1] if backward else rows
    listed = _with_times(rows)
    back, on = (more, True) if backward else (after is not None, more)
    return Page(listed, _place(rows[:1]) if back else None, _place(rows[-1:]) if on else None)


def _with_times(rows: Sequence[Row[Any]]) -> list[Expiring]:
    """Where the guests are, and their keys in one go: the ends of the numbers are shown."""
    ids = {row.Document.customer_id for row in rows}
    known = whereabouts(ids) if ids else {}
    with suppress(Unreadable):  # then each is asked for by itself, and told
        vault().keys([row.Document.customer_id for row in rows if row.Document.number_sealed])
    return [Expiring(row.Document, row, known.get(row.Document.customer_id, UNKNOWN))
            for row in rows]  # fmt: skip


def _wanted(days: int | None) -> Any:
    here = today()
    guest = (Customer.full_name, Customer.display_name, Customer.customer_code)
    query = select(Document, *guest).join(Customer, Customer.id == Document.customer_id)
    query = query.where(LIVE, Customer.status == "active")
    if days is None:
        return query.where(Document.expiry_date < here)
    return query.where(Document.expiry_date.between(here, here + timedelta(days=days)))


def _place(rows: Sequence[Row[Any]]) -> Place | None:
    if not rows or rows[0].Document.expiry_date is None:
        return None
    return rows[0].Document.expiry_date, rows[0].Document.id


def count() -> dict[int | None, int]:
    """How many papers each of the lists holds, in one statement; None: those that have expired."""
    here = today()
    ends = Document.expiry_date
    parts = [func.count().filter(ends < here)] + [
        func.count().filter(ends.between(here, here + timedelta(days=days))) for days in AHEAD
    ]
    query = select(*parts).join(Customer, Customer.id == Document.customer_id)
    found = db.session.execute(
        query.where(LIVE, Customer.status == "active", ends <= here + timedelta(days=max(AHEAD)))
    ).one()
    return dict(zip((None, *AHEAD), found, strict=True))


def last_days(guest_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, date | None]]:
    """For each guest and kind of travel paper on file: until when the best of that kind holds.

    None where one of them bears no date. What is put aside does not count. One statement.
    """
    query = select(
        Document.customer_id, Document.document_type, func.max(Document.expiry_date),
        func.count() - func.count(Document.expiry_date),
    )  # fmt: skip
    query = query.where(
        Document.customer_id.in_(guest_ids), Document.document_type.in_(TRAVEL), LIVE
    ).group_by(Document.customer_id, Document.document_type)
    found: dict[uuid.UUID, dict[str, date | None]] = {}
    for guest, kind, last, undated in db.session.execute(query):
        found.setdefault(guest, {})[kind] = None if undated else last
    return found
