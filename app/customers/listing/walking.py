"""Long lists: the index of the order is walked from the page's place, and no further."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_

from app.customers.listing.asked import Asked
from app.customers.models import Customer
from app.extensions import db

Row = Any


@dataclass(frozen=True)
class _Stretch:
    """A part of the order that one index can be walked for: with values, or without any."""

    where: Sequence[ColumnElement[bool]]
    with_values: bool


def walk(asked: Asked) -> list[Row]:
    """(number, value) of the page's guests and of one more, in the order of the walk."""
    found: list[Row] = []
    skip = asked.skip if asked.place is None else 0
    stretches = _stretches(asked)
    for at, stretch in enumerate(stretches):
        query = _query(asked, stretch).offset(skip).limit(asked.limit + 1 - len(found))
        found += db.session.execute(query).all()
        if len(found) > asked.limit or at + 1 == len(stretches):
            break
        skip = 0 if found or not skip else skip - _length(asked, stretch)
    return found


def whole(asked: Asked, columns: Sequence[Any]) -> list[Select[Any]]:
    """The queries that give these columns of all guests, one after the other, in the order."""
    return [_ordered(asked, stretch, select(*columns)) for stretch in _stretches(asked)]


def _stretches(asked: Asked) -> list[_Stretch]:
    column, number, place = asked.sort.column, Customer.number, asked.place
    known = [column.is_not(None)] if asked.sort.nullable else []
    if place is None:
        found = [_Stretch(known, True)]
        return [*found, _Stretch([column.is_(None)], False)] if asked.sort.nullable else found
    rising = asked.descending is asked.backwards
    if place.value is None:
        beyond = number > place.number if rising else number < place.number
        found = [_Stretch([column.is_(None), beyond], False)]
        return [*found, _Stretch(known, True)] if asked.backwards else found
    mine = tuple_(column, number)
    other = tuple_(literal(place.value, column.type), literal(place.number, number.type))
    found = [_Stretch([*known, mine > other if rising else mine < other], True)]
    if asked.sort.nullable and not asked.backwards:
        found.append(_Stretch([column.is_(None)], False))
    return found


def _query(asked: Asked, stretch: _Stretch) -> Select[Any]:
    return _ordered(asked, stretch, select(Customer.number, asked.sort.column.label("value")))


def _ordered(asked: Asked, stretch: _Stretch, query: Select[Any]) -> Select[Any]:
    column, number = asked.sort.column, Customer.number
    falling = asked.descending is not asked.backwards
    keys = [column, number] if stretch.with_values and column is not number else [number]
    order = [key.desc() if falling else key.asc() for key in keys]
    return _from(asked, stretch, query).order_by(*order)


def _length(asked: Asked, stretch: _Stretch) -> int:
    counted = _from(asked, stretch, select(func.count()).select_from(Customer))
    return db.session.scalar(counted) or 0


def _from(asked: Asked, stretch: _Stretch, query: Select[Any]) -> Select[Any]:
    query = query.where(*asked.everything(), *stretch.where)
    if asked.sort.index:
        query = query.with_hint(Customer, f"INDEXED BY {asked.sort.index}", "sqlite")
    return query
