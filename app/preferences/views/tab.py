"""The tab: nine groups, a URL each; every touch saves, says so, and can be taken back."""

import uuid
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.auth.guard import actor, requires
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.web import page_or_fragment, wants_fragment
from app.customers import marks as marking
from app.customers import parts
from app.customers import services as guests
from app.customers.models import Customer, Mark
from app.customers.views.frame import alerts, frame, opened
from app.extensions import db
from app.preferences import lists, services, suggestions, undo
from app.preferences.catalogue import FIELDS, GROUPS, Field, groups
from app.preferences.services import Touch
from app.preferences.undo import Undo
from app.preferences.views import blueprint
from app.preferences.views.panel import SHOWN_SOURCES, TARGET, panel
from app.preferences.wishes import said

FIRST = "room"
parts.add_tab(parts.Tab(20, "preferences", _l("Preferences"), "preferences.index", "guests.read"))
Said = list[tuple[str, Any]]
"""Toasts: a tone, and a sentence, with an undo where there is one."""


@blueprint.get("/preferences")
@requires("guests.read")
def index(customer_id: uuid.UUID) -> Response:
    """The tab as it opens: the first group."""
    return _page(customer_id, FIRST)


@blueprint.get("/preferences/<group>")
@requires("guests.read")
def show(customer_id: uuid.UUID, group: str) -> Response:
    """One group."""
    return _page(customer_id, group)


@blueprint.post("/preferences/<group>")
@requires("preferences.update")
def update(customer_id: uuid.UUID, group: str) -> Response:
    """One touch: a chip on or off, or one value typed."""
    _permit(group)
    guest = guests.hold(customer_id)
    try:
        touch, told = _touch(guest, group)
    except Invalid as fault:
        db.session.rollback()
        return _refused(customer_id, group, fault)
    added = touch.name if touch and not {"on", "off"} & set(request.form) else ""
    return _touched(guest, group, told, touch, added=added)


@blueprint.post("/preferences/<group>/undos")
@requires("preferences.update")
def take_back(customer_id: uuid.UUID, group: str) -> Response:
    """Undo one touch or one decision: what was before, from whom it was."""
    _permit(group)
    guest, by = guests.hold(customer_id), actor()
    wanted = undo.unseal(guest.id, request.args.get("token", ""))
    touch, done = None, False
    try:
        if wanted.touch:
            touch = services.restore(guest, wanted.touch, by=by)
            done = touch is not None
        if wanted.suggestion:
            done |= suggestions.reopen(guest, suggestions.find(guest, wanted.suggestion), by=by)
        told: Said = [("good", _("Taken back.") if done else _("It is as it was already."))]
    except (Conflict, NotFound) as fault:
        told = [("attention", str(fault) if isinstance(fault, Conflict) else _("It is gone."))]
    return _touched(guest, group, told, touch)


@blueprint.post("/preferences/<group>/decisions")
@requires("preferences.update")
def decide(customer_id: uuid.UUID, group: str) -> Response:
    """Confirm or decline what the stays suggest."""
    _permit(group)
    guest, by = guests.hold(customer_id), actor()
    row = suggestions.find(guest, _suggestion_id())
    words = said(FIELDS[row.field], row.option, lists.known())
    if request.form.get("decision") == "accept":
        touch = suggestions.accept(guest, row, by=by)
        done, sentence = touch is not None, _("Confirmed: %(what)s.", what=words)
    else:
        touch = None
        done = suggestions.decline(guest, row, by=by)
        sentence = _("Declined: %(what)s.", what=words)
    undone = Undo(touch, row.id)
    told: Said = [("good", _with_undo(guest, group, sentence, undone) if done
                   else _("Nothing was changed."))]  # fmt: skip
    return _touched(guest, group, told, touch)


def _suggestion_id() -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get("suggestion", ""))
    except ValueError:
        raise NotFound("suggestion") from None


def _permit(group: str) -> None:
    """Raise NotFound for no group, NotAllowed for one of which this person may see nothing."""
    if group not in GROUPS:
        raise NotFound(group)
    if group not in groups(actor()):
        raise NotAllowed(group)


def _source() -> Any:
    given = request.values.get("source", SHOWN_SOURCES[0])
    if given not in SHOWN_SOURCES:
        raise Invalid({"source": _("This is not one of the listed values.")})
    return given


def _page(customer_id: uuid.UUID, group: str) -> Response:
    _permit(group)
    source = _source()
    guest, marks = opened(customer_id, "preferences")
    if guest.id != customer_id:
        return redirect(url_for("preferences.show", customer_id=guest.id, group=group), 303)
    context = _context(guest, marks, group, source)
    return page_or_fragment("customers/show.html", "customers/_panel.html", **context)


