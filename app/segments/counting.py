"""Who belongs to which segments: found for one guest or for the whole base, and written.

The whole base is looked through in portions that only read; what differs is written a few hundred
guests at a time, reckoned again in that very transaction, so that nobody else's change is lost.
"""

import uuid
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Insert, Select, and_, delete, literal, or_, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.core.bulk import among
from app.core.clock import today
from app.core.database import hashed
from app.customers.models import Customer
from app.extensions import db
from app.segments import facts
from app.segments.definition import COLUMNS, expressions
from app.segments.models import GuestSegments
from app.segments.rules import Rules, current
from app.stays.models import Stay

PORTION = 50_000
"""Guests that are looked through at once."""
BATCH = 500
"""Guests that one transaction writes."""


class Wrong(NamedTuple):
    """Guests whose row is missing or not what their figures say, and those who ought to have none;
    among `seen` guests, the last of whom is `last`.
    """

    differing: list[uuid.UUID]
    gone: list[uuid.UUID]
    seen: int
    last: uuid.UUID


def refresh(guest: Customer) -> None:
    """Bring one held guest's row up to date, in the caller's transaction; one statement."""
    db.session.flush()
    _store([guest.id], current(), today())


def _upsert(query: Select[Any]) -> Insert:
    own = pg_insert if db.session.get_bind().dialect.name == "postgresql" else sqlite_insert
    made = own(GuestSegments)
    names = ["customer_id", *COLUMNS, "computed_on"]
    made = made.from_select(names, query)
    return made.on_conflict_do_update(
        index_elements=["customer_id"], set_={name: made.excluded[name] for name in names[1:]}
    )


def look_through(rules: Rules, day: date) -> Iterator[Wrong]:
    """What is wrong, portion by portion; only reads."""
    after: uuid.UUID | None = None
    while True:
        last, seen = _end_of_portion(after)
        if last is None:
            return
        with hashed():
            found = db.session.execute(_differing(rules, day, after, last)).all()
        yield Wrong(
            [row.id for row in found if row.status == "active"],
            [row.id for row in found if row.status != "active"], seen, last,
        )  # fmt: skip
        after = last


def _end_of_portion(after: uuid.UUID | None) -> tuple[uuid.UUID | None, int]:
    ids = select(Customer.id).order_by(Customer.id)
    ids = ids.where(Customer.id > after) if after else ids
    last = db.session.scalar(ids.offset(PORTION - 1).limit(1))
    if last is not None:
        return last, PORTION
    rest = list(db.session.scalars(ids.limit(PORTION)))
    return (rest[-1], len(rest)) if rest else (None, 0)


def _differing(rules: Rules, day: date, after: uuid.UUID | None, last: uuid.UUID) -> Any:
    mine = _between(Stay.customer_id, after, last)
    purposes = facts.purposes_of(*mine)
    wanted = expressions(facts.columns(purposes, *mine), rules, day)
    kept = GuestSegments.__table__.c
    differs = or_(*(kept[each.name].is_distinct_from(each) for each in wanted))
    has_row, active = kept.customer_id.is_not(None), Customer.status == "active"
    wrong = or_(and_(active, or_(~has_row, differs)), and_(~active, has_row))
    query = select(Customer.id, Customer.status).select_from(
        Customer.__table__.outerjoin(purposes, purposes.c.customer_id == Customer.id).outerjoin(
            GuestSegments.__table__,
            and_(kept.customer_id == Customer.id, *_between(kept.customer_id, after, last)),
        )
    )
    return query.where(*_between(Customer.id, after, last), wrong)


def _between(column: Any, after: uuid.UUID | None, last: uuid.UUID) -> list[ColumnElement[bool]]:
    return [column <= last, *([column > after] if after else [])]


def write(ids: Sequence[uuid.UUID], rules: Rules, day: date) -> None:
    """Reckon these guests anew and write their rows; whoever holds one of them comes first."""
    held = select(Customer.id).where(among(Customer.id, ids)).order_by(Customer.id)
    db.session.execute(held.with_for_update())
    _store(ids, rules, day)


def _store(ids: Sequence[uuid.UUID], rules: Rules, day: date) -> None:
    mine = among(Stay.customer_id, ids)
    purposes = facts.purposes_of(mine)
    wanted = expressions(facts.columns(purposes, mine), rules, day)
    joined = Customer.__table__.outerjoin(purposes, purposes.c.customer_id == Customer.id)
    query = select(Customer.id, *wanted, literal(day)).select_from(joined)
    query = query.where(among(Customer.id, ids), Customer.status == "active")
    db.session.execute(_upsert(query))


def remove(ids: Sequence[uuid.UUID]) -> None:
    """Take the rows away of guests who are merged or erased."""
    inactive = select(Customer.id).where(among(Customer.id, ids), Customer.status != "active")
    db.session.execute(
        delete(GuestSegments)
        .where(GuestSegments.customer_id.in_(inactive))
        .execution_options(synchronize_session=False)
    )
