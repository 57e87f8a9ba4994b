"""Which guest travels for which company: said from either's page."""

import uuid
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from app.auth.guard import actor, requires
from app.companies import listing, services, travellers
from app.companies.views import blueprint
from app.companies.views.profile import fresh, page_of
from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, NotFound
from app.core.web import page_or_fragment, wants_fragment
from app.customers import marks as marking
from app.customers import parts
from app.customers import services as guests
from app.customers.finding import look
from app.customers.models import Customer
from app.customers.views import cards
from app.customers.views.frame import frame
from app.extensions import db

FEW, LONGEST = 6, 200
BY_NAME = "by_name"
"""What the form posts in place of a company's id to keep only the name that was typed."""


def _company_address(guest: Customer, by: Actor) -> str:
    if guest.company_id is None or not by.may("companies.read"):
        return ""
    return str(url_for("companies.show", company_id=guest.company_id))


parts.links["company_name"] = _company_address
parts.card_actions.setdefault("work", []).append(
    parts.Action(_l("Choose the company"), "companies.choose", "guests.update", "building-2")
)


def _typed() -> str:
    return " ".join(request.form.get("q", "").split())[:LONGEST]


@blueprint.post("/companies/<uuid:company_id>/travellers")
@requires("guests.update")
def link(company_id: uuid.UUID) -> AnyResponse:
    """A guest travels for this company; who was only typed is asked about."""
    chosen, typed = request.values.get("chosen") or request.values.get("customer_id", ""), _typed()
    try:
        guest = travellers.link(_guest_meant(chosen, typed), company_id, by=actor())
    except (Invalid, Conflict, NotFound) as fault:
        db.session.rollback()
        said = _("This guest is not known.") if isinstance(fault, NotFound) else str(fault)
        found = [] if chosen else look(typed, FEW, by=actor())
        linking = {
            "typed": typed, "chosen": chosen, "error": said, "asked": bool(typed and not chosen),
            "found": [{"id": e.id, "title": e.full_name, "sub": e.code, "care": e.care}
                      for e in found],
        }  # fmt: skip
        return page_of(services.get(company_id), 1, 422, linking=linking)
    sentence = _("%(name)s travels for this company.", name=guest.full_name)
    db.session.commit()
    return fresh(company_id, sentence)


def _guest_meant(chosen: str, typed: str) -> uuid.UUID:
    """The guest that was picked; a merged one leads to the survivor. Raises Invalid, NotFound."""
    if not chosen:
        sentence = _("Say whom you mean.") if typed else _("Please fill this in.")
        raise Invalid({"customer_id": sentence})
    try:
        return guests.get(uuid.UUID(chosen)).id
    except ValueError:
        raise Invalid({"customer_id": _("This guest is not known.")}) from None


@blueprint.post("/companies/<uuid:company_id>/travellers/<uuid:customer_id>/removal")
@requires("guests.update")
def unlink(company_id: uuid.UUID, customer_id: uuid.UUID) -> AnyResponse:
    """The guest does not travel for this company any more; can be undone."""
    name = guests.get(customer_id).full_name
    travellers.unlink(customer_id, company_id, by=actor())
    db.session.commit()
    undo = url_for("companies.link", company_id=company_id, customer_id=customer_id)
    said = _("%(name)s does not travel for this company any more.", name=name)
    return fresh(company_id, {"text": said, "undo": undo})


@blueprint.get("/customers/<uuid:customer_id>/company")
@requires("guests.update")
def choose(customer_id: uuid.UUID) -> Response:
    """Ask which company a guest travels for."""
    return _asking(guests.get(customer_id))


@blueprint.post("/customers/<uuid:customer_id>/company")
@requires("guests.update")
def choose_company(customer_id: uuid.UUID) -> AnyResponse:
    """Link the guest, keep only a name, or end the link."""
    chosen, typed = request.form.get("chosen") or request.form.get("company_id", ""), _typed()
    try:
        guest = guests.hold(customer_id)
        guests.update(guest, _wanted(chosen, typed), by=actor())
        db.session.commit()
    except (Invalid, Conflict) as fault:
        db.session.rollback()
        status = 422 if isinstance(fault, Invalid) else 409
        return _asking(
            guests.get(customer_id), status, error=str(fault), typed=typed,
            chosen="" if chosen == BY_NAME else chosen, asked=bool(typed and not chosen),
        )  # fmt: skip
    return _chosen(customer_id)


def _wanted(chosen: str, typed: str) -> dict[str, Any]:
    """The values to write. Raises Invalid where somebody typed and did not pick."""
    if request.form.get("end"):
        return {"company_id": None}
    if chosen == BY_NAME:
        return {"company_name": typed or None}
    if not chosen:
        sentence = _("Say which one you mean.") if typed else _("Please fill this in.")
        raise Invalid({"company_id": sentence})
    try:
        return {"company_id": uuid.UUID(chosen)}
    except ValueError:
        raise Invalid({"company_id": services.UNKNOWN}) from None


def _asking(guest: Customer, status: int = 200, **more: Any) -> Response:
    asked, typed = more.get("asked"), more.get("typed", "")
    found = listing.look(typed, FEW) if asked else []
    context = {
        "called": guest.called, "linked": guest.company_id is not None,
        "present": guest.company_name or "", "action": request.path,
        "back": url_for("customers.show", customer_id=guest.id), "title": _("Company"),
        "found": [{"id": e.id, "title": e.name, "sub": listing.place_of(e)} for e in found],
        "by_name": (BY_NAME, _("Keep only the name “%(typed)s”", typed=typed)),
    }  # fmt: skip
    return page_or_fragment(
        "companies/choose.html", "companies/_choose_dialog.html", status, **context | more
    )


def _chosen(customer_id: uuid.UUID) -> AnyResponse:
    """The guest's company card as it is now; without htmx the profile."""
    guest, by = guests.get(customer_id), actor()
    said = (
        _("%(name)s travels for %(company)s.", name=guest.called, company=guest.company_name)
        if guest.company_name
        else _("%(name)s travels for no company.", name=guest.called)
    )
    if not wants_fragment():
        flash(said, "good")
        return redirect(url_for("customers.show", customer_id=customer_id), 303)
    card = cards.card(guest, "work", by)
    context = frame(guest, marking.of(guest.id)) | {"card": card, "said": [("good", said)]}
    answer = make_response(render_template("companies/_chosen.html", **context, focus=True))
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#group-work", "outerHTML"
    return answer
