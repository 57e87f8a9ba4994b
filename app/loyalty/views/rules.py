"""The rules of the programme: all on one page, with an example reckoned from what is typed."""

from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError
from werkzeug.wrappers import Response
from wtforms import Form

from app.auth.guard import actor, requires
from app.core.errors import Conflict, Invalid
from app.core.forms import form_for, posted_values
from app.core.i18n import money, ungrouped
from app.core.inputs import Amount
from app.core.web import wants_fragment
from app.extensions import db
from app.loyalty import house, points, programme, rules, said
from app.loyalty.house import Tab
from app.loyalty.programme import MEASURES, TIERS, Programme
from app.loyalty.rules import MEASURE_WORDS, PLAIN, ProgrammeInput
from app.loyalty.views import blueprint, frame

house.add_tab(Tab(40, _l("Rules"), "loyalty.programme", "loyalty.rules"))
FIELDS = tuple(ProgrammeInput().fields)
EXAMPLE = "example"


@blueprint.get("/programme", endpoint="programme")
@requires("loyalty.rules")
def show_programme() -> Response:
    """All rules in force."""
    now = programme.current()
    form = form_for(ProgrammeInput, FIELDS, values=rules.typed(now))
    return _page(form, now.version, _example(now, _usual_amount()))


@blueprint.post("/programme")
@requires("loyalty.rules")
def update_programme() -> Response:
    """Keep the rules; whoever had looked at older ones is told."""
    version = request.form.get("version", 0, type=int)
    try:
        values = ProgrammeInput.read(_sent())
        rules.save(values, version, by=actor())
        db.session.commit()
    except (Invalid, Conflict) as fault:
        db.session.rollback()
        return _again(version, fault)
    flash(_("Saved. The rules hold from now on; earlier entries stay as they are."), "good")
    return redirect(url_for("loyalty.programme"), 303)


@blueprint.post("/programme/examples")
@requires("loyalty.rules")
def create_example() -> Response:
    """What an amount would bring by what is typed; keeps nothing."""
    version, amount = request.form.get("version", 0, type=int), _amount()
    try:
        made = rules.made_of(ProgrammeInput.read(_sent()), programme.current())
        example = _example(made, amount)
    except Invalid as fault:
        return Response(_fragment(None)) if wants_fragment() else _again(version, fault)
    if wants_fragment():
        return Response(_fragment(example))
    return _page(form_for(ProgrammeInput, FIELDS, posted=request.form), version, example)


def _sent() -> dict[str, Any]:
    sent = posted_values(ProgrammeInput, request.form, FIELDS)
    return {name: value for name, value in sent.items() if name != EXAMPLE}


def _again(version: int, fault: Invalid | Conflict) -> Response:
    errors = fault.errors if isinstance(fault, Invalid) else {"": [str(fault)]}
    form = form_for(ProgrammeInput, FIELDS, posted=request.form, errors=errors)
    form.form_errors = [s for name, said in errors.items() if name not in form for s in said]
    return _page(form, version, None, 422 if isinstance(fault, Invalid) else 409)


def _usual_amount() -> Decimal:
    return programme.local(3_456_789)


def _amount() -> Decimal:
    try:
        typed = ungrouped(request.form.get(EXAMPLE, "").strip())
        found: Decimal | None = Amount().deserialize(typed)
    except ValidationError:
        found = None
    return _usual_amount() if found is None else found


def _example(made: Programme, amount: Decimal) -> dict[str, Any]:
    """The amount in points for each tier, as the ledger would reckon it without a promotion."""
    lines = [(frame.tier_word(tier.name), *_worked(made, tier.name, amount)) for tier in made.tiers]
    return {"amount": money(amount), "typed": f"{amount.normalize():f}", "lines": lines}


def _worked(made: Programme, tier: str, amount: Decimal) -> tuple[str, str]:
    times = made.tier(tier).multiplier
    working = {
        "amount": str(amount), "rate": str(made.rate), "tier": tier,
        "tier_multiplier": str(times), "promotion": None, "promotion_multiplier": "1",
    }  # fmt: skip
    found = points.whole(amount * times / made.rate)
    return said.of_working(working), money(made.worth(found))


def _fragment(example: dict[str, Any] | None) -> str:
    return render_template("loyalty/house/_example.html", example=example)


def _page(form: Form, version: int, example: dict[str, Any] | None, status: int = 200) -> Response:
    answer: Response = frame.page(
        "programme", "loyalty.programme", status, form=form, version=version, example=example,
        action=url_for("loyalty.update_programme"), reckon=url_for("loyalty.create_example"),
        measures=[(name, str(MEASURE_WORDS[name])) for name in MEASURES],
        tiers=[(tier, frame.tier_word(tier)) for tier in TIERS], plain=PLAIN,
        typed=request.form.get(EXAMPLE) or (example["typed"] if example else ""),
    )  # fmt: skip
    return answer
