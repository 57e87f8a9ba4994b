"""The pickers of a booking's form: who comes along, who booked, and for which company.

All pickers call their text `q`, and stand in the form in one order. Without JavaScript a name is
typed, and who may be meant is asked about by radios called `choice-` and the picker's name. Of
companions a name will do, but where a guest of that very name is blacklisted or warned.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import request
from sqlalchemy import or_, select

from app.auth.guard import actor
from app.core.clock import current_settings
from app.core.text import fold
from app.customers import employers
from app.customers.columns import sort_name
from app.customers.finding import look
from app.customers.models import Customer
from app.extensions import db
from app.stays.models import Booking

COMPANION, BOOKER, COMPANY, CHOICE = "companion-", "booked_by", "company_id", "choice-"
KEEP = "="
"""Before the name that was typed: that companion has no profile."""
FEW, LONGEST, MOST_MEANT = 6, 200, 50


@dataclass
class Picked:
    """What a picker holds: an id with its name, or a name alone; who may be meant by that."""

    value: str = ""
    text: str = ""
    meant: list[dict[str, Any]] = field(default_factory=list)
    kept: str = ""
    """What was answered where the name alone was meant."""

    @property
    def is_open(self) -> bool:
        """True where somebody typed and did not pick."""
        return bool(self.text and not self.value)


@dataclass
class People:
    """All pickers of the form."""

    companions: list[Picked] = field(default_factory=list)
    booker: Picked = field(default_factory=Picked)
    company: Picked = field(default_factory=Picked)


def of(booking: Booking) -> People:
    """Who is on a booking on file, by the names of today."""
    ids = [each.companion_id for each in booking.companions] + [booking.booked_by_id]
    names = _names(filter(None, ids))
    companions = [
        Picked(str(each.companion_id or ""), names.get(each.companion_id, each.name))
        for each in booking.companions
    ]
    who = booking.booked_by_id
    booker = Picked(str(who), names[who]) if who in names else Picked()
    return People(companions, booker, company(booking.company_id))


def company(company_id: uuid.UUID | None) -> Picked:
    """The picker with this company in it."""
    found = employers.told(company_id)
    return Picked(str(found.id), found.name) if found else Picked()


def posted() -> People:
    """The pickers as they were sent. A picked id counts while its own name stands beside it."""
    names = [n for n in request.form if n.startswith(COMPANION) or n in (BOOKER, COMPANY)]
    texts = [" ".join(text.split()) for text in request.form.getlist("q")]
    sent = {n: _sent(n, text) for n, text in zip(names, texts, strict=False)}
    firm, booker = sent.pop(COMPANY, Picked()), sent.pop(BOOKER, Picked())
    _drop_renamed([*sent.values(), booker])
    known = company(id_of(firm.value)).text
    if known and fold(known) != fold(firm.text):
        firm.value = ""
    _suspect([each for each in sent.values() if each.is_open and not each.kept])
    if booker.is_open:
        found = look(booker.text[:LONGEST], FEW, by=actor())
        booker.meant = [
            {"id": e.id, "title": e.full_name, "sub": e.code, "care": e.care} for e in found
        ]
    if firm.is_open:
        companies = employers.look(firm.text[:LONGEST], FEW)
        firm.meant = [{"id": e.id, "title": e.name, "sub": e.place} for e in companies]
    return People(list(sent.values()), booker, firm)


def _sent(name: str, text: str) -> Picked:
    if CHOICE + name not in request.form:
        return Picked(request.form[name] if text else "", text)
    value = request.form[CHOICE + name]
    if name.startswith(COMPANION) and value.startswith(KEEP):
        return Picked("", text, kept=value if value == KEEP + text else "")
    if not value:
        return Picked()
    found = id_of(value)
    called = company(found).text if name == COMPANY else _names([found]).get(found, "")
    return Picked(value, called or text)


def _suspect(companions: list[Picked]) -> None:
    """Ask whether the blacklisted or warned guests of these very names are meant."""
    names = {sort_name(each.text) for each in companions}
    least = current_settings().booking_stop_level
    query = select(Customer.id, Customer.full_name, Customer.customer_code, Customer.sort_name)
    query = query.where(
        Customer.sort_name.in_(names), Customer.status == "active",
        or_(Customer.is_blacklisted, Customer.warning_level >= least),
    )  # fmt: skip
    found = db.session.execute(query.limit(MOST_MEANT)).all() if names else []
    for each in companions:
        each.meant = [
            {"id": row.id, "title": row.full_name, "sub": row.customer_code}
            for row in found if row.sort_name == sort_name(each.text)
        ]  # fmt: skip


def _drop_renamed(guests: list[Picked]) -> None:
    """Who typed another name over a picked guest did not mean that guest any more."""
    names = _names(id_of(each.value) for each in guests)
    for each in guests:
        known = names.get(id_of(each.value))
        if known is not None and fold(known) != fold(each.text):
            each.value = ""


def _names(ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID | None, str]:
    """The full names of guests."""
    wanted = [each for each in ids if each]
    query = select(Customer.id, Customer.full_name).where(Customer.id.in_(wanted))
    return {row.id: row.full_name for row in db.session.execute(query)} if wanted else {}


def id_of(value: str) -> uuid.UUID | None:
    """The id that was sent; None for none and for nonsense."""
    try:
        return uuid.UUID(value)
    except ValueError:
        return None
