"""A whole list as a stream: every row once, in the list's order, few at a time in memory."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, select

from app.customers.listing import asked as asking
from app.customers.listing.asked import Asked, Filters
from app.customers.listing.gathering import arranged, gather
from app.customers.listing.walking import whole
from app.customers.models import Customer

Rows = Sequence[Any]


def stream(
    connection: Connection, filters: Filters, columns: Sequence[Any], size: int
) -> Iterator[Rows]:
    """The columns of all guests that the filters of a `ListInput` leave, `size` at once.

    `connection` should see one state of the database throughout. A search that finds more than
    10,000 comes in the usual order instead of the order of its ranks.
    """
    first_page = dict(filters) | {"after": None, "before": None, "page": 1}
    asked = asking.ask(first_page)
    few = gather(asked)
    if len(few) <= asking.CAP and not asked.is_common:
        return _short(connection, arranged(few, asked), columns, size)
    return _long(connection, asked, columns, size)


def _short(connection: Connection, rows: Rows, columns: Sequence[Any], size: int) -> Iterator[Rows]:
    numbers = iter([row.number for row in rows])
    while some := list(islice(numbers, size)):
        query = select(Customer.number, *columns).where(Customer.number.in_(some))
        found = {row[0]: row[1:] for row in connection.execute(query)}
        yield [found[number] for number in some if number in found]


def _long(
    connection: Connection, asked: Asked, columns: Sequence[Any], size: int
) -> Iterator[Rows]:
    for query in whole(asked, columns):
        with connection.execute(query, execution_options={"yield_per": size}) as result:
            yield from result.partitions()
