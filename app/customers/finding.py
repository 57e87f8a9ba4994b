"""Guests found for what was typed, each with the piece that shows why it was found."""

import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from app.core.actor import Actor
from app.core.clock import current_settings
from app.core.database import PREPARED
from app.core.phones import show_phone, to_e164
from app.core.text import clean, is_unspaced, mark, mark_code, mark_name
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


class Typed(NamedTuple):
    """What was typed; as a phone number where it is one, and where such numbers are dialled."""

    query: str
    number: str | None
    region: str

    @classmethod
    def of(cls, query: str) -> "Typed":
        """Read once for all rows of an answer."""
        region = current_settings().country
        number = to_e164(query, region) if any(map(str.isdecimal, query)) else None
        return cls(query, number, region)


@dataclass(frozen=True)
class Found:
    """One guest of the answer. `name`, `shown_code` and `hint` are pieces of text, flagged where
    they match."""

    id: uuid.UUID
    code: str
    full_name: str
    name: Marked
    shown_code: Marked
    hint: Marked
    vip_status: str
    is_blacklisted: bool
    warning_level: int
    care: list[Badge]

    @property
    def stands_out(self) -> bool:
        """True when staff should see a badge: blacklisted, warned of, in need of care, or a VIP."""
        warned = self.is_blacklisted or self.warning_level > 0
        return warned or bool(self.care) or self.vip_status != "none"


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
    rows = (by_id[hit.customer_id] for hit in hits if hit.customer_id in by_id)
    asked = Typed.of(query)
    return [_found(row, asked, by) for row in rows]


def hints(ids: Iterable[uuid.UUID], typed: str) -> dict[uuid.UUID, Marked]:
    """Of these guests, the fact that matches what was typed, for those who have one."""
    asked = Typed.of(clean(typed))
    rows = db.session.connection().execute(ROWS, {"ids": list(ids)})
    found = {row.id: _hint(row, asked) for row in rows}
    return {guest: pieces for guest, pieces in found.items() if any(hit for _, hit in pieces)}


def cares(ids: Collection[uuid.UUID], by: Actor) -> dict[uuid.UUID, list[Badge]]:
    """Of these guests, what must be known wherever the name stands; one statement for all."""
    if not ids:
        return {}
    query = select(Customer.id, Customer.preferences_summary).where(Customer.id.in_(ids))
    return {guest: care(summary, by) for guest, summary in db.session.execute(query)}


def mark_phone(number: str, typed: Typed) -> Marked:
    """A stored number in the property's style, marked; whole where that number was typed."""
    shown = show_phone(number, typed.region)
    return [(shown, True)] if number == typed.number else mark(shown, typed.query)


def _found(row: Any, typed: Typed, by: Actor) -> Found:
    return Found(
        id=row.id,
        code=row.customer_code,
        full_name=row.full_name,
        name=mark_name(row.full_name, typed.query),
        shown_code=mark_code(row.customer_code, typed.query),
        hint=_hint(row, typed),
        vip_status=row.vip_status,
        is_blacklisted=row.is_blacklisted,
        warning_level=row.warning_level,
        care=care(row.preferences_summary, by),
    )


def _hint(row: Any, typed: Typed) -> Marked:
    """The fact beside the name: the one that matched, else how to reach the guest."""
    plain: Marked | None = None
    for pieces in chain(_phones(row, typed), (mark(f, typed.query) for f in _facts(row) if f)):
        if any(hit for _, hit in pieces):
            return pieces
        plain = plain or pieces
    return plain or []


def _phones(row: Any, typed: Typed) -> Iterator[Marked]:
    yield from (mark_phone(number, typed) for n in PHONES if (number := getattr(row, n)))


def _facts(row: Any) -> Iterator[str | None]:
    yield from (getattr(row, name) for name in EMAILS)
    yield from (row.display_name, *(row.former_names or []), row.company_name, row.loyalty_number)
