"""Making a guest: one form, a look for who it may already be, and never twice by one form."""

import uuid
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response
from wtforms import Form

from app.auth.guard import actor, may, requires
from app.core.errors import Conflict, Invalid, NotFound
from app.core.forms import form_for
from app.core.text import initials
from app.core.types import new_id
from app.customers import lookalikes, parts, services
from app.customers.inputs import GROUPS, CustomerInput
from app.customers.lookalikes import Candidate
from app.customers.models import Customer
from app.customers.parts import care
from app.customers.views import blueprint, cards, posted
from app.customers.views.fields import laid_out
from app.customers.words import label_of, labels_of, said
from app.extensions import db

COMPARED = ("date_of_birth", "phone", "email", "nationality", "city", "company_name")
LONGEST_PREFILL = 200


def _groups() -> list[str]:
    return [group for group in cards.editable(actor()) if group not in ("vip", "credit", "tax")]


@blueprint.get("/new")
@requires("guests.create")
def new() -> Response:
    """An empty form, or one that starts with what was typed in the search box."""
    return filled(prefilled(request.args.get("q", "")), {})


def filled(
    values: dict[str, Any], carries: dict[str, str], alerts: list[dict[str, Any]] | None = None
) -> Response:
    """The form with these values, what it carries for other features, and what is to be said."""
    groups = _groups()
    names = [name for group in groups for name in GROUPS[group][2]]
    usual = {"customer_type": "individual", "data_retention_consent": True}
    form = form_for(CustomerInput, names, values=usual | values)
    return _form_page(form, groups, carries=carries, alerts=alerts)


def prefilled(query: str) -> dict[str, Any]:
    """What was typed in search as the field that it belongs in."""
    text = " ".join(query.split())[:LONGEST_PREFILL]
    if "@" in text:
        return {"email": text}
    digits = sum(c.isdecimal() for c in text)
    if digits >= 4 and not any(c.isalpha() for c in text):
        return {"phone": text}
    return {"full_name": text} if text else {}


@blueprint.post("/new")
@requires("guests.create")
def create() -> Response:
    """Make the guest; or show who it may already be; or fill the gaps of who it certainly is."""
    groups = _groups()
    names = [name for group in groups for name in GROUPS[group][2]]
    form_id = _form_id()  # before anything is looked for, so that nobody is quicker in between
    try:
        values = {n: v for n, v in posted.typed(names).items() if v is not None}
        return _made_before(values) or _once(values, form_id, groups, names)
    except (Invalid, Conflict) as fault:
        db.session.rollback()
        invalid = fault if isinstance(fault, Invalid) else Invalid({"": str(fault)})
        return _form_page(posted.again(names, invalid), groups, status=422)


def _once(
    values: dict[str, Any], form_id: uuid.UUID, groups: list[str], names: list[str]
) -> Response:
    try:
        return _decide(values, form_id, groups, names)
    except IntegrityError:  # the same form, sent at the same moment, was quicker
        db.session.rollback()
        return _made_before(values) or _create(values, new_id(), [])


def _decide(
    values: dict[str, Any], form_id: uuid.UUID, groups: list[str], names: list[str]
) -> Response:
    found = lookalikes.find(values, by=actor())
    if any(candidate.customer.id == form_id for candidate in found) and (
        made := _made_before(values)
    ):
        return made
    chosen = request.form.get("fill")
    if chosen:
        return _fill(values, next((c for c in found if str(c.customer.id) == chosen), None))
    passed = set(request.form.get("anyway", "").split())
    if any(str(candidate.customer.id) not in passed for candidate in found):
        db.session.commit()  # keeps the note that a paper was looked up
        form = posted.again(names, Invalid({}))
        return _form_page(form, groups, status=409, found=found, values=values)
    return _create(values, form_id, found)


def _create(values: dict[str, Any], form_id: uuid.UUID, found: list[Candidate]) -> Response:
    despite = [candidate.customer.id for candidate in found]
    guest = services.create(values, by=actor(), despite=despite, id=form_id)
    _make_carried(guest)
    db.session.commit()
    sentence = _("%(name)s is now a guest, %(code)s.", name=guest.called, code=guest.customer_code)
    flash(sentence, "good")
    return redirect(url_for("customers.show", customer_id=guest.id), 303)