def _context(
    guest: Customer, marks: list[Mark], group: str, source: str, **more: Any
) -> dict[str, Any]:
    title = _("Preferences of %(name)s", name=guest.full_name)
    context = frame(guest, marks, "preferences") | {
        "panel": "preferences/_preferences.html", "title": title, "partial": wants_fragment(),
    }  # fmt: skip
    return context | panel(guest, group, actor(), source, **more)


def _refused(customer_id: uuid.UUID, group: str, fault: Invalid) -> Response:
    """The group again, with the sentence at its field and what was typed."""
    guest, source = guests.get(customer_id), _source()
    more: dict[str, Any] = {"faults": fault.errors, "typed": request.form.to_dict()}
    homeless = [s for name, said_ in fault.errors.items() if name not in FIELDS for s in said_]
    told = [("danger", sentence) for sentence in homeless]
    if wants_fragment():
        context = panel(guest, group, actor(), source, **more) | {"said": told}
        return make_response(render_template("preferences/_touched.html", **context), 422)
    for tone, sentence in told:
        flash(sentence, tone)
    context = _context(guest, marking.of(guest.id), group, source, **more)
    return make_response(render_template("customers/show.html", **context), 422)


def _touch(guest: Customer, group: str) -> tuple[Touch | None, Said]:
    """What was posted, done; and what to say of it."""
    name, by, source = request.form.get("field", ""), actor(), _source()
    field = services.field_of(name)
    if field.group != group:
        raise Invalid({"field": _("This preference is not in this group.")})
    known = lists.known()
    if "off" in request.form:
        code = request.form["off"]
        touch = services.set_off(guest, name, code, source=source, by=by)
        sentence = _("Taken away: %(what)s.", what=said(field, code, known))
    else:
        touch = services.set_on(guest, name, _wanted(field), source=source, by=by)
        code = touch.after[-1] if touch else ""
        sentence = _("Saved: %(what)s.", what=said(field, code, known)) if touch else ""
    if touch is None:
        return None, [("info", _("It is like this already; nothing was changed."))]
    told: Said = [("good", _with_undo(guest, group, sentence, Undo(touch)))]
    return touch, [*told, *_meanwhile(field, touch, known)]


def _wanted(field: Field) -> str:
    """The code that a chip stands for, or that the typed parts make."""
    form = request.form
    if "on" in form:
        return form["on"]
    parts_ = {name: form.get(name, "").strip() for name in form}
    if field.kind == "hours":
        return f"{parts_.get('from', '')}-{parts_.get('to', '')}"
    if field.kind == "occasions":
        day = f"{parts_.get('month', ''):0>2}-{parts_.get('day', ''):0>2}"
        return ":".join((day, parts_.get("occasion", ""), parts_.get("wish", ""))).rstrip(":")
    if parts_.get("floor"):
        return f"specific:{parts_['floor']}"
    return parts_.get("item", "")


def _meanwhile(field: Field, touch: Touch, known: lists.Lists) -> Said:
    """Tell the later of two who chose differently what the page did not show yet."""
    shown = request.form.get("was")
    before = touch.before[0] if touch.before else ""
    if field.several or shown is None or shown == before:
        return []
    who = touch.former[before].noted_name if before in touch.former else ""
    if before and who:
        return [("info", _("Meanwhile %(who)s had chosen: %(what)s. Your choice stands now.",
                           who=who, what=said(field, before, known)))]  # fmt: skip
    return [("info", _("Somebody had taken the former choice away meanwhile."))]


def _with_undo(guest: Customer, group: str, sentence: str, undone: Undo) -> dict[str, str]:
    token = undo.seal(guest.id, undone)
    href = url_for("preferences.take_back", customer_id=guest.id, group=group, token=token)
    return {"text": sentence, "undo": href, "target": TARGET}


def _touched(
    guest: Customer, group: str, told: Said, touch: Touch | None, *, added: str = ""
) -> Response:
    """The group as it is now; without htmx the page again. `added` names what was typed."""
    source = _source()
    if not wants_fragment():
        db.session.commit()
        for tone, sentence in told:
            flash(sentence, tone)
        href = url_for("preferences.show", customer_id=guest.id, group=group, source=source)
        return redirect(href, 303)
    db.session.flush()
    context = panel(guest, group, actor(), source, after=touch) | {"said": told, "added": added}
    if touch and FIELDS[touch.name].care:
        context["alerts"] = alerts(guest, marking.of(guest.id), actor())
    answer = make_response(render_template("preferences/_touched.html", **context))
    db.session.commit()
    return answer
