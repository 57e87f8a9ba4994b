"""Placing and lifting marks: in a dialog, or on a page of its own."""

import uuid
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse
from wtforms import Form

from app.auth.guard import actor, requires
from app.core.errors import Invalid
from app.core.forms import form_for, posted_values
from app.core.inputs import Input
from app.core.web import page_or_fragment, wants_fragment
from app.customers import marks as marking
from app.customers import services
from app.customers.inputs import MARK_FORMS, ReasonInput
from app.customers.models import Customer
from app.customers.views import blueprint
from app.customers.views.frame import MENU_WORDS, frame, with_reason
from app.customers.views.profile import marks_context
from app.customers.words import kind_word
from app.extensions import db

SAVE_WORDS = {
    "note": _l("Save the note"),
    "attention": _l("Show it on every tab"),
    "tag": _l("Add the tag"),
    "warning": _l("Set the warning"),
    "blacklist": _l("Put on the blacklist"),
}
LIFT_WORDS = {
    "note": _l("Take the note away"),
    "attention": _l("End the special attention"),
    "tag": _l("Take the tag away"),
    "warning": _l("Lift the warning"),
    "blacklist": _l("Take off the blacklist"),
}
GRAVE = ("warning", "blacklist")


def _kind() -> str:
    kind = request.values.get("kind", "")
    kind_word(kind)
    actor().must(marking.PERMISSIONS[kind])
    return kind


@blueprint.get("/<uuid:customer_id>/marks/new")
@requires("guests.read")
def new_mark(customer_id: uuid.UUID) -> Response:
    """The form of one kind of mark."""
    kind = _kind()
    schema, names = MARK_FORMS[kind]
    return _placing(services.get(customer_id), kind, form_for(schema, names))


@blueprint.post("/<uuid:customer_id>/marks")
@requires("guests.read")
def create_mark(customer_id: uuid.UUID) -> AnyResponse:
    """Put a mark on the guest."""
    kind = _kind()
    schema, names = MARK_FORMS[kind]
    guest = services.hold(customer_id)
    try:
        values = _read(schema, names)
        if kind == "warning":
            values["level"] = int(values["level"])
        marking.place(guest, kind, values, by=actor())
    except Invalid as fault:
        db.session.rollback()
        form = form_for(schema, names, posted=request.form, errors=fault.errors)
        form.form_errors = [s for n, said in fault.errors.items() if n not in form for s in said]
        return _placing(services.get(customer_id), kind, form, 422)
    db.session.commit()
    return _changed(customer_id, _("Placed: %(kind)s.", kind=kind_word(kind)))


@blueprint.get("/<uuid:customer_id>/marks/<uuid:mark_id>/lifting")
@requires("guests.read")
def lift_mark(customer_id: uuid.UUID, mark_id: uuid.UUID) -> Response:
    """The form that asks why a mark is lifted."""
    return _lifting(services.get(customer_id), mark_id, form_for(ReasonInput))


@blueprint.post("/<uuid:customer_id>/marks/<uuid:mark_id>/lifting")
@requires("guests.read")
def create_lifting(customer_id: uuid.UUID, mark_id: uuid.UUID) -> AnyResponse:
    """Lift a mark."""
    guest = services.hold(customer_id)
    mark = marking.find(guest, mark_id)
    actor().must(marking.PERMISSIONS[mark.kind])
    try:
        reason = _read(ReasonInput, ("reason",))["reason"]
    except Invalid as fault:
        db.session.rollback()
        form = form_for(ReasonInput, posted=request.form, errors=fault.errors)
        return _lifting(services.get(customer_id), mark_id, form, 422)
    kind = mark.kind
    marking.lift(mark, reason, by=actor())
    db.session.commit()
    return _changed(customer_id, _("Lifted: %(kind)s.", kind=kind_word(kind)))


def _read(schema: type[Input], names: tuple[str, ...]) -> dict[str, Any]:
    values = posted_values(schema, request.form, names)
    values.pop("kind", None)
    return schema.read(values)


def _placing(guest: Customer, kind: str, form: Form, status: int = 200) -> Response:
    return _form_page(
        guest, form, status, title=MENU_WORDS[kind](), kind=kind, save=SAVE_WORDS[kind],
        danger=kind in GRAVE, action=url_for("customers.create_mark", customer_id=guest.id),
    )  # fmt: skip


def _lifting(guest: Customer, mark_id: uuid.UUID, form: Form, status: int = 200) -> Response:
    mark, by = marking.find(guest, mark_id), actor()
    by.must(marking.PERMISSIONS[mark.kind])
    words = LIFT_WORDS[mark.kind]
    said = [mark.value, mark.body if by.may("guests.notes") or mark.kind == "attention" else None]
    return _form_page(
        guest, form, status, title=words, kind="", save=words, danger=False,
        text="\n".join(filter(None, said)), placed=with_reason(mark, by),
        action=url_for("customers.create_lifting", customer_id=guest.id, mark_id=mark.id),
    )  # fmt: skip


def _form_page(guest: Customer, form: Form, status: int, **context: Any) -> Response:
    fragment, page = "customers/_mark_dialog.html", "customers/mark.html"
    back = url_for("customers.show", customer_id=guest.id)
    return page_or_fragment(
        page, fragment, status, form=form, called=guest.called, code=guest.customer_code, back=back,
        **context,
    )  # fmt: skip


def _changed(customer_id: uuid.UUID, sentence: str) -> AnyResponse:
    """The parts of the profile that show marks; without htmx the profile."""
    if not wants_fragment():
        flash(sentence, "good")
        return redirect(url_for("customers.show", customer_id=customer_id), 303)
    guest, marks = services.get(customer_id), marking.of(customer_id)
    context = frame(guest, marks) | marks_context(guest, marks, actor()) | {"sentence": sentence}
    return make_response(render_template("customers/_marked.html", **context))
