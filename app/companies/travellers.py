"""The guests who travel for a company: linked, listed, and added up."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from app.core.actor import Actor
from app.customers import services as guests
from app.customers.models import Customer
from app.extensions import db

PER_PAGE = 20


@dataclass(frozen=True)
class Totals:
    """What the stays of a company's guests add up to, by the guests' own figures."""

    company_id: uuid.UUID
    travellers: int
    total_stays: int
    total_nights: int
    total_spent: Decimal
    total_cancellations: int
    first_stay: date | None
    last_stay: date | None

    @property
    def average_spent_per_stay(self) -> Decimal:
        """In the property's currency, to hundredths; 0 without stays."""
        average = self.total_spent / self.total_stays if self.total_stays else Decimal(0)
        return average.quantize(Decimal("0.01"))


def _theirs(company_id: uuid.UUID) -> tuple[Any, ...]:
    return Customer.company_id == company_id, Customer.status == "active"


def totals(company_id: uuid.UUID) -> Totals:
    """The figures of all guests of the company, in one statement."""
    query = select(
        func.count(), func.sum(Customer.total_stays), func.sum(Customer.total_nights),
        func.sum(Customer.total_spent), func.sum(Customer.total_cancellations),
        func.min(Customer.first_stay_date), func.max(Customer.last_stay_date),
    ).where(*_theirs(company_id))  # fmt: skip
    people, stays, nights, spent, cancelled, first, last = db.session.execute(query).one()
    return Totals(
        company_id, people, int(stays or 0), int(nights or 0), spent or Decimal(0),
        int(cancelled or 0), first, last,
    )  # fmt: skip


def page(company_id: uuid.UUID, number: int = 1) -> list[Customer]:
    """One page of the company's guests by name, and one guest more where another page follows."""
    query = select(Customer).where(*_theirs(company_id))
    query = query.order_by(Customer.sort_name, Customer.number)
    query = query.offset((number - 1) * PER_PAGE).limit(PER_PAGE + 1)
    return list(db.session.scalars(query))


def counts(company_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many guests travel for each of these companies, in one statement."""
    query = select(Customer.company_id, func.count()).where(
        Customer.company_id.in_(company_ids), Customer.status == "active"
    )
    rows = db.session.execute(query.group_by(Customer.company_id))
    return {company: count for company, count in rows if company}


def link(guest_id: uuid.UUID, company_id: uuid.UUID, *, by: Actor) -> Customer:
    """Say that the guest travels for the company; the guest's company name follows.

    Raises Invalid for an unknown or archived company, Conflict for a merged guest.
    """
    by.must("companies.read")
    guest = guests.hold(guest_id)
    guests.update(guest, {"company_id": company_id}, by=by)
    return guest


def unlink(guest_id: uuid.UUID, company_id: uuid.UUID, *, by: Actor) -> bool:
    """Say that the guest does not travel for this company any more; False when so already."""
    guest = guests.hold(guest_id)
    if guest.company_id != company_id:
        return False
    guests.update(guest, {"company_id": None}, by=by)
    return True
