"""A company's new name for its guests: at once when they are few, else by a job that goes on."""

import uuid
from typing import Any

from sqlalchemy import func, select

from app.auth.models import User
from app.companies.models import Company
from app.core import audit
from app.core.actor import HOUSE, Actor
from app.core.crypto import vault
from app.core.jobs import Claim, enqueue, handles, progress
from app.customers import search
from app.customers.completeness import completeness
from app.customers.facts import facts_of
from app.customers.models import Customer
from app.extensions import db

FEW = 200
"""So many guests are renamed while the person waits; also the size of a job's portion."""
JOB = "companies.rename"


def follow(company: Company, *, by: Actor) -> None:
    """Bring the name of a held company to its guests, or have the worker do so."""
    some = select(Customer.id).where(*_outdated(company)).limit(FEW + 1).subquery()
    count = db.session.scalar(select(func.count()).select_from(some)) or 0
    if count > FEW:
        enqueue(JOB, {"company": str(company.id)}, by=by.user_id)
    elif count:
        portion(company, by=by)


def waiting(company: Company) -> int:
    """How many guests still carry an older name."""
    counted = select(func.count()).select_from(Customer).where(*_outdated(company))
    return db.session.scalar(counted) or 0


def portion(company: Company, *, by: Actor) -> int:
    """Rename up to `FEW` guests, with their search rows and trails; how many were."""
    query = select(Customer).where(*_outdated(company)).order_by(Customer.id).limit(FEW)
    rows = list(db.session.scalars(query.with_for_update(of=Customer)))
    if not rows:
        return 0
    vault().keys([guest.id for guest in rows])
    before = [guest.company_name for guest in rows]
    for guest in rows:
        guest.company_name = company.name
        guest.profile_completeness = completeness(guest)
    db.session.flush()
    search.index_many(db.session.connection(), [facts_of(guest) for guest in rows])
    for guest, old in zip(rows, before, strict=True):
        audit.record(
            "customer.updated", ("customer", guest.id), by=by, version=guest.version,
            changes={"company_name": (old, company.name)},
        )  # fmt: skip
    db.session.flush()
    return len(rows)


def _outdated(company: Company) -> tuple[Any, ...]:
    linked = Customer.company_id == company.id
    return linked, Customer.company_name.is_distinct_from(company.name)


@handles(JOB)
def carry_on(job: Claim) -> None:
    """Rename a company's guests portion by portion; each is a transaction with its progress.

    What is left shows by itself, so a worker that dies leaves nothing half done, and a further
    new name is simply taken up.
    """
    done = job.done
    while True:
        company = _company(job)
        if company is None:
            return
        count = portion(company, by=_maker(job))
        done += count
        progress(job, done, done + waiting(company) if count else done)
        db.session.commit()
        if not count:
            return


def _company(job: Claim) -> Company | None:
    """The company as it is now; nobody renames it while a portion is written."""
    query = select(Company).where(Company.id == uuid.UUID(job.payload["company"]))
    query = query.with_for_update(read=True, of=Company)
    return db.session.scalar(query.execution_options(populate_existing=True))


def _maker(job: Claim) -> Actor:
    user = db.session.get(User, job.created_by) if job.created_by else None
    return user.actor if user else HOUSE
