"""A new booking, and a booking changed: one small form for both."""

import uuid
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.auth.guard import actor, requires
from app.core.audit import Event
from app.core.errors import Conflict, Invalid, NotFound
from app.core.text import initials
from app.core.types import new_id
from app.core.web import wants_fragment
from app.customers import services as guests
from app.customers.models import Customer
from app.customers.parts import care
from app.extensions import db
from app.stays import bookings, stops, suggestions, trail
from app.stays.models import STAYING, Booking
from app.stays.overlaps import Overlap
from app.stays.stops import Stopped
from app.stays.views import blueprint, draft, offers
from app.stays.views.said import changes_in_words, clashes_in_words, stops_in_words


@blueprint.get("/bookings/new")
@requires("bookings.update")
def pick() -> Response:
    """Ask whose booking it is, then on to the form."""
    chosen = request.args.get("guest")
    if chosen:
        try:
            return redirect(url_for("stays.new", customer_id=uuid.UUID(chosen)), 303)
        except ValueError:
            raise NotFound(chosen) from None
    typed = request.args.get("q", "")[:200]
    return make_response(render_template("stays/pick.html", typed=typed), 422 if typed else 200)


@blueprint.get("/customers/<uuid:customer_id>/bookings/new")
@requires("bookings.update")
def new(customer_id: uuid.UUID) -> Response:
    """An empty form; what the last stay suggests stands beside it."""
    guest = guests.get(customer_id)
    if guest.id != customer_id:
        return redirect(url_for("stays.new", customer_id=guest.id), 303)
    found = stops.find([guest.id])
    dates = dict.fromkeys(("check_in", "check_out"))
    return _new_page(guest, draft.empty(dates), stops=[stop.told(actor()) for stop in found])


@blueprint.post("/customers/<uuid:customer_id>/bookings")
@requires("bookings.update")
def create(customer_id: uuid.UUID) -> Response:
    """Make the booking; or fill a suggestion in; or say what stands in the way."""
    if _only_drawn():
        return _new_page(guests.get(customer_id), None)
    guest = guests.hold(customer_id)
    made = _made_before(guest)
    try:
        booking = made or bookings.create(guest, draft.read(), by=actor(), **_how(id=_id()))
    except (Invalid, Conflict) as fault:
        db.session.rollback()
        shown = _in_the_way(fault)
        guest = guests.get(customer_id)
        return _new_page(guest, draft.posted(_as_invalid(fault)), _status(fault), **shown)
    return _done(booking, _("Booked: %(reference)s.", reference=booking.reference))


def _only_drawn() -> bool:
    do = request.form.get("do", "")
    return do.startswith((offers.TAKE, offers.AGREED)) or do in (draft.MORE, draft.DRAW)


def _how(**more: Any) -> dict[str, Any]:
    """What the form says of overrides, as far as this person may say it."""
    reason = request.form.get("override_reason") if actor().may("bookings.override") else None
    return more | {"override": reason, "despite_overlap": request.form.get("do") == draft.DESPITE}


def _id() -> uuid.UUID:
    wanted = draft.form_id()
    taken = wanted is None or db.session.get(Booking, wanted) is not None
    return new_id() if taken or wanted is None else wanted


def _made_before(guest: Customer) -> Booking | None:
    """The booking that this very form has made already; its guest is held, so nobody is quicker."""
    wanted = draft.form_id()
    there = db.session.get(Booking, wanted) if wanted else None
    return there if there is not None and there.customer_id == guest.id else None


def _as_invalid(fault: Invalid | Conflict) -> Invalid:
    if isinstance(fault, Invalid):
        return fault
    return Invalid({} if isinstance(fault, Stopped | Overlap) else {"": str(fault)})


def _status(fault: Invalid | Conflict) -> int:
    return 409 if isinstance(fault, Conflict) else 422


def _in_the_way(fault: Invalid | Conflict) -> dict[str, Any]:
    """What stands in the way, for the page: stops, or bookings for the same nights."""
    if isinstance(fault, Stopped):
        return {"stops": fault.details["stops"], "stopped": True}
    if isinstance(fault, Overlap):
        return {"overlaps": fault.details["overlaps"]}
    return {}


