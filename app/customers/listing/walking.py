"""Long lists: the index of the order is walked from the page's place, and no further."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, func, literal, select, tuple_

from app.customers.listing.asked import Asked
from app.customers.listing.sorts import Place
from app.customers.models import Customer
from app.extensions import db

Row = Any
_ANY = object()


@dataclass(frozen=True)
class _Stretch:
    """A part of the order that one index can be walked for.

    With values it goes by them and by numbers; without, all have one value, and it goes by numbers.
    """

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
    """From the page's place on: first what is left of the stretch with the place in it."""
    whole = _levels(asked) if asked.sort.levels else _known_and_unknown(asked)
    place = asked.place
    if place is None:
        return [stretch for _value, stretch in whole]
    if asked.backwards:
        whole.reverse()
    column = asked.sort.column
    at = next(n for n, (value, _stretch) in enumerate(whole) if _holds(value, place))
    mine, rising = whole[at][1], asked.descending is asked.backwards
    if mine.with_values:
        here = tuple_(column, Customer.number)
        there = tuple_(literal(place.value, column.type), literal(place.number, BigInteger()))
        beyond = here > there if rising else here < there
    else:
        beyond = Customer.number > place.number if rising else Customer.number < place.number
    rest = [stretch for _value, stretch in whole[at + 1 :]]
    return [_Stretch([*mine.where, beyond], mine.with_values), *rest]


def _levels(asked: Asked) -> list[tuple[Any, _Stretch]]:
    levels = asked.sort.levels[:: -1 if asked.descending else 1]
    return [(level, _Stretch([asked.sort.column == level], False)) for level in levels]


def _known_and_unknown(asked: Asked) -> list[tuple[Any, _Stretch]]:
    column = asked.sort.column
    if not asked.sort.nullable:
        return [(_ANY, _Stretch([], True))]
    unknown = (None, _Stretch([column.is_(None)], False))
    return [(_ANY, _Stretch([column.is_not(None)], True)), unknown]


def _holds(value: Any, place: Place) -> bool:
    return place.value is not None if value is _ANY else bool(value == place.value)


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
