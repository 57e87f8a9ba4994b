"""Tiers that wait for a manager: lower as proposed or kept, one or many; and a tier by hand."""

import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import Form

from app.auth.guard import actor, requires
from app.core.clock import today
from app.core.errors import Conflict, Invalid, NotAllowed, Refusal
from app.core.forms import form_for, posted_values
from app.core.i18n import day, number
from app.core.paging import moment_and_id, place
from app.customers import services as guests
from app.customers.parts import care
from app.extensions import db
from app.loyalty import downgrades, house, memberships, outlook, programme, said, steps, tiers
from app.loyalty.downgrades import Waiting
from app.loyalty.grants import DecisionInput, GrantInput
from app.loyalty.house import Tab
from app.loyalty.programme import MEASURES, Programme
from app.loyalty.views import blueprint, frame

house.add_tab(Tab(20, _l("Tiers"), "loyalty.proposals", "loyalty.tiers"))
PAGE = 50
KEPT = timedelta(days=365)
THERE = {
    "points": _l("%(there)s of %(goal)s points"), "stays": _l("%(there)s of %(goal)s stays"),
    "nights": _l("%(there)s of %(goal)s nights"),
}  # fmt: skip
ASKED = ("decision", "kept_until", "reason")


@blueprint.get("/tiers")
@requires("loyalty.tiers")
def proposals() -> Response:
    """A page of proposals, the oldest first, with the figures of each."""
    values = {"kept_until": today() + KEPT, "decision": "lower"}
    return _page(form_for(DecisionInput, ASKED, values=values))


@blueprint.post("/tiers/decisions")
@requires("loyalty.tiers")
def create_decisions() -> Response:
    """Decide on those that were ticked, each in a transaction of its own."""
    try:
        sent = {n: v for n, v in posted_values(DecisionInput, request.form).items() if v != ""}
        values = DecisionInput.read(sent)
        if not values["steps"]:
            raise Invalid({"steps": _("Tick at least one member.")})
        if values["decision"] == "keep":
            downgrades.refuse_until(values["kept_until"])
    except Invalid as fault:
        typed = MultiDict((name, request.form[name]) for name in ASKED if name in request.form)
        form = form_for(DecisionInput, ASKED, posted=typed, errors=fault.errors)
        form.form_errors = [s for n, said in fault.errors.items() if n not in form for s in said]
        return _page(form, 422)
    counts = Counter(_decide(step, values) for step in values["steps"])
    for sentence, tone in _outcome(counts):
        flash(sentence, tone)
    return redirect(url_for("loyalty.proposals"), 303)


def _decide(step: uuid.UUID, values: dict[str, Any]) -> str:
    try:
        outcome = downgrades.decide(
            step, lower=values["decision"] == "lower", reason=values["reason"], by=actor(),
            kept_until=values["kept_until"],
        )  # fmt: skip
        db.session.commit()
    except NotAllowed:
        raise
    except Refusal:  # merged, erased or no member any more
        db.session.rollback()
        return "decided"
    return outcome


def _outcome(counts: Counter[str]) -> list[tuple[str, str]]:
    words = {
        "lowered": (ngettext("%(num)d tier is lowered.", "%(num)d tiers are lowered.",
                             counts["lowered"]), "good"),
        "kept": (ngettext("%(num)d tier is kept.", "%(num)d tiers are kept.",
                          counts["kept"]), "good"),
        "lapsed": (_("%(num)s reach their tier again or were promised it; nothing is lowered.",
                     num=counts["lapsed"]), "info"),
        "changed": (_("%(num)s come to another tier by now: look at them again.",
                      num=counts["changed"]), "attention"),
        "decided": (_("%(num)s were decided already.", num=counts["decided"]), "info"),
    }  # fmt: skip
    return [words[name] for name in downgrades.OUTCOMES if counts[name]]


