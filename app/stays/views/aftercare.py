"""What is added to a stay afterwards, and complaints resolved, on a page of the stay."""

import uuid
from datetime import date
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.auth.guard import actor, requires
from app.core.errors import Conflict, Invalid
from app.core.forms import form_for, posted_values
from app.core.i18n import day
from app.core.inputs import Line, Text
from app.extensions import db
from app.stays import aftercare
from app.stays.aftercare import TEXTS
from app.stays.inputs import LONGEST_REQUEST, CorrectionInput, ResolutionInput, flat_sentences
from app.stays.models import Stay
from app.stays.overlaps import span
from app.stays.views import blueprint, draft

FIELDS = (
    "check_out", "purpose", "total_room_charge", "total_extras", "satisfaction_score",
    "staff_notes", "memorable_experiences",
)  # fmt: skip
BECAME = {"yes": True, "no": False}
"""What became of a request, as the form sends it; else nobody noted it."""
WORDS, REQUEST = Text(max_length=2000), Line(max_length=LONGEST_REQUEST)


@blueprint.get("/stays/<uuid:stay_id>/edit")
@requires("bookings.update")
def edit_stay(stay_id: uuid.UUID) -> Response:
    """The form of what staff know of a stay."""
    stay = aftercare.get(stay_id)
    actor().must("guests.notes")
    return _page(stay)


@blueprint.post("/stays/<uuid:stay_id>")
@requires("bookings.update")
def update_stay(stay_id: uuid.UUID) -> Response:
    """Write what was added and corrected."""
    stay = aftercare.hold(stay_id)
    try:
        if draft.version() != stay.version:
            raise Conflict(
                _("Somebody else added to this stay meanwhile. Look at it again before you save.")
            )
        changes = aftercare.correct(stay, _read(), by=actor())
        followed = aftercare.follow(stay, changes, by=actor())
    except (Invalid, Conflict) as fault:
        db.session.rollback()
        return _page(aftercare.get(stay_id), fault)
    return _done(stay, " ".join([_("Saved."), *followed]) if changes else _("Nothing was changed."))


@blueprint.post("/stays/<uuid:stay_id>/resolutions")
@requires("bookings.update")
def resolve(stay_id: uuid.UUID) -> Response:
    """Close a complaint: how it was made good, and by whom."""
    stay = aftercare.hold(stay_id)
    try:
        how = ResolutionInput.read({"how": request.form.get("how", "")})["how"]
        number = request.form.get("number", -1, type=int)
        changes = aftercare.resolve(stay, number, how, by=actor())
        followed = aftercare.follow(stay, changes, by=actor())
    except (Invalid, Conflict) as fault:
        db.session.rollback()
        return _page(aftercare.get(stay_id), fault, resolving=True)
    return _done(stay, " ".join([_("The complaint is resolved."), *followed]))


def _read() -> dict[str, Any]:
    errors: dict[str, list[str]] = {}
    sent = MultiDict((name, request.form[name]) for name in FIELDS if name in request.form)
    values: dict[str, Any] = {}
    try:
        values = CorrectionInput.read(posted_values(CorrectionInput, sent, FIELDS), partial=True)
    except Invalid as fault:
        errors |= fault.errors
    for name in TEXTS:
        values[name] = flat_sentences(errors, name, WORDS, request.form.getlist(name))
    wanted = request.form.getlist("request")
    checked = flat_sentences(errors, "request", REQUEST, wanted)
    values["special_requests_fulfilled"] = [
        {"request": text, "fulfilled": BECAME.get(request.form.get(f"fulfilled-{n}", ""))}
        for n, text in enumerate(checked) if text
    ]  # fmt: skip
    if errors:
        raise Invalid(errors)
    return values


def _done(stay: Stay, sentence: str) -> Response:
    where = url_for("stays.history", customer_id=stay.customer_id, _anchor=f"s-{stay.id}")
    db.session.commit()
    flash(sentence, "good")
    return redirect(where, 303)


def _page(
    stay: Stay, fault: Invalid | Conflict | None = None, *, resolving: bool = False
) -> Response:
    guest = aftercare.guest_of(stay)
    again = request.form if fault and not resolving else None
    errors = fault.errors if isinstance(fault, Invalid) else {}
    form = form_for(
        CorrectionInput, values=_stored(stay),
        posted=again and MultiDict((n, again[n]) for n in FIELDS if n in again), errors=errors,
    )  # fmt: skip
    context = {
        "form": form, "errors": errors,
        "refusal": str(fault) if isinstance(fault, Conflict) else "",
        "stay": stay, "version": stay.version, "called": guest.called,
        "dates": span(stay.check_in_date, stay.check_out_date),
        "back": url_for("stays.history", customer_id=guest.id, _anchor=f"s-{stay.id}"),
        "lists": {name: _words(stay, name, again) for name in TEXTS},
        "requests": _requests(stay, again), "how": request.form.get("how", ""),
        "open": _open(stay), "number": request.form.get("number", -1, type=int),
    }  # fmt: skip
    status = 200 if fault is None else 422 if errors else 409
    return make_response(render_template("stays/edit_stay.html", **context), status)


def _stored(stay: Stay) -> dict[str, Any]:
    columns = {name: CorrectionInput().fields[name].attribute or name for name in FIELDS}
    return {n: getattr(stay, column) for n, column in columns.items()} | aftercare.charges(stay)


def _words(stay: Stay, name: str, again: Any) -> list[str]:
    """The words of a list's entries, and an empty one for the next."""
    if again is not None:
        found = again.getlist(name)
    else:
        found = [str(entry.get(TEXTS[name], "")) for entry in getattr(stay, name) or []]
    return found if found and not found[-1] else [*found, ""]


def _requests(stay: Stay, again: Any) -> list[tuple[str, str]]:
    if again is not None:
        texts = again.getlist("request")
        found = [(text, again.get(f"fulfilled-{n}", "")) for n, text in enumerate(texts)]
    else:
        words: dict[bool | None, str] = {became: word for word, became in BECAME.items()}
        known = stay.special_requests_fulfilled or []
        found = [(str(each["request"]), words.get(each.get("fulfilled"), "")) for each in known]
    return found if found and not found[-1][0] else [*found, ("", "")]


def _open(stay: Stay) -> list[dict[str, Any]]:
    """Complaints that wait, by number; resolved ones with how and by whom."""
    return [
        {"number": n, "text": each["text"], "resolved": each.get("resolved"),
         "resolution": each.get("resolution"), "by": each.get("resolved_by"),
         "on": _on(each.get("resolved_on"))}
        for n, each in enumerate(stay.complaints or [])
    ]  # fmt: skip


def _on(told: str | None) -> str:
    return day(date.fromisoformat(told)) if told else ""
