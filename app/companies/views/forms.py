"""Making and editing a company; two people who edit at once lose nothing."""

import re
import uuid
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response
from wtforms import Form

from app.auth.guard import actor, requires
from app.companies import services
from app.companies.inputs import GROUPS, CompanyInput
from app.companies.models import Company
from app.companies.views import blueprint
from app.core.errors import Conflict, Invalid, Stale
from app.core.forms import form_for, posted_values
from app.core.types import new_id
from app.customers.edits import Clash
from app.customers.words import said
from app.extensions import db

CONTROLS = ("form_id", "anyway")
WIDE = ("name", "address", "notes")


def _names() -> list[str]:
    """The fields that this person may write, in order."""
    return [n for _t, _a, needs, names in GROUPS.values() if actor().may(needs) for n in names]


@blueprint.get("/companies/new")
@requires("companies.update")
def new() -> Response:
    """An empty form, or one with the name that was typed in a picker."""
    name = " ".join(request.args.get("q", "").split())[:200]
    form = form_for(CompanyInput, _names(), values={"name": name, "company_type": "corporate"})
    return _page(None, form)


@blueprint.post("/companies/new")
@requires("companies.update")
def create() -> Response:
    """Make the company; one of the same name is shown first, and one form makes one company."""
    form_id = _form_id()
    if db.session.get(Company, form_id):
        return redirect(url_for("companies.show", company_id=form_id), 303)
    try:
        values = CompanyInput.read(_posted())
        seen = bool(request.form.get("anyway"))
        company = services.create(values, by=actor(), despite_same_name=seen, id=form_id)
        name = company.name
        db.session.commit()
    except IntegrityError:  # the same form, sent at the same moment, was quicker
        db.session.rollback()
        return redirect(url_for("companies.show", company_id=form_id), 303)
    except Invalid as fault:
        return _page(None, _again(fault.errors), 422)
    except Conflict as clash:
        return _page(None, _again({}), 409, same=clash.details["candidates"])
    flash(_("%(name)s is now a company here.", name=name), "good")
    return redirect(url_for("companies.show", company_id=form_id), 303)


@blueprint.get("/companies/<uuid:company_id>/edit")
@requires("companies.update")
def edit(company_id: uuid.UUID) -> Response:
    """The form of a company."""
    company = services.get(company_id)
    return _page(company, form_for(CompanyInput, _names(), values=_stored(company)))


@blueprint.post("/companies/<uuid:company_id>/edit")
@requires("companies.update")
def update(company_id: uuid.UUID) -> Response:
    """Save it. What somebody else changed in the same fields is shown, and nothing is saved."""
    try:
        company = services.hold(company_id)
        typed = CompanyInput.read(_posted())
        changes, _others = services.save(company, typed, _version(), by=actor())
        db.session.commit()
    except Stale as stale:
        return _changed_meanwhile(company_id, stale)
    except StaleDataError:
        return _again_page(
            company_id, {"": [_("Somebody else saved this company. Try again.")]}, 409
        )
    except Invalid as fault:
        return _again_page(company_id, fault.errors, 422)
    labels = ", ".join(str(_label(name)) for name in changes)
    flash(_("Saved: %(fields)s.", fields=labels) if changes else _("Nothing was changed."), "good")
    return redirect(url_for("companies.show", company_id=company_id), 303)


def _label(name: str) -> Any:
    return CompanyInput().fields[name].metadata["label"]


def _stored(company: Company) -> dict[str, Any]:
    return {name: getattr(company, name) for name in _names()}


def _posted() -> dict[str, Any]:
    sent = posted_values(CompanyInput, request.form, _names())
    return {name: value for name, value in sent.items() if name not in CONTROLS}


def _form_id() -> uuid.UUID:
    """The id that the form was given for its company: sent twice, it cannot make two."""
    try:
        found = uuid.UUID(request.form.get("form_id", ""))
    except ValueError:
        return new_id()
    return found if found.version == 7 else new_id()


def _version() -> int:
    found = request.form.get("version", "")
    if not re.fullmatch(r"[0-9]{1,9}", found):
        raise Invalid({"": _("This form is incomplete. Load the page again before you save.")})
    return int(found)


def _again(errors: dict[str, list[str]], values: dict[str, Any] | None = None) -> Form:
    """The form as it was typed, with the sentences of what is wrong; nothing was saved."""
    db.session.rollback()
    posted = None if values else request.form
    form = form_for(CompanyInput, _names(), values=values, posted=posted, errors=errors)
    form.form_errors = [s for name, texts in errors.items() if name not in form for s in texts]
    return form


def _again_page(company_id: uuid.UUID, errors: dict[str, list[str]], status: int) -> Response:
    form = _again(errors)
    version = request.form.get("version", "")
    return _page(services.get(company_id), form, status, version=version)


def _changed_meanwhile(company_id: uuid.UUID, stale: Stale) -> Response:
    """The form with my words where I changed something, and what is stored now for all else."""
    clashes: list[Clash] = stale.details["clashes"]
    own = {clash.field: clash.mine for clash in clashes} | stale.details["mine"]
    db.session.rollback()
    company = services.get(company_id)
    told = [
        (str(_label(c.field)), said(c.field, c.theirs) or _("empty"), c.who or _("somebody"))
        for c in clashes
    ]
    form = _again({}, _stored(company) | own)
    return _page(services.get(company_id), form, 409, clashes=told)


def _page(company: Company | None, form: Form, status: int = 200, **more: Any) -> Response:
    groups = [
        {"key": key, "title": str(title), "about": str(about),
         "fields": [form[name] for name in names if name in form]}
        for key, (title, about, _needs, names) in GROUPS.items()
    ]  # fmt: skip
    context = {
        "form": form, "groups": [each for each in groups if each["fields"]], "wide": WIDE,
        "form_id": request.form.get("form_id") or str(new_id()),
        "version": company.version if company else "", "same": [], "clashes": [],
        "title": _("Edit %(name)s", name=company.name) if company else _("New company"),
        "back": url_for("companies.show", company_id=company.id)
        if company else url_for("companies.index"),
        "back_word": company.name if company else _("Companies"), "action": request.path,
    }  # fmt: skip
    return make_response(render_template("companies/form.html", **context | more), status)
