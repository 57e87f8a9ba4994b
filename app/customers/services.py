"""What may happen to a guest's profile: made, changed, read with a trace."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from app.core import audit
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.crypto import vault
from app.core.database import PREPARED
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.text import fold
from app.customers import codes, employers, parts, search, vip
from app.customers.completeness import completeness
from app.customers.facts import facts_of
from app.customers.inputs import PERMISSION_OF
from app.customers.models import Customer
from app.customers.names import compose
from app.extensions import db

NAME_PARTS = ("first_name", "middle_name", "last_name")
DATED = {"marketing_consent": "marketing_consent_date", "gdpr_consent": "gdpr_consent_date"}

PAPERS_PER_HOUR = "60 per hour"
"""Typing numbers of papers tells who has stayed, so nobody may try many."""

Values = Mapping[str, Any]
_waiting: ContextVar[dict[uuid.UUID, Customer] | None] = ContextVar("waiting", default=None)


def get(customer_id: uuid.UUID) -> Customer:
    """The guest; a merged one leads to the survivor. Raises NotFound for none or an erased one."""
    guest = db.session.get(Customer, customer_id, execution_options=PREPARED)
    for _ in range(20):
        if guest is None or guest.merged_into is None:
            break
        guest = db.session.get(Customer, guest.merged_into)
    if guest is None or guest.status == "erased":
        raise NotFound(str(customer_id))
    return guest


def hold(customer_id: uuid.UUID) -> Customer:
    """Like `get`, for a change: whoever else wants to change this guest waits for it.

    Raises Conflict when the guest was merged, since a change meant for one profile must not land
    in another.
    """
    guest = db.session.get(
        Customer, customer_id, with_for_update={"of": Customer}, populate_existing=True,
        execution_options=PREPARED,
    )  # fmt: skip
    if guest is None or guest.status == "erased":
        raise NotFound(str(customer_id))
    if guest.merged_into is not None:
        raise Conflict(_l("This profile was merged into another one. Open that one to change it."))
    return guest


def create(
    values: Values, *, by: Actor, despite: Iterable[uuid.UUID] = (), **origin: Any
) -> Customer:
    """A new guest, with code, completeness, search row and audit entry.

    `values` as `CustomerInput` gives them; `origin` sets columns that no caller may send, such as
    `source_system`; `despite` are the look-alikes that somebody saw and passed over. Raises
    Invalid without any name, NotAllowed for a field beyond one's rights. Look-alikes are the
    caller's to ask for first: see `lookalikes`.
    """
    by.must("guests.create")
    _must_write(values, by, usual="guests.create")
    year, serials = codes.reserve()
    guest = build(values, codes.code(year, serials[0]), codes.number(year, serials[0]), **origin)
    guest.created_by = guest.updated_by = by.user_id
    db.session.add(guest)
    db.session.flush()
    search.add(db.session.connection(), [facts_of(guest)])
    facts: dict[str, Any] = {"despite": [str(e) for e in despite]} if despite else {}
    changes = _masked(_news(guest))
    vip.note(guest, changes, by=by)
    audit.record("customer.created", ("customer", guest.id), by=by, changes=changes, **facts)
    return guest


def build(
    values: Values, code: str, number: int, of: Callable[..., Any] = Customer, **origin: Any
) -> Customer:
    """The guest's row, complete but not yet stored; an import stores many `Draft`s at once."""
    guest: Customer = of(
        customer_code=code, number=number, full_name="", version=1, vip_status="none",
        customer_type="individual", former_names=[], languages_spoken=[],
        acquisition_date=today(), **origin,
    )  # fmt: skip
    assign(guest, values)
    return guest


def update(guest: Customer, values: Values, *, by: Actor) -> dict[str, tuple[Any, Any]]:
    """Write the values; what really changed, as {field: (old, new)}.

    Old values are compared before anything is assigned (ruling 13). Raises NotAllowed for a field
    beyond one's rights, Invalid for a profile left without a name.
    """
    _must_write(values, by)
    changes = assign(guest, values)
    if changes:
        guest.updated_by = by.user_id
        store(guest)
        vip.note(guest, changes, by=by)
        audit.record(
            "customer.updated", ("customer", guest.id), by=by,
            changes=_masked(changes), version=guest.version,
        )  # fmt: skip
    return changes


def store(*guests: Customer) -> None:
    """Flush changed guests, with what is derived of them: completeness and the search row."""
    for guest in guests:
        guest.profile_completeness = completeness(guest)
    db.session.flush()
    waiting = _waiting.get()
    if waiting is not None:
        waiting |= {guest.id: guest for guest in guests}
    else:
        search.index_many(db.session.connection(), [facts_of(guest) for guest in guests])


