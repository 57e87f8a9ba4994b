"""Editing a profile: one group in place, or all groups as one form."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import (
    flash,
    get_template_attribute,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response
from wtforms import Form

from app.auth.guard import actor, requires
from app.core.database import apart
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from app.core.forms import form_for
from app.core.web import page_or_fragment, wants_fragment
from app.customers import edits, lookalikes, services
from app.customers import marks as marking
from app.customers.inputs import GROUPS, CustomerInput
from app.customers.models import Customer
from app.customers.views import blueprint, cards, conflict, posted
from app.customers.views.fields import laid_out
from app.customers.views.frame import frame
from app.customers.words import label_of, labels_of, stored, tail
from app.extensions import db

TRIES = 3


def _permitted(group: str) -> None:
    if group not in GROUPS:
        raise NotFound(group)
    actor().must(GROUPS[group][1])


def _groups_of_form() -> list[str]:
    """The groups of the large form: all that the person may edit, but for what is sealed away."""
    groups = [group for group in cards.editable(actor()) if group != "medical"]
    if not groups:
        raise NotAllowed("guests.update")
    return groups


@blueprint.get("/<uuid:customer_id>/edit/<group>")
@requires("guests.read")
def edit_group(customer_id: uuid.UUID, group: str) -> Response:
    """One group's form: in place of its card, or a page of its own."""
    _permitted(group)
    if group == "medical":
        with apart():  # the form shows a sealed text: that is on record before it is opened
            services.record_view(services.get(customer_id).id, group, by=actor())
    guest = services.get(customer_id)
    names = list(GROUPS[group][2])
    values = cards.form_values(guest, names)
    if group == "medical":
        values["medical_notes"] = guest.medical_notes
    form = form_for(CustomerInput, names, values=values)
    return _form_page(guest, [group], form, version=guest.version)


@blueprint.get("/<uuid:customer_id>/edit")
@requires("guests.read")
def edit(customer_id: uuid.UUID) -> Response:
    """All groups that the person may edit, as one form."""
    groups = _groups_of_form()
    guest = services.get(customer_id)
    names = [name for group in groups for name in GROUPS[group][2]]
    form = form_for(CustomerInput, names, values=cards.form_values(guest, names))
    return _form_page(guest, groups, form, version=guest.version, whole=True)


@blueprint.post("/<uuid:customer_id>/edit/<group>")
@requires("guests.read")
def update_group(customer_id: uuid.UUID, group: str) -> Response:
    """Save one group."""
    _permitted(group)
    return _save(customer_id, [group])


@blueprint.post("/<uuid:customer_id>/edit")
@requires("guests.read")
def update(customer_id: uuid.UUID) -> Response:
    """Save the large form."""
    return _save(customer_id, _groups_of_form(), whole=True)


@blueprint.get("/<uuid:customer_id>/groups/<group>")
@requires("guests.read")
def show_group(customer_id: uuid.UUID, group: str) -> Response:
    """One group's card, as Cancel wants it back; without htmx the profile."""
    guest = services.get(customer_id)
    if group not in GROUPS:
        raise NotFound(group)
    if not wants_fragment():
        return redirect(url_for("customers.show", customer_id=guest.id), 303)
    card = cards.card(guest, group, actor())
    if card is None:
        raise NotAllowed(group)
    context = {"card": card, "head": {"id": guest.id}, "focus": True}
    return make_response(render_template("customers/_card.html", **context))


def _save(customer_id: uuid.UUID, groups: list[str], *, whole: bool = False) -> Response:
    """Save, or answer with the form or the comparison; what was typed is in each answer."""
    names = posted.names_on_form(groups)
    for _attempt in range(TRIES):
        try:
            guest = services.hold(customer_id)
            values = posted.typed(names)
            changes, meanwhile = edits.save(guest, values, posted.version(), by=actor())
            db.session.commit()
            return _saved(customer_id, groups, changes, meanwhile, whole=whole)
        except StaleDataError:
            db.session.rollback()
        except Stale as stale:
            return conflict.answer(customer_id, groups, stale, whole=whole)
        except (Invalid, Conflict) as fault:
            return _again(customer_id, groups, names, fault, whole=whole)
    raise Conflict(_("Others are saving this guest at the moment. Try again."))


def _again(
    customer_id: uuid.UUID, groups: list[str], names: list[str], fault: Invalid | Conflict, *,
    whole: bool,
) -> Response:  # fmt: skip
    db.session.rollback()
    invalid = fault if isinstance(fault, Invalid) else Invalid({"": str(fault)})
    guest = services.get(customer_id)
    form = posted.again(names, invalid)
    version = request.form.get("version", "")
    status = 422 if fault is invalid else 409
    return _form_page(guest, groups, form, version=version, whole=whole, status=status)


def _form_page(
    guest: Customer, groups: list[str], form: Form, *, version: Any, whole: bool = False,
    status: int = 200,
) -> Response:  # fmt: skip
    numbers = {name: tail(getattr(guest, name)) for name in posted.KEPT
               if name in form and stored(guest, name)}  # fmt: skip
    context = {
        "groups": laid_out(form, groups, numbers, request.args.get("field", "")),
        "form": form, "version": version,
        "guest_id": guest.id, "called": guest.called, "code": guest.customer_code, "whole": whole,
        "action": request.path, "group": groups[0], "title": str(GROUPS[groups[0]][0]),
        "wanted": _wanted(form, groups), "medical": whole and actor().may("guests.medical"),
    }  # fmt: skip
    if whole:
        return make_response(render_template("customers/edit.html", **context), status)
    fragment = "customers/_group_form.html"
    return page_or_fragment("customers/group.html", fragment, status, **context)


def _wanted(form: Form, groups: list[str]) -> str:
    """The field that takes the focus: the one asked for, else the group's first."""
    asked = request.args.get("field", "")
    return asked if asked in form else next(n for n in GROUPS[groups[0]][2] if n in form)


def _saved(
    customer_id: uuid.UUID, groups: list[str], changes: dict[str, Any],
    meanwhile: edits.Meanwhile, *, whole: bool,
) -> Response:  # fmt: skip
    guest, by = services.get(customer_id), actor()
    said = [("good", _("Saved: %(fields)s.", fields=labels_of(changes)) if changes
             else _("Nothing was changed."))]  # fmt: skip
    others = [change for change in meanwhile.changes if change.actor_id != by.id]
    if others:
        who = ", ".join(dict.fromkeys(change.who for change in others))
        fields = labels_of(dict.fromkeys(change.field for change in others))
        said.append(("info", _("Meanwhile %(who)s changed: %(fields)s.", who=who, fields=fields)))
    shared = lookalikes.sharing(guest, [name for name in changes if name in lookalikes.CONTACTS])
    warnings = [_warning(name, other) for name, other in shared]
    if whole or not wants_fragment():
        for tone, sentence in [*said, *(("attention", warning) for warning in warnings)]:
            flash(sentence, tone)
        return redirect(url_for("customers.show", customer_id=guest.id), 303)
    card = cards.card(guest, groups[0], by)
    context = frame(guest, marking.of(guest.id)) | {"card": card, "said": said, "focus": True}
    return make_response(render_template("customers/_saved.html", **context, warnings=warnings))


def _warning(name: str, other: Customer) -> str:
    """A sentence with a link: an address or a number that another guest has, too."""
    shared: Callable[..., str] = get_template_attribute("customers/_shared.html", "shared")
    href = url_for("customers.show", customer_id=other.id)
    return shared(label_of(name), other.full_name, other.customer_code, href)
