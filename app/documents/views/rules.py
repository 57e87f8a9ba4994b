"""The rules for pictures of papers: which hold, why, and how one is set or taken back."""

import uuid
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import Form

from app.auth.guard import actor, requires
from app.core.countries import country_name
from app.core.errors import Invalid
from app.core.forms import form_for, posted_values
from app.core.text import fold
from app.core.web import page_or_fragment
from app.documents import rules as rulebook
from app.documents.inputs import RuleInput
from app.documents.kinds import KINDS
from app.documents.rules import Place, Rule
from app.documents.views.house import blueprint, tabs
from app.extensions import db


@blueprint.get("/rules")
@requires("documents.rules")
def rules() -> Response:
    """All rules in force, those of a country before those for any."""
    book = rulebook.load()
    lines = [_line(where, rule) for where, rule in book.known.items()]
    lines.sort(key=lambda line: line["order"])
    if ("", "") not in book.known:
        lines.append(_line(("", ""), rulebook.DEFAULT))
    return page_or_fragment(
        "documents/rules.html", "documents/rules.html", tabs=tabs("paperwork.rules"), lines=lines,
        home=_country(book.home), new=url_for("paperwork.new_rule"),
    )  # fmt: skip


@blueprint.get("/rules/new")
@requires("documents.rules")
def new_rule() -> Response:
    """The form, filled with the rule of the place that the address names, if there is one."""
    where = request.args.get("country", "")[:2], request.args.get("kind", "")[:50]
    rule = ({("", ""): rulebook.DEFAULT} | dict(rulebook.load().known)).get(where)
    values: dict[str, Any] = {"country": where[0], "document_type": where[1]}
    if rule:
        days = rule.days if rule.rule != "never" else None
        values |= {"rule": rule.rule, "days": days, "source": str(rule.source)}
    return _form_page(form_for(RuleInput, values=values))


@blueprint.post("/rules")
@requires("documents.rules")
def create_rule() -> Response:
    """Set a rule; where one is, this takes its place."""
    own = MultiDict([(k, v) for k, v in request.form.items(multi=True) if (k, v) != ("days", "")])
    try:
        rulebook.put(RuleInput.read(posted_values(RuleInput, own)), by=actor())
    except Invalid as fault:
        db.session.rollback()
        form = form_for(RuleInput, posted=request.form, errors=fault.errors)
        form.form_errors = [s for n, said in fault.errors.items() if n not in form for s in said]
        return _form_page(form, 422)
    return _done(_("Saved. The next run goes by it, for pictures kept already, too."))


@blueprint.post("/rules/<uuid:rule_id>/removal")
@requires("documents.rules")
def remove_rule(rule_id: uuid.UUID) -> Response:
    """Take a rule of the house back."""
    rulebook.remove(rule_id, by=actor())
    return _done(_("The rule is taken back."))


def _done(sentence: str) -> Response:
    db.session.commit()
    flash(sentence, "good")
    return redirect(url_for("paperwork.rules"), 303)


def _form_page(form: Form, status: int = 200) -> Response:
    return page_or_fragment(
        "documents/rule.html", "documents/rule.html", status, form=form,
        back=url_for("paperwork.rules"), action=url_for("paperwork.create_rule"),
    )  # fmt: skip


def _line(where: Place, rule: Rule) -> dict[str, Any]:
    country, kind = where
    name = _country(country)
    return {
        "country": name or _("Any country"),
        "kind": str(KINDS[kind].label) if kind in KINDS else _("Every kind"),
        "rule": rulebook.said(rule), "source": rule.source, "supplied": rule.row is None,
        "default": rule is rulebook.DEFAULT, "order": (not country, fold(name), not kind, kind),
        "change": url_for("paperwork.new_rule", country=country or None, kind=kind or None),
        "removal": url_for("paperwork.remove_rule", rule_id=rule.row) if rule.row else "",
    }  # fmt: skip


def _country(code: str) -> str:
    return str(country_name(code, str(get_locale() or "en")) or "") if code else ""
