"""Who speaks for a company: added, changed, removed, under a new version of the company."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.companies import services
from app.companies.models import Company, Contact
from app.core.actor import Actor
from app.core.errors import Conflict, NotFound
from app.extensions import db

MOST = 50
FIELDS = ("name", "job_title", "email", "phone", "is_primary", "notes")

Values = Mapping[str, Any]


def find(company: Company, contact_id: uuid.UUID) -> Contact:
    """One contact of this company. Raises NotFound, also for another company's."""
    contact = db.session.get(Contact, contact_id)
    if contact is None or contact.company_id != company.id:
        raise NotFound(str(contact_id))
    return contact


def add(company: Company, values: Values, *, by: Actor) -> Contact:
    """A new contact of a held company. `values` as `ContactInput` gives them."""
    by.must("companies.update")
    if len(company.contacts) >= MOST:
        raise Conflict(_l("A company has at most %(most)s contacts.", most=MOST))
    contact = Contact(company_id=company.id, is_primary=False)
    company.contacts.append(contact)
    _assign(company, contact, values)
    services.touch(company)
    news = {n: (None, v) for n in FIELDS if (v := getattr(contact, n))}
    services.record("contact.added", company, news, by=by)
    return contact


def change(company: Company, contact: Contact, values: Values, *, by: Actor) -> bool:
    """Write the values; False when nothing changed."""
    by.must("companies.update")
    changes = _assign(company, contact, values)
    if changes:
        services.touch(company)
        services.record("contact.changed", company, changes, by=by)
    return bool(changes)


def remove(company: Company, contact: Contact, *, by: Actor) -> None:
    """Take a contact away."""
    by.must("companies.update")
    gone = {n: (v, None) for n in FIELDS if (v := getattr(contact, n))}
    company.contacts.remove(contact)
    services.touch(company)
    services.record("contact.removed", company, gone, by=by)


def _assign(company: Company, contact: Contact, values: Values) -> services.Changes:
    changes = {n: (old, v) for n, v in values.items() if (old := getattr(contact, n)) != v}
    for name in changes:
        setattr(contact, name, values[name])
    if contact.is_primary:  # one is the first to call
        for other in company.contacts:
            other.is_primary = other is contact
    return changes
