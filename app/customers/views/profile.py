"""The profile: overview, and sealed values shown on request."""

import uuid
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.auth.guard import actor, requires
from app.core import audit
from app.core.actor import Actor
from app.core.errors import Invalid, NotAllowed
from app.core.web import page_or_fragment, wants_fragment
from app.customers import marks as marking
from app.customers import parts, services
from app.customers.inputs import GROUPS
from app.customers.models import Customer, Mark
from app.customers.views import blueprint, cards
from app.customers.views.addresses import guest_url
from app.customers.views.frame import frame, lift_address, on_day, opened, placed
from app.customers.words import SENSITIVE, kind_word, label_of, stored
from app.extensions import db


@blueprint.get("/<uuid:customer_id>")
@requires("guests.read")
def show(customer_id: uuid.UUID) -> Response:
    """The overview; a merged guest's address leads to the survivor."""
    guest, marks = opened(customer_id, "overview")
    if guest.id != customer_id:
        return redirect(url_for("customers.show", customer_id=guest.id), 303)
    return page_or_fragment(
        "customers/show.html", "customers/_panel.html", **overview(guest, marks),
        partial=wants_fragment(),
    )  # fmt: skip


def overview(guest: Customer, marks: list[Mark], **more: Any) -> dict[str, Any]:
    """The context of the overview with its frame."""
    by = actor()
    context = frame(guest, marks) | {"panel": "customers/_overview.html", "title": guest.full_name}
    context |= {"columns": cards.columns(guest, by), "panels": parts.panels_of(guest, by)}
    return context | marks_context(guest, marks, by) | more


def marks_context(guest: Customer, marks: list[Mark], by: Actor) -> dict[str, Any]:
    """Tags for all; notes for those who may read them; what was lifted, as their history."""
    live = marking.in_force(marks)
    notes = [m for m in live if m.kind == "note"] if by.may("guests.notes") else []
    past = [m for m in marks if m not in live] if by.may("guests.notes") else []
    return {
        "tags": [said(guest, m, by) for m in live if m.kind == "tag"],
        "notes": [said(guest, m, by) for m in notes],
        "past": [said(guest, m, by) for m in past],
        "sees_notes": by.may("guests.notes"),
        "add_tag": by.may("guests.tag") and _new(guest, "tag"),
        "add_note": by.may("guests.notes") and _new(guest, "note"),
    }  # fmt: skip


def said(guest: Customer, mark: Mark, by: Actor) -> dict[str, Any]:
    """A mark ready for a template, without what the reader may not see."""
    notes = by.may("guests.notes")
    return {
        "id": mark.id, "word": kind_word(mark.kind), "value": mark.value, "level": mark.level,
        "body": mark.body if notes else "", "reason": mark.reason if notes else "",
        "placed": placed(mark, by), "lift": lift_address(guest, mark, by),
        "lifted_on": on_day(mark.lifted_at), "lifted_name": mark.lifted_name,
        "lift_reason": mark.lift_reason if notes else "", "expires_on": mark.expires_on,
    }  # fmt: skip


def _new(guest: Customer, kind: str) -> str:
    return guest_url("customers.new_mark", guest.id, kind=kind)


@blueprint.post("/<uuid:customer_id>/reveals")
@requires("guests.read")
def reveal(customer_id: uuid.UUID) -> Response | str:
    """Show one sealed value, for whoever may see it; that is on record before it is opened."""
    name, by = request.form.get("field", ""), actor()
    if name not in SENSITIVE:
        raise Invalid({"field": _("This is not one of the listed values.")})
    value = opened_value(customer_id, name, by)
    guest, marks = services.get(customer_id), marking.of(customer_id)
    group = next(key for key, (_title, _may, names) in GROUPS.items() if name in names)
    if wants_fragment():
        card = cards.card(guest, group, by, {name: value})
        return render_template("customers/_card.html", card=card, head={"id": guest.id}, focus=True)
    context = overview(guest, marks)
    shown = cards.card(guest, group, by, {name: value})
    context["columns"] = [
        [shown if each.group == group else each for each in column] for column in context["columns"]
    ]
    return render_template("customers/show.html", **context)


def opened_value(customer_id: uuid.UUID, name: str, by: Actor) -> str:
    """A sealed value, opened after its reading was audited and committed."""
    if not cards.sees(name, by):
        raise NotAllowed(label_of(name))
    guest = services.hold(customer_id)
    if stored(guest, name):
        audit.record("field.revealed", ("customer", guest.id), by=by, field=name)
        db.session.commit()
    value: str | None = getattr(services.get(customer_id), name)
    return value or ""
