"""Imported guests written many at once: rows, search, marks, trail; and taken back again."""

import base64
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import compress
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, delete, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.core import audit
from app.core.actor import Actor
from app.core.bulk import insert_many
from app.core.clock import now
from app.core.crypto import vault
from app.core.errors import Conflict, NotFound
from app.core.models import owned_classes
from app.core.types import new_id
from app.customers import codes, search, services, vip
from app.customers.columns import sort_name
from app.customers.drafts import Draft
from app.customers.facts import facts_of
from app.customers.importing.models import ImportedChange
from app.customers.models import Customer, Mark, VipChange
from app.customers.search.models import SearchRow
from app.extensions import db

SEALED = ("id_number", "secondary_id_number", "tax_id", "medical_notes")
PLACE = "imported_changes.before"
AT_ONCE = 500
SHOWN = 5
CAME_ALONG: dict[Any, Any] = {Mark: Mark.placed_at, VipChange: VipChange.changed_at}
"""Rows that an import writes with a guest: when; those of another moment came later."""
_UNSAID = {"version", "updated_at", "updated_by"}
_COLUMNS = [
    (prop.key, prop.columns[0])
    for prop in Customer.__mapper__.column_attrs
    if prop.columns[0].computed is None
]
_WITH_DEFAULT = [(key, column) for key, column in _COLUMNS if column.default is not None]


@dataclass
class NewGuest:
    """A guest to be: values as CustomerInput gives them, columns that no caller may send, marks."""

    values: dict[str, Any]
    origin: dict[str, Any]
    notes: list[tuple[str, str]] = field(default_factory=list)
    """(kind, text) of marks: notes and tags."""


@dataclass
class Batch:
    """What one portion writes."""

    customers: list[dict[str, Any]] = field(default_factory=list)
    facts: list[search.GuestFacts] = field(default_factory=list)
    marks: list[dict[str, Any]] = field(default_factory=list)
    levels: list[dict[str, Any]] = field(default_factory=list)
    """VIP levels that the file gave."""


def make(news: Sequence[NewGuest], *, by: Actor, reason: str) -> Batch:
    """Everything of the new guests but the writing itself. Uses short transactions of its own:
    for the codes, so that their counter is not held meanwhile, and for the keys."""
    batch, moment = Batch(), now()
    if not news:
        return batch
    year, serials = codes.reserve(len(news))
    db.session.commit()
    ids = [new_id() for _ in news]
    secret = [not new.values.keys().isdisjoint(SEALED) for new in news]
    vault().keys(compress(ids, secret))
    for guest_id, serial, new in zip(ids, serials, news, strict=True):
        guest = services.build(
            new.values, codes.code(year, serial), codes.number(year, serial), of=Draft,
            id=guest_id, created_at=moment, updated_at=moment, created_by=by.user_id,
            updated_by=by.user_id,
        )  # fmt: skip
        guest.sort_name = sort_name(guest.full_name)  # a Draft does not see to it by itself
        for name, value in new.origin.items():
            setattr(guest, name, value)
        guest.internal_notes = "\n\n".join(t for kind, t in new.notes if kind == "note") or None
        batch.customers.append(_row(guest))
        batch.facts.append(facts_of(guest))
        batch.marks += [_mark(guest_id, note, moment, by, reason) for note in new.notes]
        if guest.vip_status != "none":
            level = vip.row_by_hand(guest, "none", by, moment)
            batch.levels.append(level | {"id": new_id(), "reason": reason, "figures": None})
    return batch


def _row(guest: Customer) -> dict[str, Any]:
    given = guest.__dict__
    row = {column.name: given.get(key) for key, column in _COLUMNS}
    for key, column in _WITH_DEFAULT:
        if key not in given:
            default: Any = column.default
            row[column.name] = default.arg(None) if default.is_callable else default.arg
    return row


def _mark(
    guest_id: uuid.UUID, note: tuple[str, str], moment: datetime, by: Actor, reason: str
) -> dict[str, Any]:
    kind, words = note
    return {
        "id": new_id(), "customer_id": guest_id, "kind": kind, "placed_at": moment,
        "value": words if kind == "tag" else None, "body": words if kind == "note" else None,
        "reason": reason, "placed_by": by.user_id, "placed_name": by.name,
    }  # fmt: skip


def store(batch: Batch, *, by: Actor) -> None:
    """Write the portion, in the caller's transaction."""
    if not batch.customers:
        return
    connection = db.session.connection()
    insert_many(connection, cast(Table, Customer.__table__), batch.customers)
    search.add(connection, batch.facts)
    insert_many(connection, cast(Table, Mark.__table__), batch.marks)
    insert_many(connection, cast(Table, VipChange.__table__), batch.levels)
    _note("customer.imported", [row["id"] for row in batch.customers], by)


def _note(action: str, ids: list[uuid.UUID], by: Actor) -> None:
    """One entry a guest, without values: those stand in the profile, or went with it."""
    audit.record_many([(action, ("customer", guest_id), {}) for guest_id in ids], by=by)


