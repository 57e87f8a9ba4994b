"""The rules for VIP levels: what reaches each, and what it brings; for managers."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import Form

from app.auth.guard import actor, requires
from app.core.errors import Conflict, Invalid
from app.core.forms import form_for, posted_values
from app.core.i18n import money
from app.core.web import page_or_fragment
from app.extensions import db
from app.loyalty.vip import checks, rules, words
from app.loyalty.vip.inputs import GIVEN, VipRulesInput
from app.loyalty.vip.rules import FACTS
from app.loyalty.vip.views import blueprint

REST = ("days", "keeps_earned")


@blueprint.get("/loyalty/vip/rules")
@requires("loyalty.rules")
def edit_rules() -> Response:
    """The form with the rules in force."""
    own = rules.current()
    form = form_for(VipRulesInput, values=checks.shown(own))
    for level in own.levels:  # a number of nine digits is read better in groups of three
        if level.total_spent is not None:
            field = form[f"{level.name}_total_spent"]
            field.description = f"{money(level.total_spent)}. {field.description}"
    return _page(form, own.version)


@blueprint.post("/loyalty/vip/rules")
@requires("loyalty.rules")
def update_rules() -> Response:
    """Set them; the worker then looks at all guests by them."""
    try:
        checks.save(VipRulesInput.read(_typed()), _version(), by=actor())
        db.session.commit()
    except (Invalid, Conflict) as fault:
        db.session.rollback()
        errors = fault.errors if isinstance(fault, Invalid) else {"": [str(fault)]}
        form = form_for(VipRulesInput, posted=request.form, errors=errors)
        form.form_errors = [s for n, found in errors.items() if n not in form for s in found]
        status = 422 if isinstance(fault, Invalid) else 409
        return _page(form, rules.current().version if status == 409 else _version(), status)
    flash(_("Saved. All guests are being looked at by these rules."), "good")
    return redirect(url_for("vip.index"), 303)


def _typed() -> dict[str, Any]:
    """What was typed; an empty number means none."""
    found = posted_values(VipRulesInput, request.form)
    return {n: v if v != "" or n in REST else None for n, v in found.items()}


def _version() -> int:
    said = request.form.get("version", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else -1


def _page(form: Form, version: int, status: int = 200) -> Response:
    levels = [
        (name, words.level(name), [form[f"{name}_{fact}"] for fact in FACTS],
         form[f"{name}_benefits"])
        for name in reversed(GIVEN)
    ]  # fmt: skip
    return page_or_fragment(
        "loyalty/vip/rules.html", "loyalty/vip/rules.html", status, form=form, levels=levels,
        rest=[form[name] for name in REST], version=version, back=url_for("vip.index"),
        action=url_for("vip.update_rules"),
    )  # fmt: skip
