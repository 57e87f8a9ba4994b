"""The lists of papers that expire soon or have expired: a page at a time, of all guests."""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_, union_all

from app.core.actor import Actor
from app.core.clock import today
from app.core.crypto import vault
from app.core.errors import Unreadable
from app.customers.models import Customer
from app.customers.whereabouts import UNKNOWN, Times, whereabouts
from app.documents.kinds import AHEAD
from app.documents.models import Document
from app.extensions import db

LIMIT = 50
STANDING = ("active", "expired")
"""Either may be expired: the daily run may be late."""
ORDER = (Document.expiry_date, Document.id)

Place = tuple[date, uuid.UUID]


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
    backward = before is not None
    found = _read(_ends(days), before or after, falling=(days is None) != backward)
    more, rows = len(found) > LIMIT, found[:LIMIT]
    rows = rows[::-1] if backward else rows
    back, on = (more, True) if backward else (after is not None, more)
    return Page(
        _with_times(rows), _place(rows[:1]) if back else None, _place(rows[-1:]) if on else None
    )


def count() -> dict[int | None, int]:
    """How many papers each of the lists holds, in one statement; None: those that have expired."""
    lists = (None, *AHEAD)
    query = select(*(func.count().filter(_ends(days)) for days in lists))
    last = today() + timedelta(days=max(AHEAD))
    found = db.session.execute(
        query.where(Document.status.in_(STANDING), Document.expiry_date <= last)
    ).one()
    return dict(zip(lists, found, strict=True))


def _ends(days: int | None) -> ColumnElement[bool]:
    here = today()
    if days is None:
        return Document.expiry_date < here
    return Document.expiry_date.between(here, here + timedelta(days=days))


def _read(ends: ColumnElement[bool], place: Place | None, *, falling: bool) -> Sequence[Any]:
    """One row more than a page has. Each status is read by itself, in the order of the index: a
    long list is not sorted to its end."""
    order = [each.desc() if falling else each.asc() for each in ORDER]
    parts = []
    for status in STANDING:
        part = select(Document.id).where(Document.status == status, ends)
        if place:
            key = tuple_(*ORDER)
            part = part.where(key < place if falling else key > place)
        parts.append(select(part.order_by(*order).limit(LIMIT + 1).subquery()))
    guest = (
        Customer.full_name, Customer.display_name, Customer.customer_code,
        Customer.preferences_summary,
    )  # fmt: skip
    query = select(Document, *guest).join(Customer, Customer.id == Document.customer_id)
    query = query.where(Document.id.in_(union_all(*parts))).order_by(*order)
    return db.session.execute(query.limit(LIMIT + 1)).all()


def _with_times(rows: Sequence[Any]) -> list[Expiring]:
    """Where the guests are, and their keys in one go: the ends of the numbers are shown."""
    ids = {row.Document.customer_id for row in rows}
    known = whereabouts(ids) if ids else {}
    with suppress(Unreadable):  # then each is asked for by itself, and told
        vault().keys([row.Document.customer_id for row in rows if row.Document.number_sealed])
    return [Expiring(row.Document, row, known.get(row.Document.customer_id, UNKNOWN))
            for row in rows]  # fmt: skip


def _place(rows: Sequence[Any]) -> Place | None:
    if not rows or rows[0].Document.expiry_date is None:
        return None
    return rows[0].Document.expiry_date, rows[0].Document.id
