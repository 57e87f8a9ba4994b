"""Acts on a membership: a form in a dialog or on a page of its own, and what comes after it."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import Form

from app.auth.guard import actor, requires
from app.core.actor import Actor
from app.core.errors import Conflict, Invalid
from app.core.forms import form_for, posted_values
from app.core.inputs import Input
from app.core.types import new_id
from app.core.web import page_or_fragment, wants_fragment
from app.customers import marks as marking
from app.customers import services as guests
from app.customers.models import Customer
from app.customers.views.frame import frame
from app.extensions import db
from app.loyalty.member import blueprint, shown

CONTROLS = ("form_id", "csrf_token", "pick", "do")
Fault = Invalid | Conflict
Posted = MultiDict[str, str]


@dataclass(frozen=True)
class Deed:
    """One act: who may, what its form asks, what it does, what is told beforehand.

    do: writes, and gives the sentence for afterwards; the caller commits. about: more for the
    page, such as `told` (sentences), `picks`, `takers`, and `barred` where it cannot be done.
    reckon: says what typed values come to, '' for nothing yet.
    """

    noun: str
    permission: str
    schema: type[Input]
    title: Any
    save: Any
    do: Callable[[uuid.UUID, Mapping[str, Any], uuid.UUID, Actor], str]
    about: Callable[[Customer], dict[str, Any]] = lambda _guest: {}
    reckon: Callable[[Customer, Mapping[str, Any]], str] | None = None
    danger: bool = False


deeds: dict[str, Deed] = {}
DONE = _l("This had been done already.")
"""What is told of a form that was sent a second time."""


def add(deed: Deed) -> None:
    """Give an act its two addresses: the form, and where it is sent."""
    deeds[deed.noun] = deed

    @requires(deed.permission)
    def new(customer_id: uuid.UUID) -> Response:
        guest = guests.get(customer_id)
        if guest.id != customer_id:
            return redirect(url_for(f"memberships.new_{deed.noun}", customer_id=guest.id), 303)
        return page(guest, deed, form_for(deed.schema))

    @requires(deed.permission)
    def create(customer_id: uuid.UUID) -> Response:
        if {"pick", "do"} & request.form.keys():
            return _worked(guests.get(customer_id), deed)
        return sent(customer_id, deed, lambda values, form_id: deed.do(
            customer_id, values, form_id, actor()
        ))  # fmt: skip

    path = f"/{deed.noun}s"
    blueprint.add_url_rule(f"{path}/new", f"new_{deed.noun}", new)
    blueprint.add_url_rule(path, f"create_{deed.noun}", create, methods=["POST"])


def sent(
    customer_id: uuid.UUID, deed: Deed, do: Callable[[Mapping[str, Any], uuid.UUID], str],
    **more: Any,
) -> Response:  # fmt: skip
    """Do what the form asks for; what is wrong with it is told in the form, and nothing written."""
    try:
        values = deed.schema.read(posted_values(deed.schema, own()))
        sentence = do(values, _form_id())
        db.session.commit()
    except (Invalid, Conflict) as fault:
        db.session.rollback()
        status = 422 if isinstance(fault, Invalid) else 409
        return page(guests.get(customer_id), deed, again(deed.schema, fault), status, **more)
    return changed(customer_id, sentence)


def own() -> Posted:
    """What was posted, without the form's own controls."""
    return MultiDict((k, v) for k, v in request.form.items(multi=True) if k not in CONTROLS)


def _form_id() -> uuid.UUID:
    """The id that the form was given for its entry."""
    try:
        return uuid.UUID(request.form.get("form_id", ""))
    except ValueError:
        raise Invalid({"": _("This form is incomplete. Load it again.")}) from None


def again(schema: type[Input], fault: Fault) -> Form:
    """The form as it was typed, with the sentences of what is wrong."""
    errors = fault.errors if isinstance(fault, Invalid) else {"": [str(fault)]}
    form = form_for(schema, posted=own(), errors=errors)
    form.form_errors = [s for n, said in errors.items() if n not in form for s in said]
    return form


def _worked(guest: Customer, deed: Deed) -> Response:
    """The form with a quick choice taken, and what the typed comes to; for who has no script."""
    typed = own()
    if pick := request.form.get("pick"):
        typed.setlist("points", [pick])
    return page(guest, deed, form_for(deed.schema, posted=typed), reckoned=reckoned(guest, deed,
                typed))  # fmt: skip


def reckoned(guest: Customer, deed: Deed, typed: Posted) -> str:
    """What the typed comes to, or why it cannot be."""
    known = deed.schema().fields
    given = MultiDict((n, v) for n, v in typed.items() if n in known and v.strip())
    if deed.reckon is None or not given:
        return ""
    try:
        values = deed.schema.read(posted_values(deed.schema, given), partial=True)
        return deed.reckon(guest, values)
    except (Invalid, Conflict) as fault:
        return str(fault)


def page(guest: Customer, deed: Deed, form: Form, status: int = 200, **more: Any) -> Response:
    """The form of an act: a dialog above the tab, or a page of its own."""
    here: dict[str, Any] = {"customer_id": guest.id}
    context = {
        "called": guest.called, "code": guest.customer_code, "form": form, "title": deed.title,
        "save": deed.save, "danger": deed.danger, "noun": deed.noun,
        "back": url_for("memberships.index", **here), "told": [], "barred": "", "picks": [],
        "takers": [], "listed": {}, "reckoned": "",
        "form_id": request.form.get("form_id") or str(new_id()),
        "reckoning": deed.reckon and url_for("memberships.reckoning", **here, what=deed.noun),
    }  # fmt: skip
    if "action" not in more:
        context["action"] = url_for(f"memberships.create_{deed.noun}", **here)
    return page_or_fragment(
        "loyalty/member/deed.html", "loyalty/member/_deed_dialog.html", status,
        **context | deed.about(guest) | more,
    )  # fmt: skip


@blueprint.get("/reckonings")
@requires("loyalty.read")
def reckoning(customer_id: uuid.UUID) -> Response:
    """What the typed values of a form come to, while they are typed."""
    deed = deeds.get(request.args.get("what", ""))
    said = reckoned(guests.get(customer_id), deed, request.args) if deed else ""
    return make_response(render_template("loyalty/member/_reckoned.html", reckoned=said))


def changed(customer_id: uuid.UUID, sentence: str) -> Response:
    """The tab as it is now, with a word of what was done; without htmx the tab's page."""
    if not wants_fragment():
        flash(sentence, "good")
        return redirect(url_for("memberships.index", customer_id=customer_id), 303)
    guest, marks = guests.get(customer_id), marking.of(customer_id)
    context = frame(guest, marks, "loyalty") | shown.panel(guest, by=actor())
    answer = make_response(
        render_template("loyalty/member/_changed.html", **context, sentence=sentence)
    )
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#panel", "outerHTML"
    return answer
