"""`/api/companies`: the list, new ones, one company with contacts and figures, and its changes."""

import uuid
from typing import Any

from flask import url_for
from flask.views import MethodView
from flask_babel import gettext as _
from marshmallow import fields

from app.auth.guard import actor, may, requires
from app.companies import contacts, listing, services, travellers
from app.companies.inputs import (
    CREDIT,
    PERMISSION_OF,
    CompanyInput,
    ContactInput,
    ListInput,
    NewCompany,
)
from app.companies.models import Company, Contact
from app.companies.vocabulary import STATUSES, TYPES
from app.core.api import ApiBlueprint, Outdated, etag, if_match, writes
from app.core.inputs import Choice
from app.core.shapes import (
    Country3,
    Guarded,
    GuardedNumber,
    Maybe,
    Moment,
    Number,
    Pagination,
    Shape,
    rfc3339,
)
from app.customers import edits, employers
from app.customers.vocabulary import PAYMENT_TERMS

blueprint = ApiBlueprint("companies_api", __name__, description="Companies that guests travel for.")
Answer = tuple[dict[str, Any], dict[str, str]]
Made = tuple[dict[str, Any], int, dict[str, str]]


class ListedCompany(Shape):
    """A row of the list."""

    id = fields.UUID()
    name = fields.String()
    status = fields.String(metadata={"enum": list(STATUSES)})
    company_type = fields.String(metadata={"enum": list(TYPES)})
    city = Maybe()
    country = Country3()
    rate_code = Maybe()
    current_balance = GuardedNumber(CREDIT)
    travellers = fields.Integer()


class CompanyList(Shape):
    """A page of companies."""

    data = fields.List(fields.Nested(ListedCompany))
    pagination = fields.Nested(Pagination)


class ContactShape(Shape):
    """Somebody who books, pays or answers for the company."""

    id = fields.UUID()
    name = fields.String()
    job_title = Maybe()
    email = Maybe()
    phone = Maybe()
    is_primary = fields.Boolean()
    notes = Maybe()


class BroughtShape(Shape):
    """What the stays booked for the company add up to, whoever stayed."""

    stays = fields.Integer()
    nights = fields.Integer()
    spent = Number()
    average_satisfaction = Number(allow_none=True)
    favorite_room_type = Maybe()


class CompanyFigures(Shape):
    """What the stays of its guests add up to, private ones too."""

    travellers = fields.Integer()
    total_stays = fields.Integer()
    total_nights = fields.Integer()
    total_spent = Number()
    average_spent_per_stay = Number()
    total_cancellations = fields.Integer()
    first_stay = fields.Date(allow_none=True)
    last_stay = fields.Date(allow_none=True)
    booked_for_company = fields.Nested(BroughtShape)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """Who keeps stays is asked, all else read."""
        if attr == "booked_for_company":
            return employers.brought(obj.company_id)
        return getattr(obj, attr, default)


class CompanyShape(Shape):
    """A company. Credit, balance and terms need `guests.credit`."""

    id = fields.UUID()
    name = fields.String()
    status = fields.String(metadata={"enum": list(STATUSES)})
    company_type = fields.String(metadata={"enum": list(TYPES)})
    tax_id = Maybe()
    email = Maybe()
    phone = Maybe()
    website = Maybe()
    address = Maybe()
    city = Maybe()
    country = Country3()
    rate_code = Maybe()
    credit_limit = GuardedNumber(CREDIT)
    current_balance = GuardedNumber(CREDIT)
    payment_terms = Guarded(CREDIT, metadata={"enum": [*PAYMENT_TERMS, None]})
    notes = Maybe()
    contacts = fields.List(fields.Nested(ContactShape))
    statistics = fields.Nested(CompanyFigures)
    created_at = Moment()
    updated_at = Moment()

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """The figures are added up, all else read."""
        return travellers.totals(obj.id) if attr == "statistics" else getattr(obj, attr, default)


class WholeCompany(Shape):
    """A company."""

    company = fields.Nested(CompanyShape)


class ChangedCompany(CompanyInput):
    """What of a company may be changed: only what is sent is. A new name goes to its guests."""

    status = Choice(STATUSES, allow_none=False)


class ChangedContact(ContactInput):
    """What of a contact may be changed: only what is sent is."""