def _page(form: Form, status: int = 200) -> Response:
    rules = programme.current()
    rows = downgrades.waiting(PAGE + 1, moment_and_id(request.args.get("after")))
    more = rows[PAGE - 1].step if len(rows) > PAGE else None
    counts = outlook.count_steps()
    answer: Response = frame.page(
        "proposals", "loyalty.proposals", status, form=form,
        lines=[_line(row, rules) for row in rows[:PAGE]], count=number(counts.get("proposed", 0)),
        grace=counts.get("grace", 0), days=rules.grace_days, chosen=request.form.getlist("steps"),
        action=url_for("loyalty.create_decisions"), following=more and url_for(
            "loyalty.proposals", after=place(more.proposed_at.isoformat(), str(more.id))
        ),
    )  # fmt: skip
    return answer


def _line(row: Waiting, rules: Programme) -> dict[str, Any]:
    step, guest, member = row
    return {
        "id": str(step.id), "name": guest.called, "code": guest.customer_code,
        "care": care(guest.preferences_summary, actor()),
        "href": url_for("memberships.index", customer_id=guest.id),
        "from": frame.tier_word(step.from_tier), "to": frame.tier_word(step.to_tier),
        "from_tier": step.from_tier, "to_tier": step.to_tier,
        "since": day(member.tier_since), "proposed": said.on_day(step.proposed_at),
        "figures": _figures(step.progress or {}, rules, step.from_tier or ""),
    }  # fmt: skip


def _figures(progress: dict[str, Any], rules: Programme, tier: str) -> list[str]:
    """`1,200 of 4,000 points`, for each measure by which the tier is reached."""
    goals = rules.tier(tier)
    return [
        str(THERE[name]) % {"there": number(progress.get(name, 0)), "goal": number(goal)}
        for name in MEASURES if (goal := getattr(goals, name)) is not None
    ]  # fmt: skip


@blueprint.get("/members/<uuid:customer_id>/tier")
@requires("loyalty.tiers")
def new_grant(customer_id: uuid.UUID) -> Response:
    """The form of a tier by hand."""
    member = memberships.of(customer_id)
    values = {"tier": member.tier if member else None, "until": today() + KEPT}
    return _grant_page(customer_id, form_for(GrantInput, values=values))


@blueprint.post("/members/<uuid:customer_id>/tier")
@requires("loyalty.tiers")
def create_grant(customer_id: uuid.UUID) -> Response:
    """Give a tier until a day."""
    try:
        values = GrantInput.read(posted_values(GrantInput, request.form))
        held = memberships.hold(customer_id)
        steps.grant(held, values["tier"], values["until"], values["reason"], by=actor())
        words = _("%(name)s has the tier %(tier)s until %(day)s.", name=held[0].called,
                  tier=frame.tier_word(values["tier"]), day=day(values["until"]))  # fmt: skip
        db.session.commit()
    except (Invalid, Conflict) as fault:
        db.session.rollback()
        errors = fault.errors if isinstance(fault, Invalid) else {"": [str(fault)]}
        form = form_for(GrantInput, posted=request.form, errors=errors)
        form.form_errors = [s for name, said in errors.items() if name not in form for s in said]
        return _grant_page(customer_id, form, 422 if isinstance(fault, Invalid) else 409)
    flash(words, "good")
    return redirect(url_for("memberships.index", customer_id=customer_id), 303)


def _grant_page(customer_id: uuid.UUID, form: Form, status: int = 200) -> Response:
    guest, member = guests.get(customer_id), memberships.of(customer_id)
    found = tiers.progress(member, today()) if member else None
    answer: Response = frame.page(
        "grant", "loyalty.proposals", status, form=form, called=guest.called,
        code=guest.customer_code, back=url_for("memberships.index", customer_id=customer_id),
        action=url_for("loyalty.create_grant", customer_id=customer_id), member=member is not None,
        now=frame.tier_word(member.tier) if member else "",
        reached=frame.tier_word(found.reached) if found else "",
        kept=day(member.tier_kept_until) if member else "",
    )  # fmt: skip
    return answer
