"""Bookings of the house, by dates, status and guest: one page after another."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, union
from sqlalchemy.orm import joinedload, selectinload

from app.core.errors import Invalid
from app.core.paging import parts_of, place
from app.extensions import db
from app.stays.models import Booking

NO_PLACE = _l("This is not a place in the list.")
EQUAL = ("status", "customer_id", "source", "reference")
FEW = 5


class Page(NamedTuple):
    """Some bookings by arrival, and the word that leads to the next ones; None at the end."""

    rows: list[Booking]
    after: str | None


def find(filters: Mapping[str, Any]) -> Page:
    """The bookings of which a day lies between `from_date` and `to_date`, and that fit the rest."""
    query = _filtered(select(Booking), filters).options(selectinload(Booking.companions))
    if filters.get("after"):
        day, row_id = read_place(filters["after"])
        later = and_(Booking.check_in_date == day, Booking.id > row_id)
        query = query.where(Booking.check_in_date >= day, or_(Booking.check_in_date > day, later))
    limit = filters["limit"]
    found = list(
        db.session.scalars(query.order_by(Booking.check_in_date, Booking.id).limit(limit + 1))
    )
    rows, more = found[:limit], len(found) > limit
    return Page(rows, word(rows[-1].check_in_date, rows[-1].id) if more else None)


def named(typed: str) -> list[Booking]:
    """Bookings, with their guests, whose reference was typed, or the room that their guest is in.

    In any case, and with spaces or without. Who is in house comes first, then the latest.
    """
    spelt = {typed, typed.replace(" ", "")}
    spelt |= {each.upper() for each in spelt} | {each.lower() for each in spelt}
    called = select(Booking.id).where(_of_any_source(), Booking.reference.in_(spelt))
    inside = Booking.status == "checked_in"
    there = select(Booking.id).where(inside, Booking.room_number.in_(spelt))
    query = select(Booking).where(Booking.id.in_(union(called, there)))
    query = query.options(joinedload(Booking.customer)).limit(FEW)
    order = (case((inside, 0), else_=1), Booking.check_in_date.desc(), Booking.id)
    return list(db.session.scalars(query.order_by(*order)))


def _of_any_source() -> ColumnElement[bool]:
    """True of all; references are told apart by source, so their index asks for one at a time.

    The sources are few, and each is one step in that index.
    """
    sources = select(func.min(Booking.source).label("source")).cte("sources", recursive=True)
    following = select(func.min(Booking.source)).where(Booking.source > sources.c.source)
    more = select(following.scalar_subquery()).where(sources.c.source.is_not(None))
    return Booking.source.in_(select(sources.union_all(more).c.source))


def _filtered(query: Select[Booking], filters: Mapping[str, Any]) -> Select[Booking]:
    for name in EQUAL:
        if filters.get(name) is not None:
            query = query.where(getattr(Booking, name) == filters[name])
    if filters.get("reference") is not None and filters.get("source") is None:
        query = query.where(_of_any_source())
    if filters.get("from_date"):
        query = query.where(Booking.check_out_date >= filters["from_date"])
    if filters.get("to_date"):
        query = query.where(Booking.check_in_date <= filters["to_date"])
    return query


def word(day: date, row_id: uuid.UUID) -> str:
    """A place in a list of bookings or stays, as a word for addresses."""
    return place(day.isoformat(), str(row_id))


def read_place(after: str) -> tuple[date, uuid.UUID]:
    """What `word` was made of. Raises Invalid at `after`."""
    try:
        day, row_id = parts_of(after)
        return date.fromisoformat(day), uuid.UUID(row_id)
    except (ValueError, TypeError, AttributeError):
        raise Invalid({"after": NO_PLACE}) from None
