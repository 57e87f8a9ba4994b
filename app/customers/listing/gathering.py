"""Short lists: every guest of the list is fetched as a few numbers, and sorted here."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from app.customers.listing import asked as asking
from app.customers.listing.asked import COUNTING, Asked
from app.customers.listing.figures import FACTS
from app.customers.listing.filters import bounds, is_among
from app.customers.listing.sorts import Place
from app.customers.models import FILTERED_BY, Customer
from app.extensions import db

Row = Any
FEW = 10_000
"""A range with at most so many guests is read guest by guest rather than over all filters."""


def gather(asked: Asked) -> Sequence[Row]:
    """The list's guests as (number, *FACTS, value, and id in a search), up to one beyond the cap.

    A search's guests come in the order of their ranks, others in none. In a list beyond the cap
    the value may be missing, since nobody sorts it.
    """
    if asked.hits is not None:
        return _among_hits(_query(asked), asked)
    if has_values(asked):
        return db.session.connection().execute(fitting(asked)).all()
    return _with_values(asked)


def has_values(asked: Asked) -> bool:
    """True when the values sorted by come along with the guests who fit."""
    covered = asked.sort.column.key in FILTERED_BY or bool(asked.carried)
    return covered or _entry(asked) != COUNTING


def fitting(asked: Asked, *, valued: bool = True) -> Select[Any]:
    """Those who fit, up to one beyond the cap, entered by the best way."""
    query = _query(asked, valued=valued)
    if asked.carried:
        return _by_carried(query, asked.carried)
    return query.with_hint(Customer, _entry(asked), "sqlite")


def is_surely_long(asked: Asked) -> bool:
    """True for all guests of one tag or segment, when there are so many of them that the list must
    be a long one.

    A sixth of them may be blacklisted or merged; nobody is looked up for this.
    """
    if not asked.is_plain_but_for_carried or len(asked.carried) != 1:
        return False
    many = asking.CAP + asking.CAP // 5
    return _count(asked.carried[0], many) >= many


def _query(asked: Asked, *, valued: bool = True) -> Select[Any]:
    value = [asked.sort.column.label("value")] if valued else []
    return select(Customer.number, *FACTS, *value).where(*asked.where()).limit(asking.CAP + 1)


def _with_values(asked: Asked) -> Sequence[Row]:
    """For values that the filters' index does not hold: first who fits, then their values."""
    fitting = _query(asked, valued=False).with_hint(Customer, COUNTING, "sqlite")
    rows = db.session.connection().execute(fitting).all()
    if len(rows) > asking.CAP or not rows:
        return rows
    wanted = [row.number for row in rows]
    query = select(Customer.number, *FACTS, asked.sort.column.label("value"))
    return db.session.connection().execute(query.where(Customer.number.in_(wanted))).all()


def _entry(asked: Asked) -> str:
    """The index to enter by, for SQLite: that of a range that few are in, else the filters' own."""
    if db.session.get_bind().dialect.name != "sqlite":
        return COUNTING
    for name, asks in bounds(asked.filters).items():
        hint = f"INDEXED BY ix_customers_by_{name}"
        inside = select(Customer.number).where(*asks).with_hint(Customer, hint, "sqlite")
        if asks and _count(inside) <= FEW:
            return hint
    return COUNTING


def _count(query: Select[Any], most: int | None = None) -> int:
    limited = query.limit(most or asking.CAP + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(limited)) or 0


def _among_hits(query: Select[Any], asked: Asked) -> Sequence[Row]:
    also = [is_among(ids) for ids in asked.carried]
    hits = (asked.hits or [])[: asking.CAP]
    query = query.add_columns(Customer.id).where(Customer.id.in_(hits), *also)
    found = {row.id: row for row in db.session.connection().execute(query)} if hits else {}
    return [found[hit] for hit in hits if hit in found]


def _by_carried(query: Select[Any], carried: list[Select[Any]]) -> Select[Any]:
    """From the fewest who carry one of them to the guests."""
    fewest, *others = sorted(carried, key=_count) if len(carried) > 1 else carried
    return query.where(_comes_from(fewest), *(is_among(ids) for ids in others))


def _comes_from(ids: Select[Any]) -> ColumnElement[bool]:
    """True for guests of these ids; PostgreSQL sorts an array of them, and so reads in order."""
    if db.session.get_bind().dialect.name != "postgresql":
        return Customer.id.in_(ids)
    return Customer.id == func.any(func.array(ids.scalar_subquery()), type_=Customer.id.type)


def arranged(rows: Sequence[Row], asked: Asked) -> list[Row]:
    """The rows in the order asked for."""
    if asked.by_rank:
        return list(rows)
    down, rank = asked.descending, asked.sort.rank
    known = [row for row in rows if row.value is not None]
    known.sort(key=lambda row: (rank(row.value), row.number), reverse=down)
    rest = [row for row in rows if row.value is None]
    return known + sorted(rest, key=lambda row: row.number, reverse=down)


def begin_of(rows: list[Row], asked: Asked) -> int:
    """Where in the arranged rows the page begins."""
    if asked.place is None:
        return asked.skip
    if asked.backwards:
        ahead = sum(1 for row in rows if _is_beyond(row, asked.place, asked) is False)
        return max(0, ahead - asked.limit)
    beyond = (at for at, row in enumerate(rows) if _is_beyond(row, asked.place, asked))
    return next(beyond, len(rows))


def _is_beyond(row: Row, place: Place, asked: Asked) -> bool | None:
    """True after the place, False before it, None at it."""
    if row.number == place.number and row.value == place.value:
        return None
    if (row.value is None) is not (place.value is None):
        return row.value is None
    rank = asked.sort.rank
    values = (0, 0) if place.value is None else (rank(row.value), rank(place.value))
    mine, other = (values[0], row.number), (values[1], place.number)
    return bool(mine < other if asked.descending else mine > other)
