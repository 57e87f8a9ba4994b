"""The relationships tab: who belongs to the guest, what each may do, and the family's wishes."""

import uuid
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import Form

from app.auth.guard import actor, requires
from app.core.errors import Conflict, Invalid
from app.core.forms import form_for, posted_values
from app.core.web import page_or_fragment, wants_fragment
from app.customers import marks as marking
from app.customers import parts, words
from app.customers import services as guests
from app.customers.finding import look
from app.customers.models import Customer
from app.customers.views import history
from app.customers.views.frame import frame, opened
from app.extensions import db
from app.relationships import services, shown
from app.relationships.inputs import ChangedRelationship, RelationshipInput, SwitchInput
from app.relationships.models import Relationship
from app.relationships.vocabulary import SWITCHES

blueprint = Blueprint(
    "relationships", __name__, url_prefix="/customers/<uuid:customer_id>/relationships"
)
parts.add_tab(
    parts.Tab(40, "relationships", _l("Relationships"), "relationships.index", "guests.read")
)
history.WORDS.update({
    "relationship.added": (_l("added a relationship"), "users-round", "good"),
    "relationship.changed": (_l("changed a relationship"), "users-round", "neutral"),
    "relationship.removed": (_l("removed a relationship"), "users-round", "neutral"),
})  # fmt: skip
words.FIELDS.update(ChangedRelationship().fields)
words.OTHER_LABELS["related"] = _l("With")
BY_NAME = "by_name"
"""What the form posts in place of a guest's id for somebody without a profile."""
FEW, LONGEST = 6, 200


@blueprint.get("")
@requires("guests.read")
def index(customer_id: uuid.UUID) -> Response:
    """The tab; a merged guest's address leads to the survivor."""
    guest, marks = opened(customer_id, "relationships")
    if guest.id != customer_id:
        return redirect(url_for("relationships.index", customer_id=guest.id), 303)
    context = frame(guest, marks, "relationships") | _panel(guest)
    return page_or_fragment(
        "customers/show.html", "customers/_panel.html", **context, partial=wants_fragment()
    )


@blueprint.post("")
@requires("relationships.update")
def create(customer_id: uuid.UUID) -> Response:
    """Tie the guest to another one, or to a name; who was only typed is asked about."""
    typed = _typed()
    chosen = request.form.get("chosen") or request.form.get("related_customer_id", "")
    try:
        if not chosen and typed:
            raise Invalid({"related_customer_id": _("Say whom you mean, or keep only the name.")})
        values = RelationshipInput.read(_sent(chosen, typed))
        row = services.add(customer_id, values, by=actor())
    except (Invalid, Conflict) as fault:
        return _again(customer_id, fault, typed, "" if chosen == BY_NAME else chosen)
    sentence = _("Added: %(name)s.", name=services.name_of(row))
    db.session.commit()
    return _changed(customer_id, sentence)


def _sent(chosen: str, typed: str) -> dict[str, Any]:
    who = {"related_name": typed} if chosen == BY_NAME else {"related_customer_id": chosen}
    return {"relationship_type": request.form.get("relationship_type", "")} | {
        name: value for name, value in who.items() if value
    }


def _again(customer_id: uuid.UUID, fault: Invalid | Conflict, typed: str, chosen: str) -> Response:
    """The tab with the form as it was typed; beside it, who could be meant."""
    db.session.rollback()
    guest, marks = guests.get(customer_id), marking.of(customer_id)
    errors = fault.errors if isinstance(fault, Invalid) else {"related_customer_id": [str(fault)]}
    found = [] if chosen or not typed else _meant(typed)
    adding = {
        "typed": typed, "chosen": chosen, "kind": request.form.get("relationship_type", ""),
        "errors": errors, "asked": bool(typed and not chosen), "found": found,
    }  # fmt: skip
    status = 422 if isinstance(fault, Invalid) else 409
    context = _panel(guest) | {"adding": adding}
    if not wants_fragment():
        context |= frame(guest, marks, "relationships")
    return page_or_fragment(
        "customers/show.html", "relationships/_relationships.html", status, **context
    )


@blueprint.post("/<uuid:relationship_id>/switches")
@requires("relationships.update")
def set_switch(customer_id: uuid.UUID, relationship_id: uuid.UUID) -> Response:
    """Bring one switch into the wanted state; again is no change. `set` is `name:true` or false."""
    name, _colon, wanted = request.values.get("set", "").partition(":")
    sent = SwitchInput.read({"switch": name, "on": wanted})
    row = services.find(customer_id, relationship_id)
    services.change(customer_id, row.id, {sent["switch"]: sent["on"]}, by=actor())
    said = {"name": services.name_of(row), "what": str(SWITCHES[name])}
    db.session.commit()
    undo = url_for(
        "relationships.set_switch", customer_id=customer_id, relationship_id=relationship_id,
        set=f"{name}:{'false' if sent['on'] else 'true'}",
    )  # fmt: skip
    word = (
        _("On: %(what)s (%(name)s).", **said)
        if sent["on"]
        else _("Off: %(what)s (%(name)s).", **said)
    )
    return _changed(customer_id, word, undo)


