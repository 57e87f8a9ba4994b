"""A guest's VIP level: how it came and what is next; given, lifted, looked at anew."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import Form

from app.auth.guard import actor, requires
from app.core.errors import Conflict, Invalid
from app.core.forms import form_for, posted_values
from app.core.inputs import Input
from app.core.types import new_id
from app.core.web import page_or_fragment, wants_fragment
from app.customers import services as guests
from app.customers.inputs import ReasonInput
from app.customers.models import Customer, VipChange
from app.customers.views.frame import frame, opened
from app.extensions import db
from app.loyalty.vip import criteria, evaluation, grants, rules, shown, words
from app.loyalty.vip.inputs import LevelGrant
from app.loyalty.vip.views import blueprint

ADDRESS = "/customers/<uuid:customer_id>/vip"


@blueprint.get(ADDRESS)
@requires("guests.read")
def show(customer_id: uuid.UUID) -> Response:
    """The page; a merged guest's address leads to the survivor."""
    guest, marks = opened(customer_id, "vip")
    if guest.id != customer_id:
        return redirect(url_for("vip.show", customer_id=guest.id), 303)
    context = frame(guest, marks, "vip") | shown.panel(guest, actor())
    return page_or_fragment(
        "customers/show.html", "customers/_panel.html", **context, partial=wants_fragment()
    )


@blueprint.get(f"{ADDRESS}/grants/new")
@requires("guests.vip")
def new_grant(customer_id: uuid.UUID) -> Response:
    """The form that gives a level."""
    guest = guests.get(customer_id)
    level = guest.vip_status if guest.vip_status != "none" else None
    return _granting(guest, form_for(LevelGrant, values={"level": level} if level else None))


@blueprint.post(f"{ADDRESS}/grants")
@requires("guests.vip")
def create_grant(customer_id: uuid.UUID) -> Response:
    """Give a level; the form sent twice gives it once."""

    def give(guest: Customer, values: dict[str, Any], change_id: uuid.UUID) -> VipChange:
        return grants.grant(guest, **_renamed(values), by=actor(), change_id=change_id)

    return _write(customer_id, LevelGrant, give, _granting)


@blueprint.get(f"{ADDRESS}/liftings/new")
@requires("guests.vip")
def new_lifting(customer_id: uuid.UUID) -> Response:
    """The form that asks why what was given is taken back; it says what will hold then."""
    return _lifting(guests.get(customer_id), form_for(ReasonInput))


@blueprint.post(f"{ADDRESS}/liftings")
@requires("guests.vip")
def create_lifting(customer_id: uuid.UUID) -> Response:
    """Take back what a hand gave."""

    def take(guest: Customer, values: dict[str, Any], change_id: uuid.UUID) -> VipChange | None:
        return grants.lift(guest, values["reason"], by=actor(), change_id=change_id)

    return _write(customer_id, ReasonInput, take, _lifting)


@blueprint.post(f"{ADDRESS}/evaluations")
@requires("guests.vip")
def create_evaluation(customer_id: uuid.UUID) -> Response:
    """Look at the figures now."""
    change = evaluation.evaluate(guests.hold(customer_id), by=actor())
    said = _sentence(change) if change else _("The figures change nothing.")
    db.session.commit()
    flash(said, "good" if change else "info")
    return redirect(url_for("vip.show", customer_id=customer_id), 303)


def _renamed(values: dict[str, Any]) -> dict[str, Any]:
    names = {"level": "level", "expires_on": "until", "reason": "reason"}
    return {name: values[key] for key, name in names.items()}


def _write(
    customer_id: uuid.UUID, schema: type[Input],
    deed: Callable[[Customer, dict[str, Any], uuid.UUID], VipChange | None],
    again: Callable[..., Response],
) -> Response:  # fmt: skip
    """Do it, or show the form again with what was typed and what is wrong."""
    posted = {n: v for n, v in posted_values(schema, request.form).items() if n != "form_id"}
    try:
        change = deed(guests.hold(customer_id), schema.read(posted), _form_id())
        said = _sentence(change)
        db.session.commit()
    except (Invalid, Conflict) as fault:
        db.session.rollback()
        errors = fault.errors if isinstance(fault, Invalid) else {"": [str(fault)]}
        form = form_for(schema, posted=request.form, errors=errors)
        form.form_errors = [s for n, found in errors.items() if n not in form for s in found]
        return again(guests.get(customer_id), form, 422 if isinstance(fault, Invalid) else 409)
    flash(said, "good")
    if wants_fragment():
        return Response(status=204, headers={"HX-Refresh": "true"})
    return redirect(url_for("vip.show", customer_id=customer_id), 303)


def _form_id() -> uuid.UUID:
    """The id that the form was given for its row of history."""
    try:
        found = uuid.UUID(request.form.get("form_id", ""))
    except ValueError:
        return new_id()
    return found if found.version == 7 else new_id()


def _sentence(change: VipChange | None) -> str:
    return f"{words.what(change)}." if change else str(_("The level stays as it is."))


def _granting(guest: Customer, form: Form, status: int = 200) -> Response:
    return _form_page(
        guest, form, status, title=_("Give a VIP level"), save=_("Give this level"),
        action=url_for("vip.create_grant", customer_id=guest.id),
        text=_("Kept to its last day, whatever the figures say; they may raise it further."),
    )  # fmt: skip


def _lifting(guest: Customer, form: Form, status: int = 200) -> Response:
    there = words.level(criteria.reached(guest, rules.current())[0])
    return _form_page(
        guest, form, status, title=_("Lift the VIP level"), save=_("Lift it"),
        action=url_for("vip.create_lifting", customer_id=guest.id),
        text=_("From then on the figures count: %(level)s.", level=there),
    )  # fmt: skip


def _form_page(guest: Customer, form: Form, status: int, **context: Any) -> Response:
    return page_or_fragment(
        "loyalty/vip/form.html", "loyalty/vip/_dialog.html", status, form=form,
        called=guest.called, code=guest.customer_code,
        back=url_for("vip.show", customer_id=guest.id),
        form_id=request.form.get("form_id") or str(new_id()), **context,
    )  # fmt: skip