@blueprint.route("/companies")
class Companies(MethodView):
    """All companies."""

    @requires("companies.read")
    @blueprint.takes(ListInput, location="query")
    @blueprint.answers(200, CompanyList)
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """Search and list companies.

        Every word of `search` must be in the name, in any case and without accents. The order
        `current_balance` needs `guests.credit`.
        """
        page = listing.find_page(filters, by=actor())
        data = [_listed(row) for row in page.rows]
        return {"data": data, "pagination": page}

    @requires("companies.update", also="companies.read")
    @writes
    @blueprint.takes(NewCompany)
    @blueprint.answers(201, WholeCompany, keyed=True, headers=("Location", "ETag"))
    def post(self, values: dict[str, Any]) -> Made:
        """Create a company.

        A company of the same name is answered by 409 with `candidates`; see `allow_same_name`.
        Credit, balance and terms need `guests.credit`.
        """
        seen = values.pop("allow_same_name")
        company = services.create(values, by=actor(), despite_same_name=seen)
        location = url_for("companies_api.CompanyById", company_id=company.id)
        return {"company": company}, 201, {"Location": location, **etag(company.version)}


def _listed(row: listing.Listed) -> dict[str, Any]:
    names = ListedCompany().fields
    known = {n: getattr(row.company, n) for n in names if n != "travellers"}
    return known | {"travellers": row.travellers}


@blueprint.route("/companies/<uuid:company_id>")
class CompanyById(MethodView):
    """One company."""

    @requires("companies.read")
    @blueprint.answers(200, WholeCompany, also=(404,), headers=("ETag",))
    def get(self, company_id: uuid.UUID) -> Answer:
        """Read a company with its contacts and the figures of its guests."""
        company = services.get(company_id)
        return {"company": company}, etag(company.version)

    @requires("companies.update", also="companies.read")
    @writes
    @blueprint.takes(ChangedCompany(partial=True))
    @blueprint.answers(200, WholeCompany, also=(404, 409, 412), headers=("ETag",))
    def put(self, values: dict[str, Any], company_id: uuid.UUID) -> Answer:
        """Change what is sent of a company, and nothing else; `status` archives it.

        A new name goes to its guests: at once, or when they are many within minutes. Companies
        are never deleted, since guests, bookings and stays name them.
        """
        by = actor()
        company = services.hold(company_id)
        _refuse_outdated(company)
        status = values.pop("status", company.status)
        services.update(company, values, by=by)
        services.set_status(company, status, by=by)
        return {"company": company}, etag(company.version)


def _refuse_outdated(company: Company) -> None:
    version = if_match()
    if version is None or version == company.version:
        return
    meanwhile = edits.since(company, version, "company")
    changes = [
        {"field": each.field, "by": each.who, "at": rfc3339(each.at)}
        | ({"old": each.old, "new": each.new} if may(_needs(each.field)) else {})
        for each in meanwhile.changes
    ]
    said = _("This company was changed after you read it. Nothing was saved.")
    raise Outdated(said, version=company.version, changes=changes, complete=meanwhile.complete)


def _needs(field: str) -> str:
    return CREDIT if PERMISSION_OF.get(field) == CREDIT else "companies.read"


@blueprint.route("/companies/<uuid:company_id>/contacts")
class CompanyContacts(MethodView):
    """All contacts of a company."""

    @requires("companies.update", also="companies.read")
    @writes
    @blueprint.takes(ContactInput)
    @blueprint.answers(201, ContactShape, also=(404,), keyed=True)
    def post(self, values: dict[str, Any], company_id: uuid.UUID) -> tuple[Contact, int]:
        """Add a contact; with `is_primary` the one before is no longer the first to call."""
        return contacts.add(services.hold(company_id), values, by=actor()), 201


@blueprint.route("/companies/<uuid:company_id>/contacts/<uuid:contact_id>")
class ContactById(MethodView):
    """One contact of a company."""

    @requires("companies.update", also="companies.read")
    @writes
    @blueprint.takes(ChangedContact(partial=True))
    @blueprint.answers(200, ContactShape, also=(404, 409))
    def put(self, values: dict[str, Any], company_id: uuid.UUID, contact_id: uuid.UUID) -> Contact:
        """Change what is sent of a contact."""
        company = services.hold(company_id)
        contact = contacts.find(company, contact_id)
        contacts.change(company, contact, values, by=actor())
        return contact

    @requires("companies.update", also="companies.read")
    @writes
    @blueprint.answers(204, None, also=(404, 409))
    def delete(self, company_id: uuid.UUID, contact_id: uuid.UUID) -> None:
        """Take a contact away."""
        company = services.hold(company_id)
        contacts.remove(company, contacts.find(company, contact_id), by=actor())
