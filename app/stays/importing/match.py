"""Whose stay a row tells of: one certain guest, or the reason why none is."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.customers.importing.match import CONTACTS, MOST_PER_LOOKUP, name_key
from app.customers.models import Customer
from app.extensions import db
from app.stays.importing.rows import PastStay

NOBODY = _l("No guest on file fits: by code, by number there, or by e-mail or phone with the name.")
NAME_ALONE = _l("A name alone says too little: a code, number, e-mail or phone is needed with it.")
Clue = tuple[str, Any]
Found = dict[Clue, set[uuid.UUID]]


def clues(stay: PastStay) -> list[Clue]:
    """What the row's guest can be found by."""
    said = stay.guests
    found: list[Clue] = [(kind, said[kind]) for kind in ("customer_code", "guest_number")
                         if said.get(kind)]  # fmt: skip
    if said.get("full_name"):
        name = name_key(said["full_name"])
        found += [(kind, (said[kind], name)) for kind in ("email", "phone") if said.get(kind)]
    return found


def look(source: str, stays: Sequence[PastStay]) -> tuple[Found, dict[uuid.UUID, str]]:
    """The guests on file by clue, merged ones as who remains; and each one's code."""
    wanted: dict[str, set[Any]] = defaultdict(set)
    for stay in stays:
        for kind, value in clues(stay):
            wanted[kind].add(value)
    found: Found = defaultdict(set)
    for row in _rows(Customer.customer_code, {code.upper() for code in wanted["customer_code"]}):
        found[("customer_code", row.value)].add(row.id)
    there = Customer.source_system == source
    for row in _rows(Customer.external_id, wanted["guest_number"], there):
        found[("guest_number", row.value)].add(row.id)
    for kind, column in CONTACTS:
        for row in _rows(column, {contact for contact, _name in wanted[kind]}):
            found[(kind, (row.value, name_key(row.full_name)))].add(row.id)
    return _alive(found)


def _rows(column: Any, wanted: Iterable[Any], *more: Any) -> Sequence[Any]:
    asked = sorted(wanted)
    if not asked:
        return ()
    query = select(Customer.id, column.label("value"), Customer.full_name)
    return db.session.execute(query.where(column.in_(asked), *more).limit(MOST_PER_LOOKUP)).all()


def _alive(found: Found) -> tuple[Found, dict[uuid.UUID, str]]:
    """The same with merged guests as who remains, and without those who are erased."""
    codes: dict[uuid.UUID, str] = {}
    leads: dict[uuid.UUID, uuid.UUID] = {}
    asked = {guest for ids in found.values() for guest in ids}
    for _step in range(20):
        if not asked:
            break
        query = select(Customer.id, Customer.customer_code, Customer.status, Customer.merged_into)
        rows = db.session.execute(query.where(Customer.id.in_(asked))).all()
        codes |= {row.id: row.customer_code for row in rows if row.status == "active"}
        leads |= {row.id: row.merged_into for row in rows if row.merged_into}
        asked = {into for into in leads.values() if into not in codes and into not in leads}
    alive = {
        clue: {end for guest in ids if (end := _end(guest, leads)) in codes}
        for clue, ids in found.items()
    }
    return alive, codes


def _end(guest: uuid.UUID, leads: dict[uuid.UUID, uuid.UUID]) -> uuid.UUID:
    for _step in range(20):
        if guest not in leads:
            break
        guest = leads[guest]
    return guest


def guest_of(stay: PastStay, found: Found, codes: dict[uuid.UUID, str]) -> uuid.UUID | None:
    """The one guest that all clues of the row lead to; None with the reason in its `refused`."""
    said = clues(stay)
    ids: set[uuid.UUID] = set()
    for kind, value in said:
        ids |= found.get((kind, value.upper() if kind == "customer_code" else value), set())
    if len(ids) == 1:
        return ids.pop()
    if not ids:
        only_name = bool(stay.guests.get("full_name")) and not said
        stay.refused.append(("full_name", NAME_ALONE if only_name else NOBODY))
        return None
    listed = ", ".join(sorted(codes[guest] for guest in ids)[:5])
    stay.refused.append(
        ("full_name", _("Several guests fit, so none is certain: %(codes)s.", codes=listed))
    )
    return None
