"""Long lists: the index of the order is walked from the page's place, and no further."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, func, literal, select, tuple_

from app.core.database import PREPARED
from app.customers.listing.asked import COUNTING, Asked
from app.customers.listing.filters import bounds
from app.customers.listing.rows import COLUMNS
from app.customers.listing.sorts import Place
from app.customers.models import FILTERED_BY, Customer
from app.extensions import db

Row = Any
NEAR = 60
"""Pages that begin within so many rows are looked for by a bounded walk first."""
FAR = 1_000
"""Pages that begin later are found by the index alone, before their rows are read."""
LATE = Customer.preferences_summary
"""Stands late in the table's rows, so it is read of those alone that are shown."""
BOUND = 2_500
"""How many entries of an index a bounded walk looks at; one in a hundred fits, or more."""
_ANY = object()
_AMONG = Customer.metadata.tables["customers"].alias("among")
"""The guests again, to read of those shown what no index has; making this anew takes long."""


@dataclass(frozen=True)
class _Stretch:
    """A part of the order that one index can be walked for.

    With values it goes by them and by numbers; without, all have one value, and it goes by numbers.
    """

    where: Sequence[ColumnElement[bool]]
    with_values: bool


def walk(asked: Asked) -> list[Row]:
    """The page's guests and one more, in the order of the walk: number, value, mostly `COLUMNS`.

    Where filters leave gaps the walk is bounded: those who fit may all stand at the far end of the
    order. Then all that fit are sorted instead, over the index of the filters.
    """
    if asked.is_plain:
        return _page(asked, _whole_rows if asked.place or asked.skip <= FAR else _query)
    if asked.place is not None or asked.skip <= NEAR:
        found = _near(asked)
        if len(found) > asked.limit:
            return found
    return sorted_page(asked)


def sorted_page(asked: Asked) -> list[Row]:
    """The page of all that fit and one more, sorted: (number, value)."""
    at_once = asked.place is None and asked.sort.nullable  # one look at all is enough for both
    return _page(asked, _sorted, [_Stretch([], True)] if at_once else None)


def _page(
    asked: Asked,
    build: Callable[[Asked, _Stretch], Select[Any]],
    stretches: list[_Stretch] | None = None,
) -> list[Row]:
    found: list[Row] = []
    skip = asked.skip if asked.place is None else 0
    stretches = stretches or _stretches(asked)
    for at, stretch in enumerate(stretches):
        query = build(asked, stretch).offset(skip).limit(asked.limit + 1 - len(found))
        if asked.is_plain:
            query = query.execution_options(**PREPARED)
        found += db.session.connection().execute(query).all()
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


def _whole_rows(asked: Asked, stretch: _Stretch) -> Select[Any]:
    return _ordered(asked, stretch, select(*COLUMNS, asked.sort.column.label("value")))


def _near(asked: Asked) -> list[Row]:
    """The page when it is full within the next entries of the order's index; else too few."""
    stretch = _stretches(asked)[0]
    column = asked.sort.column
    read = [each for each in COLUMNS if each is not LATE]
    columns = dict.fromkeys([*read, *(getattr(Customer, name) for name in FILTERED_BY)])
    asks = [*stretch.where, *bounds(asked.filters).get(column.key, [])]
    ahead = select(*columns, column.label("value")).where(*asks)
    ahead = _hinted(asked, ahead).order_by(*_keys(asked, stretch)).limit(BOUND)
    entries = ahead.subquery()
    far = select(_AMONG.c[LATE.key]).where(_AMONG.c.number == entries.c.number)
    shown = [
        far.scalar_subquery().label(LATE.key) if each is LATE else entries.c[each.key]
        for each in COLUMNS
    ]
    query = select(*shown, entries.c.value).where(*asked.everything(entries.c))
    if db.session.get_bind().dialect.name == "postgresql":  # may join by hashes, out of order
        query = query.order_by(*_keys(asked, stretch, entries.c.value, entries.c.number))
    skip = asked.skip if asked.place is None else 0
    return list(db.session.connection().execute(query.offset(skip).limit(asked.limit + 1)))


def _sorted(asked: Asked, stretch: _Stretch) -> Select[Any]:
    fitting = select(Customer.number, asked.sort.column.label("value"))
    fitting = fitting.where(*asked.everything(), *stretch.where)
    if not asked.carried and asked.hits is None:
        fitting = fitting.with_hint(Customer, COUNTING, "sqlite")
    # The offset keeps PostgreSQL from walking the order's index after all.
    among = fitting.offset(0).subquery()
    unknown = [among.c.value.is_(None)] if asked.sort.nullable else []
    keys = _keys(asked, stretch, among.c.value, among.c.number)
    return select(among.c.number, among.c.value).order_by(*unknown, *keys)


def _ordered(asked: Asked, stretch: _Stretch, query: Select[Any]) -> Select[Any]:
    query = query.where(*asked.everything(), *stretch.where)
    return _hinted(asked, query).order_by(*_keys(asked, stretch))


def _keys(asked: Asked, stretch: _Stretch, value: Any = None, number: Any = None) -> list[Any]:
    number = Customer.number if number is None else number
    value = asked.sort.column if value is None else value
    falling = asked.descending is not asked.backwards
    one = not stretch.with_values or asked.sort.column is Customer.number
    return [key.desc() if falling else key.asc() for key in ([number] if one else [value, number])]


def _length(asked: Asked, stretch: _Stretch) -> int:
    counted = select(func.count()).select_from(Customer)
    return db.session.scalar(counted.where(*asked.everything(), *stretch.where)) or 0


def _hinted(asked: Asked, query: Select[Any]) -> Select[Any]:
    return query.with_hint(Customer, f"INDEXED BY {asked.sort.index}", "sqlite")