def _fill(values: dict[str, Any], candidate: Candidate | None) -> Response:
    if candidate is None:
        raise Conflict(_("It is not certain that this is the same person."))
    guest = services.hold(candidate.customer.id)
    changes = lookalikes.fill_gaps(guest, values, by=actor())
    _make_carried(guest)
    db.session.commit()
    sentence = _("Added to this guest: %(fields)s.", fields=labels_of(changes))
    flash(sentence if changes else _("This guest had everything already."), "good")
    return redirect(url_for("customers.show", customer_id=guest.id), 303)


def _make_carried(guest: Customer) -> None:
    for name, sent in _carried().items():
        parts.carried[name].made(guest, sent, actor())


def _carried() -> dict[str, str]:
    return {name: sent for name in parts.carried if (sent := request.form.get(name))}


def _form_id() -> uuid.UUID:
    """The id that the form was given for its guest: sent twice, it cannot make two."""
    try:
        found = uuid.UUID(request.form.get("form_id", ""))
    except ValueError:
        return new_id()
    taken = found.version != 7 or db.session.get(Customer, found) is not None
    return new_id() if taken else found


def _made_before(values: dict[str, Any]) -> Response | None:
    """To the guest that this very form has made already; None for a form sent the first time."""
    try:
        guest = services.get(uuid.UUID(request.form.get("form_id", "")))
    except (ValueError, NotFound):
        return None
    mine = guest.created_by == actor().user_id
    if not mine or guest.full_name != lookalikes.name_of(values):
        return None
    return redirect(url_for("customers.show", customer_id=guest.id), 303)


def _form_page(
    form: Form, groups: list[str], *, status: int = 200, found: list[Candidate] | None = None,
    values: dict[str, Any] | None = None, carries: dict[str, str] | None = None,
    alerts: list[dict[str, Any]] | None = None,
) -> Response:  # fmt: skip
    form_id = request.form.get("form_id") or str(new_id())
    context = {
        "form": form, "groups": laid_out(form, groups, {}), "form_id": form_id,
        "action": url_for("customers.create"), "whole": True,
        "newcomer": _newcomer(values or {}),
        "found": [_shown(candidate, values or {}) for candidate in found or []],
        "anyway": " ".join(str(c.customer.id) for c in found or []), "alerts": alerts or [],
        "carries": [(name, str(parts.carried[name].label), sent)
                    for name, sent in (_carried() if carries is None else carries).items()],
        "head_actions": [(str(each.label), url_for(each.endpoint), each.icon)
                         for each in parts.new_actions if may(each.permission)],
    }  # fmt: skip
    return make_response(render_template("customers/new.html", **context), status)


def _newcomer(values: dict[str, Any]) -> dict[str, Any]:
    name = lookalikes.name_of(values)
    return {"name": name, "initials": initials(name), "facts": _facts(values)}


def _facts(values: dict[str, Any]) -> list[tuple[str, str, bool]]:
    return [(label_of(name), said(name, values.get(name)), False) for name in COMPARED]


def _shown(candidate: Candidate, values: dict[str, Any]) -> dict[str, Any]:
    """A look-alike beside the newcomer; equal values are marked."""
    guest = candidate.customer
    facts = [
        (label_of(n), said(n, there := getattr(guest, n)), bool(there) and there == values.get(n))
        for n in COMPARED
    ]
    return {
        "id": guest.id, "name": guest.called, "code": guest.customer_code,
        "initials": initials(guest.full_name), "facts": facts, "reasons": candidate.reasons,
        "doubts": candidate.doubts, "certain": candidate.certain and actor().may("guests.update"),
        "banned": guest.is_blacklisted, "stays": guest.total_stays,
        "care": care(guest.preferences_summary, actor()),
        "href": url_for("customers.show", customer_id=guest.id),
    }  # fmt: skip
