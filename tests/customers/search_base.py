"""Guests for the tests of search: rows of `customers` with their facts."""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any

from sqlalchemy import insert, select

from app.core.types import new_id
from app.customers import search
from app.customers.models import Customer
from app.customers.search import GuestFacts
from app.customers.search.models import SearchRow
from app.extensions import db

_serials = count(1)
KEPT = (SearchRow.key, SearchRow.customer_id, SearchRow.leads_to, SearchRow.words,
        SearchRow.names, SearchRow.slice, SearchRow.hashes)  # fmt: skip


def stored(rows: Iterable[dict[str, Any]]) -> None:
    """Write rows of `customers` as they stand."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        alike.setdefault(tuple(row), []).append(row)
    for several in alike.values():
        db.session.execute(insert(Customer), several)


def known(full_name: str, **facts: Any) -> GuestFacts:
    """A guest of whom these facts are indexed."""
    serial = next(_serials)
    made = GuestFacts(
        id=facts.pop("id", new_id()),
        number=(26 << 32) + serial,
        code=facts.pop("code", f"C2026{serial:04d}"),
        full_name=full_name,
        **facts,
    )
    stored([{"id": made.id, "number": made.number, "customer_code": made.code,
             "full_name": made.full_name[:200]}])  # fmt: skip
    search.index(db.session, made)
    return made


def found(query: str, limit: int = 10) -> list[uuid.UUID]:
    """The guests that a query finds, best first."""
    return [hit.customer_id for hit in search.find(db.session, query, limit)]


def table() -> list[tuple[Any, ...]]:
    """The search table, in rank order."""
    return [tuple(row) for row in db.session.execute(select(*KEPT).order_by(SearchRow.key))]


def changed(facts: GuestFacts, **changes: Any) -> GuestFacts:
    """The facts after a change, indexed again."""
    new = replace(facts, **changes)
    search.index(db.session, new)
    return new


LONG_AGO, LATELY = date(2015, 3, 1), date(2026, 5, 1)
