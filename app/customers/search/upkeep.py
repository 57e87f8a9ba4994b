"""Keeping the search table: one row a guest, written in the transaction of the guest's change."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, cast

from sqlalchemy import Connection, Table, delete, insert, select

from app.core.bulk import insert_many
from app.customers.search import postgres, sqlite
from app.customers.search.document import GuestFacts, document
from app.customers.search.find import Database, connection_of
from app.customers.search.models import SearchRow

BATCH = 500
_TABLE = cast(Table, SearchRow.__table__)
_COMPARED = ("key", "leads_to", "words", "names")


def search_row(dialect: str, facts: GuestFacts) -> dict[str, Any] | None:
    """The guest's row of `guest_search` on an engine; None for an erased guest."""
    if facts.status == "erased":
        return None
    row = postgres.row if dialect == "postgresql" else sqlite.row
    return row(document(facts))


def index(on: Database, facts: GuestFacts) -> None:
    """Make search know the guest as the facts say. Nothing is written when nothing changed."""
    index_many(on, [facts])


def index_many(on: Database, guests: Sequence[GuestFacts]) -> None:
    """Like `index` for several guests, in batches of 500."""
    connection = connection_of(on)
    for batch in _batches(guests):
        _write(connection, batch)


def add(on: Database, guests: Sequence[GuestFacts]) -> None:
    """Make search know guests who are new to it."""
    connection = connection_of(on)
    rows = (search_row(connection.dialect.name, facts) for facts in guests)
    insert_many(connection, _TABLE, [row for row in rows if row])


def remove(on: Database, customer_id: uuid.UUID) -> None:
    """Make search forget the guest."""
    _delete(connection_of(on), [customer_id])


def rebuild(on: Database, guests: Iterable[GuestFacts]) -> int:
    """Make the whole search table anew from all guests; how many rows it has then."""
    connection = connection_of(on)
    engine = postgres if connection.dialect.name == "postgresql" else sqlite
    engine.before_bulk(connection)
    connection.execute(delete(SearchRow))
    count = 0
    for batch in _batches(guests):
        rows = [r for facts in batch if (r := search_row(connection.dialect.name, facts))]
        if rows:
            connection.execute(insert(_TABLE), rows)
        count += len(rows)
    engine.after_bulk(connection)
    return count


def compact(on: Database) -> None:
    """Leave nothing readable of what was removed: to be run, seldom, after guests were erased.

    SQLite's full-text tables only note that a row is gone until they merge what they hold;
    rewriting the whole takes some seconds for a million guests. On PostgreSQL VACUUM does it.
    """
    connection = connection_of(on)
    if connection.dialect.name == "sqlite":
        sqlite.compact(connection)


def _batches(guests: Iterable[GuestFacts]) -> Iterator[list[GuestFacts]]:
    remaining = iter(guests)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _write(connection: Connection, guests: list[GuestFacts]) -> None:
    wanted = {facts.id: search_row(connection.dialect.name, facts) for facts in guests}
    known = select(SearchRow.customer_id, *(_TABLE.c[name] for name in _COMPARED))
    stale: list[uuid.UUID] = []
    for old in connection.execute(known.where(SearchRow.customer_id.in_(wanted))):
        new = wanted[old.customer_id]
        if new and all(getattr(old, name) == new[name] for name in _COMPARED):
            del wanted[old.customer_id]
        else:
            stale.append(old.customer_id)
    if stale:
        _delete(connection, stale)
    rows = [row for row in wanted.values() if row]
    insert_many(connection, _TABLE, rows)


def _delete(connection: Connection, ids: list[uuid.UUID]) -> None:
    connection.execute(delete(SearchRow).where(SearchRow.customer_id.in_(ids)))