@blueprint.get("/<uuid:relationship_id>/edit")
@requires("relationships.update")
def edit(customer_id: uuid.UUID, relationship_id: uuid.UUID) -> Response:
    """The form of a relationship: what they are to the guest, notes, a profile for a name."""
    row = services.find(customer_id, relationship_id)
    values = {name: getattr(row, name) for name in _names(row)}
    return _form_page(row, form_for(ChangedRelationship, _names(row), values=values))


@blueprint.post("/<uuid:relationship_id>/edit")
@requires("relationships.update")
def update(customer_id: uuid.UUID, relationship_id: uuid.UUID) -> Response:
    """Save it."""
    row = services.find(customer_id, relationship_id)
    names = _names(row)
    try:
        sent = posted_values(ChangedRelationship, request.form, names)
        own = {name: sent[name] for name in names if name in sent} | _profile_meant(row)
        services.change(customer_id, row.id, ChangedRelationship.read(own), by=actor())
    except (Invalid, Conflict) as fault:
        db.session.rollback()
        errors = fault.errors if isinstance(fault, Invalid) else {"": [str(fault)]}
        form = form_for(ChangedRelationship, names, posted=request.form, errors=errors)
        form.form_errors = [s for n, said in errors.items() if n not in form for s in said]
        status = 422 if isinstance(fault, Invalid) else 409
        return _form_page(services.find(customer_id, relationship_id), form, status)
    db.session.commit()
    return _changed(customer_id, _("Saved."))


@blueprint.get("/<uuid:relationship_id>/removal")
@requires("relationships.update")
def removal(customer_id: uuid.UUID, relationship_id: uuid.UUID) -> Response:
    """Ask before both sides lose it."""
    row = services.find(customer_id, relationship_id)
    return _form_page(row, None)


@blueprint.post("/<uuid:relationship_id>/removal")
@requires("relationships.update")
def create_removal(customer_id: uuid.UUID, relationship_id: uuid.UUID) -> Response:
    """Take it from both sides."""
    name = services.name_of(services.find(customer_id, relationship_id))
    services.remove(customer_id, relationship_id, by=actor())
    db.session.commit()
    return _changed(customer_id, _("Removed: %(name)s.", name=name))


def _profile_meant(row: Relationship) -> dict[str, str]:
    """The profile that a mere name shall get. Raises Invalid where somebody typed and did not pick.

    "chosen" without a value means: none after all.
    """
    chosen = request.form.get("chosen", request.form.get("profile_id", ""))
    if row.related_customer_id or ("chosen" in request.form and not chosen):
        return {}
    if not chosen and _typed():
        raise Invalid({"": _("Say whom you mean, or leave it at the name.")})
    return {"related_customer_id": chosen} if chosen else {}


def _typed() -> str:
    return " ".join(request.form.get("q", "").split())[:LONGEST]


def _meant(typed: str) -> list[dict[str, Any]]:
    """Guests who may be meant by what was typed, for `candidates`."""
    return [
        {"id": each.id, "title": each.full_name, "sub": each.code, "care": each.care}
        for each in look(typed, FEW, by=actor())
    ]


def _names(row: Relationship) -> list[str]:
    named = [] if row.related_customer_id else ["related_name"]
    return [*named, "relationship_type", *(["notes"] if actor().may("guests.notes") else [])]


def _form_page(row: Relationship, form: Form | None, status: int = 200) -> Response:
    """The form of a change, or without one the question before a removal; dialog or page."""
    guest = guests.get(row.customer_id)
    ids: dict[str, Any] = {"customer_id": guest.id, "relationship_id": row.id}
    name = services.name_of(row)
    context = {
        "form": form, "called": guest.called, "other": name, "named": not row.related_customer_id,
        "title": name if form else _("Remove %(name)s", name=name),
        "action": url_for(
            "relationships.update" if form else "relationships.create_removal", **ids
        ),
        "back": url_for("relationships.index", customer_id=guest.id),
        "typed": (typed := _typed() if status != 200 else ""), "found": _meant(typed),
    }  # fmt: skip
    return page_or_fragment(
        "relationships/change.html", "relationships/_change_dialog.html", status, **context
    )


def _panel(guest: Customer) -> dict[str, Any]:
    return shown.panel(guest, by=actor())


def _changed(customer_id: uuid.UUID, sentence: str, undo: str = "") -> Response:
    """The tab's panel as it is now, with a word of what was done; without htmx the tab."""
    said = {"text": sentence, "undo": undo} if undo else sentence
    if not wants_fragment():
        flash(said, "good")  # type: ignore[arg-type]
        return redirect(url_for("relationships.index", customer_id=customer_id), 303)
    context = _panel(guests.get(customer_id)) | {"said": [("good", said)]}
    answer = make_response(render_template("relationships/_changed.html", **context))
    answer.headers["HX-Retarget"] = "#relationships"
    answer.headers["HX-Reswap"] = "outerMorph" if undo else "outerHTML"
    return answer
