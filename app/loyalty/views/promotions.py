"""Promotions: those that run, come and are over; one made, changed, retired."""

import uuid
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import Form

from app.auth.guard import actor, may, requires
from app.core.clock import today
from app.core.errors import Conflict, Invalid
from app.core.forms import form_for, posted_values
from app.core.i18n import day, number
from app.core.types import new_id
from app.extensions import db
from app.loyalty import house
from app.loyalty import promotions as service
from app.loyalty.house import Tab
from app.loyalty.models import Promotion
from app.loyalty.promotions import FIELDS, PromotionInput
from app.loyalty.views import blueprint, frame
from app.loyalty.vocabulary import SOURCES, TIERS

house.add_tab(Tab(30, _l("Promotions"), "loyalty.promotions", "loyalty.read"))


@blueprint.get("/promotions")
@requires("loyalty.read")
def promotions() -> Response:
    """All of them, and which run on the same days."""
    found = service.find()
    answer: Response = frame.page(
        "promotions", "loyalty.promotions", lines=[_line(each, found) for each in found],
        new=url_for("loyalty.new_promotion") if may("loyalty.rules") else "",
    )  # fmt: skip
    return answer


def _line(each: Promotion, others: list[Promotion]) -> dict[str, Any]:
    changes = may("loyalty.rules") and not each.retired
    return {
        "name": each.name, "code": each.code, "standing": _standing(each),
        "dates": f"{day(each.starts_on)} – {day(each.ends_on)}", "gives": _gives(each),
        "sources": ", ".join(str(SOURCES.get(name, name)) for name in each.sources),
        "tiers": ", ".join(str(TIERS.get(name, name)) for name in each.tiers),
        "beside": [] if each.retired else service.beside(each, others),
        "edit": url_for("loyalty.edit_promotion", promotion_id=each.id) if changes else "",
    }  # fmt: skip


def _standing(each: Promotion) -> tuple[str, str, str]:
    """(words, tone, icon)."""
    if each.retired:
        return _("retired"), "neutral", "ban"
    if each.ends_on < today():
        return _("over"), "neutral", "history"
    if each.starts_on > today():
        return _("to come"), "info", "calendar"
    return _("runs"), "good", "circle-check"


def _gives(each: Promotion) -> str:
    parts = []
    if each.multiplier != 1:
        parts.append(_("points × %(times)s", times=number(each.multiplier.normalize())))
    if each.bonus:
        parts.append(_("%(points)s points on top", points=number(each.bonus)))
    return " + ".join(parts)


@blueprint.get("/promotions/new")
@requires("loyalty.rules")
def new_promotion() -> Response:
    """The empty form; its id makes that sending it twice makes one promotion."""
    return _page(form_for(PromotionInput, FIELDS, values={"multiplier": "", "bonus": 0}), new_id())


@blueprint.get("/promotions/<uuid:promotion_id>/edit")
@requires("loyalty.rules")
def edit_promotion(promotion_id: uuid.UUID) -> Response:
    """The form of one."""
    row = service.get(promotion_id)
    if row.retired:
        flash(_("This promotion is retired. Make a new one."), "info")
        return redirect(url_for("loyalty.promotions"), 303)
    values = {name: getattr(row, name) for name in FIELDS}
    values["multiplier"] = row.multiplier.normalize()
    return _page(form_for(PromotionInput, FIELDS, values=values), row.id, row.version)


@blueprint.post("/promotions/<uuid:promotion_id>")
@requires("loyalty.rules")
def save_promotion(promotion_id: uuid.UUID) -> Response:
    """Make or change one."""
    version = request.form.get("version", 0, type=int)
    try:
        values = PromotionInput.read(_sent())
        row = service.save(promotion_id, values, version, by=actor())
        beside = service.beside(row, service.find())
        db.session.commit()
    except (Invalid, Conflict) as fault:
        db.session.rollback()
        return _again(promotion_id, version, fault)
    flash(_("Saved.") + _overlap(beside), "good")
    return redirect(url_for("loyalty.promotions"), 303)


def _sent() -> dict[str, Any]:
    sent = posted_values(PromotionInput, request.form, FIELDS)
    return {name: value for name, value in sent.items() if value not in ("", None)}


def _overlap(names: list[str]) -> str:
    if not names:
        return ""
    words = _("On some days it runs beside %(names)s; the best one counts.", names=", ".join(names))
    return f" {words}"


def _again(promotion_id: uuid.UUID, version: int, fault: Invalid | Conflict) -> Response:
    errors = fault.errors if isinstance(fault, Invalid) else {"": [str(fault)]}
    form = form_for(PromotionInput, FIELDS, posted=request.form, errors=errors)
    form.form_errors = [s for name, said in errors.items() if name not in form for s in said]
    return _page(form, promotion_id, version, 422 if isinstance(fault, Invalid) else 409)


@blueprint.post("/promotions/<uuid:promotion_id>/retirement")
@requires("loyalty.rules")
def retire_promotion(promotion_id: uuid.UUID) -> Response:
    """End one for good."""
    service.retire(promotion_id, by=actor())
    db.session.commit()
    flash(_("The promotion is retired. What it brought stays."), "good")
    return redirect(url_for("loyalty.promotions"), 303)


def _page(form: Form, promotion_id: uuid.UUID, version: int = 0, status: int = 200) -> Response:
    answer: Response = frame.page(
        "promotion", "loyalty.promotions", status, form=form, version=version,
        back=url_for("loyalty.promotions"),
        action=url_for("loyalty.save_promotion", promotion_id=promotion_id),
        retirement=version and url_for("loyalty.retire_promotion", promotion_id=promotion_id),
    )  # fmt: skip
    return answer
