"""Guests found for what was typed, each with the piece that shows why it was found."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import bindparam, select

from app.core.actor import Actor
from app.core.clock import current_settings
from app.core.database import PREPARED
from app.core.phones import show_phone, to_e164
from app.core.text import clean, is_unspaced, mark
from app.customers.facts import EMAILS, PHONES
from app.customers.models import Customer
from app.customers.parts import Badge, care
from app.customers.search import find
from app.extensions import db

FEWEST = 2
Marked = list[tuple[str, bool]]

COLUMNS = (
    Customer.id, Customer.customer_code, Customer.full_name, Customer.display_name,
    Customer.former_names, Customer.first_name, Customer.middle_name, Customer.last_name,
    *(getattr(Customer, name) for name in (*EMAILS, *PHONES)),
    Customer.company_name, Customer.loyalty_number, Customer.vip_status, Customer.is_blacklisted,
    Customer.warning_level, Customer.preferences_summary,
)  # fmt: skip
ROWS = (
    select(*COLUMNS)
    .where(Customer.id.in_(bindparam("ids", expanding=True)))
    .execution_options(**PREPARED)
)


@dataclass(frozen=True)
class Found:
    """One guest of the answer. `name` and `hint` are pieces of text, flagged where they match."""

    id: uuid.UUID
    code: str
    full_name: str
    name: Marked
    hint: Marked
    vip_status: str
    is_blacklisted: bool
    warning_level: int
    care: list[Badge]


def look(typed: str, limit: int = 10, *, by: Actor) -> list[Found]:
    """The best guests for what was typed; none for less than two letters.

    Blacklisted guests are among them, since staff must see them (ruling 23).
    """
    query = clean(typed)
    if len(query) < FEWEST and not is_unspaced(query):
        return []
    hits = find(db.session, query, limit)
    ids = {"ids": [hit.customer_id for hit in hits]}
    by_id = {row.id: row for row in db.session.connection().execute(ROWS, ids)} if hits else {}
    return [_found(by_id[hit.customer_id], query, by) for hit in hits if hit.customer_id in by_id]


def _found(row: Any, query: str, by: Actor) -> Found:
    return Found(
        id=row.id,
        code=row.customer_code,
        full_name=row.full_name,
        name=mark(row.full_name, query),
        hint=_hint(row, query),
        vip_status=row.vip_status,
        is_blacklisted=row.is_blacklisted,
        warning_level=row.warning_level,
        care=care(row.preferences_summary, by),
    )


def _hint(row: Any, query: str) -> Marked:
    """The fact beside the name: the one that matched, else how to reach the guest."""
    plain: Marked | None = None
    for pieces in chain(_phones(row, query), (mark(f, query) for f in _facts(row) if f)):
        if any(hit for _, hit in pieces):
            return pieces
        plain = plain or pieces
    return plain or []


def _phones(row: Any, query: str) -> Iterator[Marked]:
    region = current_settings().country
    whole = to_e164(query, region)
    for name in PHONES:
        if number := getattr(row, name):
            shown = show_phone(number, region)
            yield [(shown, True)] if number == whole else mark(shown, query)


def _facts(row: Any) -> Iterator[str | None]:
    yield from (getattr(row, name) for name in EMAILS)
    yield from (row.display_name, *(row.former_names or []), row.company_name, row.loyalty_number)
