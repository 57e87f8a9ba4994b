"""Finding guests: the best few of a query, by rungs and within each by rank."""

import uuid
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection
from sqlalchemy.orm import Session, scoped_session

from app.customers.search import postgres, sqlite
from app.customers.search.query import Query, parse

Database = Connection | Session | scoped_session[Any]
Why = Literal["exact", "word", "beginning", "part"]
_WHY: tuple[Why, ...] = ("word", "beginning", "part")


@dataclass(frozen=True)
class Hit:
    """A guest found. A merged guest leads to the survivor. rank: 1 is the best."""

    customer_id: uuid.UUID
    why: Why
    rank: int


def connection_of(on: Database) -> Connection:
    """The connection of the caller's transaction."""
    return on if isinstance(on, Connection) else on.connection()


def find(on: Database, query: str, limit: int = 10) -> list[Hit]:
    """The best `limit` guests for what was typed, whatever that was.

    Whole words come before beginnings and these before parts; among equals VIP, recent and
    newer guests first. Nothing is found where nothing can be looked for.
    """
    asked, connection = parse(query), connection_of(on)
    if not asked.terms or limit < 1:
        return []
    engine = postgres if connection.dialect.name == "postgresql" else sqlite
    most = limit
    while True:
        found = engine.best(connection, asked, most)
        best: dict[uuid.UUID, Why] = {}
        for rung, _, leads_to in found:
            best.setdefault(leads_to, _why(asked, rung))
        if len(best) >= limit or len(found) < most:
            break
        most *= 4  # several rows led to one survivor
    hits = list(best.items())[:limit]
    return [Hit(guest, why, rank) for rank, (guest, why) in enumerate(hits, start=1)]


def _why(query: Query, rung: int) -> Why:
    return "exact" if rung == 0 and query.is_unique else _WHY[rung]