def change(batch_id: uuid.UUID, guest_id: uuid.UUID, values: Mapping[str, Any], *, by: Actor
) -> bool:  # fmt: skip
    """Update a guest on file; False when that guest is gone or merged. Keeps what was before."""
    try:
        guest = services.hold(guest_id)
    except (NotFound, Conflict):
        return False
    before = {key: getattr(guest, key) for key, _ in _COLUMNS}
    if not services.update(guest, values, by=by):
        return True
    old = {key: value for key, value in before.items()
           if key not in _UNSAID and getattr(guest, key) != value}  # fmt: skip
    sealed = vault().key(guest_id).seal(PLACE, _packed(old))
    db.session.add(
        ImportedChange(
            batch_id=batch_id, customer_id=guest_id, version=guest.version, before=sealed
        )
    )
    db.session.flush()
    return True


def _packed(values: Mapping[str, Any]) -> bytes:
    def plain(value: Any) -> Any:
        return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)

    return json.dumps(dict(values), default=plain, ensure_ascii=False).encode()


def _unpacked(packed: bytes) -> dict[str, Any]:
    kinds = {key: column.type.python_type for key, column in _COLUMNS}
    read: dict[type, Any] = {
        date: date.fromisoformat, datetime: datetime.fromisoformat, Decimal: Decimal,
        uuid.UUID: uuid.UUID, bytes: base64.b64decode,
    }  # fmt: skip
    said: dict[str, Any] = json.loads(packed)
    return {k: v if v is None else read.get(kinds[k], lambda x: x)(v) for k, v in said.items()}


# --- taking back ----------------------------------------------------------------------------


def _touched() -> ColumnElement[bool]:
    """Something else than its import has happened to a new guest of a batch."""
    merged = aliased(Customer)
    signs: list[ColumnElement[bool]] = [
        Customer.version != 1, Customer.status != "active",
        exists(select(merged.id).where(merged.merged_into == Customer.id)),
    ]  # fmt: skip
    for owned in owned_classes():
        if owned in (SearchRow, ImportedChange):
            continue
        theirs = select(owned.customer_id).where(owned.customer_id == Customer.id)
        if owned in CAME_ALONG:
            theirs = theirs.where(CAME_ALONG[owned] != Customer.created_at)
        signs.append(exists(theirs))
    return or_(*signs)


def _changed_since(batch_id: uuid.UUID) -> ColumnElement[bool]:
    later = exists(
        select(ImportedChange.id).where(
            ImportedChange.batch_id == batch_id, ImportedChange.customer_id == Customer.id,
            ImportedChange.version != Customer.version,
        )
    )  # fmt: skip
    return or_((Customer.batch_id == batch_id) & _touched(), later)


def changed_since(batch_id: uuid.UUID) -> tuple[int, list[str]]:
    """How many guests of the batch were worked with since, and the first few's codes."""
    ours = or_(
        Customer.batch_id == batch_id,
        Customer.id.in_(
            select(ImportedChange.customer_id).where(ImportedChange.batch_id == batch_id)
        ),
    )
    both = ours & _changed_since(batch_id)
    count = db.session.scalar(select(func.count()).select_from(Customer).where(both)) or 0
    first = select(Customer.customer_code).where(both).order_by(Customer.number).limit(SHOWN)
    return count, list(db.session.scalars(first)) if count else []


def take_back(batch_id: uuid.UUID, *, by: Actor) -> int:
    """Take back up to 500 untouched guests of the batch; how many were."""
    return _restore(batch_id, by) or _remove(batch_id, by)


def _restore(batch_id: uuid.UUID, by: Actor) -> int:
    query = select(ImportedChange).join(Customer, Customer.id == ImportedChange.customer_id)
    query = query.where(
        ImportedChange.batch_id == batch_id, ImportedChange.version == Customer.version
    )
    changes = list(db.session.scalars(query.order_by(ImportedChange.id).limit(AT_ONCE)))
    for changed in changes:
        guest = services.hold(changed.customer_id)
        old = _unpacked(vault().key(guest.id).open(PLACE, changed.before))
        for name, value in old.items():
            setattr(guest, name, value)
        guest.updated_by = by.user_id
        services.store(guest)
        _note("customer.import_undone", [guest.id], by)
        db.session.delete(changed)
    db.session.flush()
    return len(changes)


def _remove(batch_id: uuid.UUID, by: Actor) -> int:
    """Guests, search rows, marks; the keys last, since what they sealed cannot come back."""
    fresh = select(Customer.id).where(Customer.batch_id == batch_id, ~_touched())
    ids = list(db.session.scalars(fresh.limit(AT_ONCE)))
    if ids:
        db.session.execute(delete(SearchRow).where(SearchRow.customer_id.in_(ids)))
        for owned in CAME_ALONG:
            db.session.execute(delete(owned).where(owned.customer_id.in_(ids)))
        gone = delete(Customer).where(Customer.id.in_(ids))
        db.session.execute(gone.execution_options(synchronize_session=False))
        _note("customer.import_undone", ids, by)
        vault().destroy_many(ids)
    return len(ids)
