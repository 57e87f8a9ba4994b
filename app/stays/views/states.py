"""A booking cancelled, its guest missing, or all as before: sent from the booking's page."""

import uuid
from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.auth.guard import actor, requires
from app.core.errors import Conflict, Invalid
from app.extensions import db
from app.stays import bookings
from app.stays.bookings import Told
from app.stays.inputs import EndInput
from app.stays.models import Booking
from app.stays.overlaps import Overlap
from app.stays.stops import Stopped
from app.stays.views import blueprint
from app.stays.views.bookings import page
from app.stays.views.draft import DESPITE
from app.stays.views.said import clashes_in_words, stops_in_words


@blueprint.post("/bookings/<uuid:booking_id>/cancellations")
@requires("bookings.update")
def cancel(booking_id: uuid.UUID) -> Response:
    """Cancel the booking."""
    return _end(booking_id, bookings.cancel, _("The booking is cancelled."))


@blueprint.post("/bookings/<uuid:booking_id>/no-shows")
@requires("bookings.update")
def miss(booking_id: uuid.UUID) -> Response:
    """Note that the guest did not come."""
    return _end(booking_id, bookings.mark_no_show, _("Noted: the guest did not come."))


def _end(booking_id: uuid.UUID, do: Callable[..., Told], sentence: str) -> Response:
    try:
        reason = EndInput.read({"reason": request.form.get("reason", "")})["reason"]
        told = do(bookings.hold(booking_id), reason, by=actor())
    except (Invalid, Conflict) as fault:
        return _refused(booking_id, str(fault))
    return _back(booking_id, sentence if told.applied else _("This had been done already."))


@blueprint.post("/bookings/<uuid:booking_id>/reinstatements")
@requires("bookings.update")
def reinstate(booking_id: uuid.UUID) -> Response:
    """Make the booking valid again, or take a check-in by mistake back."""
    reason = request.form.get("override_reason") if actor().may("bookings.override") else None
    despite = request.form.get("do") == DESPITE
    try:
        told = bookings.reinstate(
            bookings.hold(booking_id), by=actor(), override=reason, despite_overlap=despite
        )
    except Stopped as stopped:
        stops = stops_in_words(stopped.details["stops"])
        return _again(booking_id, stops=stops, reason=reason or "")
    except Overlap as clash:
        return _again(
            booking_id, clashes=clashes_in_words(clash.details["overlaps"]), reason=reason or ""
        )
    except (Invalid, Conflict) as fault:
        return _refused(booking_id, str(fault))
    return _back(
        booking_id,
        _("The booking is valid again.") if told.applied else _("This had been done already."),
    )


def _again(booking_id: uuid.UUID, **shown: object) -> Response:
    db.session.rollback()
    booking: Booking = bookings.get(booking_id)
    return page(booking, 409, **shown)


def _refused(booking_id: uuid.UUID, sentence: str) -> Response:
    db.session.rollback()
    flash(sentence, "danger")
    return redirect(url_for("stays.show", booking_id=booking_id), 303)


def _back(booking_id: uuid.UUID, sentence: str) -> Response:
    db.session.commit()
    flash(sentence, "good")
    return redirect(url_for("stays.show", booking_id=booking_id), 303)
