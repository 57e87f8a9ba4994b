"""Contacts of a company: added and changed in a dialog, or on a page of its own."""

import uuid
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse
from wtforms import Form

from app.auth.guard import actor, requires
from app.companies import contacts as speaking
from app.companies import services
from app.companies.inputs import ContactInput
from app.companies.models import Company
from app.companies.views import blueprint
from app.companies.views.profile import fresh
from app.core.errors import Conflict, Invalid
from app.core.forms import form_for, posted_values
from app.core.web import page_or_fragment
from app.extensions import db


@blueprint.get("/companies/<uuid:company_id>/contacts/new")
@requires("companies.update")
def new_contact(company_id: uuid.UUID) -> Response:
    """An empty form."""
    return _page(services.get(company_id), form_for(ContactInput), _("Add a contact"))


@blueprint.post("/companies/<uuid:company_id>/contacts/new")
@requires("companies.update")
def create_contact(company_id: uuid.UUID) -> AnyResponse:
    """Add the contact."""
    company = services.hold(company_id)
    try:
        speaking.add(company, _read(), by=actor())
    except (Invalid, Conflict) as fault:
        form = _again(fault)
        return _page(services.get(company_id), form, _("Add a contact"), 422)
    db.session.commit()
    return fresh(company_id, _("Contact added."))


@blueprint.get("/companies/<uuid:company_id>/contacts/<uuid:contact_id>")
@requires("companies.update")
def edit_contact(company_id: uuid.UUID, contact_id: uuid.UUID) -> Response:
    """The form of a contact."""
    company = services.get(company_id)
    contact = speaking.find(company, contact_id)
    values = {name: getattr(contact, name) for name in speaking.FIELDS}
    return _page(company, form_for(ContactInput, values=values), contact.name)


@blueprint.post("/companies/<uuid:company_id>/contacts/<uuid:contact_id>")
@requires("companies.update")
def update_contact(company_id: uuid.UUID, contact_id: uuid.UUID) -> AnyResponse:
    """Save it."""
    company = services.hold(company_id)
    contact = speaking.find(company, contact_id)
    try:
        speaking.change(company, contact, _read(), by=actor())
    except Invalid as fault:
        form, name = _again(fault), contact.name
        return _page(services.get(company_id), form, name, 422)
    db.session.commit()
    return fresh(company_id, _("Contact saved."))


@blueprint.get("/companies/<uuid:company_id>/contacts/<uuid:contact_id>/removal")
@requires("companies.update")
def contact_removal(company_id: uuid.UUID, contact_id: uuid.UUID) -> Response:
    """Ask before a contact goes."""
    company = services.get(company_id)
    contact = speaking.find(company, contact_id)
    return _page(company, None, _("Remove %(name)s", name=contact.name))


@blueprint.post("/companies/<uuid:company_id>/contacts/<uuid:contact_id>/removal")
@requires("companies.update")
def remove_contact(company_id: uuid.UUID, contact_id: uuid.UUID) -> AnyResponse:
    """Take the contact away."""
    company = services.hold(company_id)
    speaking.remove(company, speaking.find(company, contact_id), by=actor())
    db.session.commit()
    return fresh(company_id, _("Contact removed."))


def _read() -> dict[str, Any]:
    return ContactInput.read(posted_values(ContactInput, request.form))


def _again(fault: Invalid | Conflict) -> Form:
    db.session.rollback()
    errors = fault.errors if isinstance(fault, Invalid) else {"": [str(fault)]}
    form = form_for(ContactInput, posted=request.form, errors=errors)
    form.form_errors = [s for name, texts in errors.items() if name not in form for s in texts]
    return form


def _page(company: Company, form: Form | None, title: str, status: int = 200) -> Response:
    """The form, or without one the question before a removal; a dialog or a page."""
    context = {
        "form": form, "title": title, "action": request.path, "company_name": company.name,
        "back": url_for("companies.show", company_id=company.id),
    }  # fmt: skip
    return page_or_fragment(
        "companies/contact.html", "companies/_contact_dialog.html", status, **context
    )