def _done(booking: Booking, sentence: str) -> Response:
    where = url_for("stays.show", booking_id=booking.id)
    db.session.commit()
    flash(sentence, "good")
    return redirect(where, 303)


@blueprint.get("/bookings/<uuid:booking_id>/edit")
@requires("bookings.update")
def edit(booking_id: uuid.UUID) -> Response:
    """The form of a booking on file."""
    booking = bookings.get(booking_id)
    if booking.status not in STAYING:
        return redirect(url_for("stays.show", booking_id=booking.id), 303)
    found = stops.find(stops.people(booking), since=booking.override_at)
    told = [stop.told(actor()) for stop in found]
    return _edit_page(booking, draft.of(booking), stops=told)


@blueprint.post("/bookings/<uuid:booking_id>")
@requires("bookings.update")
def update(booking_id: uuid.UUID) -> Response:
    """Change the booking; what others changed meanwhile is shown before anything is overwritten."""
    if _only_drawn():
        return _edit_page(bookings.get(booking_id), None)
    booking = bookings.hold(booking_id)
    seen = draft.version()
    if seen != booking.version:
        return _edit_page(booking, draft.posted(), 409, meanwhile=trail.since(booking, seen))
    try:
        values = draft.read()
        changes = bookings.change(booking, values, by=actor(), **_how())
    except (Invalid, Conflict) as fault:
        db.session.rollback()
        shown = _in_the_way(fault)
        again = draft.posted(_as_invalid(fault))
        return _edit_page(bookings.get(booking_id), again, _status(fault), **shown)
    return _done(booking, _("Saved.") if changes else _("Nothing was changed."))


def _new_page(
    guest: Customer, made: draft.Draft | None, status: int = 200, **more: Any
) -> Response:
    context = {
        "title": _("New booking"), "action": url_for("stays.create", customer_id=guest.id),
        "back": url_for("customers.show", customer_id=guest.id), "save": _("Book"),
        "form_id": request.form.get("form_id") or str(new_id()), "version": None,
    }  # fmt: skip
    return _page(guest, made, status, context, **more)


def _edit_page(
    booking: Booking, made: draft.Draft | None, status: int = 200, **more: Any
) -> Response:
    context = {
        "title": _("Change %(reference)s", reference=booking.reference), "save": _("Save"),
        "action": url_for("stays.update", booking_id=booking.id),
        "back": url_for("stays.show", booking_id=booking.id), "form_id": None,
        "version": booking.version,
    }  # fmt: skip
    return _page(booking.customer, made, status, context, **more)


def _page(
    guest: Customer, made: draft.Draft | None, status: int, context: dict[str, Any], *,
    stops: list[dict[str, Any]] | None = None, stopped: bool = False,
    overlaps: list[dict[str, Any]] | None = None, meanwhile: list[Event] | None = None,
) -> Response:  # fmt: skip
    """The form as `made`, or without that as it was posted, with what a touch took over."""
    by = actor()
    made, suggested = offers.drawn(guest, made, past=context["version"] is None)
    context |= {
        "draft": made, "form": made.form, "called": guest.called, "code": guest.customer_code,
        "initials": initials(guest.full_name), "suggested": suggested,
        "touched": request.form.get("do", "").partition(":")[0],
        "care": care(guest.preferences_summary, by, whole=True),
        "stops": stops_in_words(stops or []), "stopped": stopped,
        "clashes": clashes_in_words(overlaps or []),
        "may_override": by.may("bookings.override"), "offered": suggestions.in_use(),
        "meanwhile": [line for e in meanwhile or [] for line in changes_in_words(e, by)],
    }  # fmt: skip
    if stopped and by.may("bookings.override"):
        draft.ask_reason(made)
    template = "stays/_form.html" if wants_fragment() else "stays/form.html"
    return make_response(render_template(template, **context), status)