@contextmanager
def indexed_once() -> Iterator[None]:
    """Guests that are stored inside get their search row at the end, once."""
    waiting: dict[uuid.UUID, Customer] = {}
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    search.index_many(db.session.connection(), [facts_of(guest) for guest in waiting.values()])


def assign(guest: Customer, values: Values) -> dict[str, tuple[Any, Any]]:
    """Set the values on the object and what follows from them; the changes."""
    plain = _with_company(guest, {n: v for n, v in values.items() if n != "full_name"})
    changes = {n: (old, v) for n, v in plain.items() if (old := getattr(guest, n)) != v}
    composed = _composed(guest)
    for name in changes:
        setattr(guest, name, plain[name])
    changes |= _rename(guest, values, composed)
    _follow(guest, changes)
    return changes


def _with_company(guest: Customer, plain: dict[str, Any]) -> dict[str, Any]:
    """The values with the company's link and its name in step.

    A link brings the company's own name; a link taken away takes the name with it; another name
    than the linked company's, typed or imported, ends the link.
    """
    linked, wanted = guest.company_id, plain.get("company_id")
    if wanted and wanted != linked:
        return plain | {"company_name": employers.name_of(wanted)}
    typed = plain.get("company_name")
    if wanted or (linked and typed and fold(typed) == fold(guest.company_name or "")):
        return {n: v for n, v in plain.items() if n not in ("company_id", "company_name")}
    if linked and not {"company_id", "company_name"}.isdisjoint(plain):
        return plain | {"company_id": None, "company_name": typed}
    return plain


def _rename(guest: Customer, values: Values, composed: str | None) -> dict[str, tuple[Any, Any]]:
    """Give the full name that was typed, else compose it where it was composed before."""
    old, given = guest.full_name, values.get("full_name")
    if old and old == composed and given in (None, old):
        given = _composed(guest)
    name = given or (_composed(guest) if "full_name" in values or not old else old)
    if not name:
        raise Invalid({"full_name": _l("A guest needs a name: any one of the name fields.")})
    guest.full_name = name
    return {"full_name": (old or None, name)} if name != old else {}


def _composed(guest: Customer) -> str | None:
    return compose(guest.first_name, guest.middle_name, guest.last_name, guest.nationality)


def _follow(guest: Customer, changes: dict[str, tuple[Any, Any]]) -> None:
    old_name = changes.get("full_name", (None, None))[0]
    if old_name and old_name not in guest.former_names:
        guest.former_names = [*guest.former_names, old_name]
    for fact, dated in DATED.items():
        if fact in changes:
            setattr(guest, dated, now())
    for address, verified in (("email", "email_verified"), ("phone", "phone_verified")):
        if address in changes and verified not in changes:
            setattr(guest, verified, False)
    for number in ("id_number", "secondary_id_number"):
        if number in changes:
            setattr(guest, f"{number}_digest", paper_digest(changes[number][1]))
    vip.settle(guest, changes)
    guest.profile_completeness = completeness(guest)


def paper_digest(number: str | None) -> bytes | None:
    """The blind index of an identity paper's number; None without a number."""
    return vault().blind("paper", number) if number else None


def find_by_paper(number: str, *, by: Actor) -> list[Customer]:
    """Guests whose identity paper has exactly this number; each look-up is audited."""
    by.must("guests.identity")
    digest = paper_digest(number)
    same = [Customer.id_number_digest == digest, Customer.secondary_id_number_digest == digest]
    same += [Customer.id.in_(source(digest)) for source in parts.papers if digest]
    query = select(Customer).where(or_(*same), Customer.status == "active")
    found = list(db.session.scalars(query))
    audit.record("paper.looked_up", ("customer", None), by=by, hits=[str(g.id) for g in found])
    return found


def record_view(guest_id: uuid.UUID, part: str, *, by: Actor) -> None:
    """Note that somebody looked at a part of a profile; before it is shown."""
    audit.note("customer.viewed", ("customer", guest_id), by=by, part=part)


def _must_write(values: Iterable[str], by: Actor, usual: str = "guests.update") -> None:
    """`usual` is what fields need that have no permission of their own."""
    needed = {name: PERMISSION_OF.get(name, usual) for name in values}
    refused = [
        name for name, needs in needed.items()
        if not by.may(usual if needs == "guests.update" else needs)
    ]  # fmt: skip
    if refused:
        raise NotAllowed(", ".join(sorted(refused)))


def _news(guest: Customer) -> dict[str, tuple[Any, Any]]:
    stored = {name: getattr(guest, name) for name in PERMISSION_OF}
    return {name: (None, value) for name, value in stored.items() if value not in (None, [], False)}


def _masked(changes: Mapping[str, tuple[Any, Any]]) -> dict[str, tuple[Any, Any]]:
    return audit.masked(Customer, changes)
