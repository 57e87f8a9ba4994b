"""`/api/bookings`: as engines tell of them, and as staff look for them."""

import uuid
from typing import Any

from flask import url_for
from flask.views import MethodView
from flask_babel import gettext as _

from app.auth.guard import actor, requires
from app.core import idempotency
from app.core.api import Outdated, etag, if_match, writes
from app.core.shapes import rfc3339
from app.extensions import db
from app.stays import bookings, engine, listing, trail
from app.stays.api.frame import blueprint
from app.stays.api.inputs import BookingsInput, ChangedBooking
from app.stays.api.shapes import BookingList, BookingShape, ToldBooking
from app.stays.bookings import Told
from app.stays.engine import Received
from app.stays.inputs import EngineInput
from app.stays.models import Booking

Answer = tuple[Told | Received, int, dict[str, str]]


@blueprint.route("/bookings")
class Bookings(MethodView):
    """All bookings."""

    @requires("bookings.read")
    @blueprint.takes(BookingsInput, location="query")
    @blueprint.answers(200, BookingList)
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List bookings by arrival, by dates, status, guest, or as their source calls them."""
        page = listing.find(filters)
        return {"data": page.rows, "after": page.after}

    @requires("bookings.update")
    @writes
    @blueprint.takes(EngineInput)
    @blueprint.answers(201, ToldBooking, also=(409,), keyed=True, headers=("Location", "ETag"))
    @blueprint.or_answers(200, ToldBooking, "The source has told of this booking before.")
    def post(self, message: dict[str, Any]) -> Answer:
        """Tell of a booking; known by `source` and `reference`, it may be sent any number of times.

        News with an older `occurred_at` than what is known changes nothing. The answer 409 has
        `stops` for a blacklisted or warned guest, companion or booker, whom a manager may let pass
        with `override_reason`, and `overlaps` for nights that the guest has booked already.
        """
        told = engine.receive(message, by=actor())
        return answer(told, 201 if told.created else 200)


@blueprint.route("/bookings/<uuid:booking_id>")
class OneBooking(MethodView):
    """One booking."""

    @requires("bookings.read")
    @blueprint.answers(200, BookingShape, also=(404,), headers=("ETag",))
    def get(self, booking_id: uuid.UUID) -> tuple[Booking, dict[str, str]]:
        """Read a booking. Notes and reasons need `guests.notes`."""
        booking = bookings.get(booking_id)
        return booking, etag(booking.version)

    @requires("bookings.update")
    @writes
    @blueprint.takes(ChangedBooking(partial=True))
    @blueprint.answers(200, ToldBooking, also=(404, 409, 412), headers=("ETag",))
    def put(self, message: dict[str, Any], booking_id: uuid.UUID) -> Answer:
        """Change what is sent of a booking, and nothing else; refusals are those of POST.

        Source, reference and guest cannot change. What is over is not brought back without an
        `occurred_at` from after its end; see `reinstatements`.
        """
        by = actor()
        refuse_outdated(bookings.hold(booking_id))
        return answer(engine.update(booking_id, message, by=by))


def answer(told: Told | Received, status: int = 200) -> Answer:
    """The booking after news of it, with its version and, when it is new, its address."""
    db.session.flush()
    booking = told.booking
    idempotency.about(booking.customer_id)
    where = url_for("stays_api.OneBooking", booking_id=booking.id)
    return told, status, etag(booking.version) | ({"Location": where} if status == 201 else {})


def refuse_outdated(booking: Booking) -> None:
    """Raise Outdated where If-Match names another version than the present one."""
    version = if_match()
    if version is None or version == booking.version:
        return
    said = _("This booking was changed after you read it. Nothing was saved.")
    raise Outdated(said, version=booking.version, changes=_changes(booking, version))


def _changes(booking: Booking, version: int) -> list[dict[str, Any]]:
    by = actor()
    return [
        {"field": name, "by": event.who, "at": rfc3339(event.at)}
        | ({"old": old, "new": new} if trail.sees(name, by) else {})
        for event in trail.since(booking, version)
        for name, (old, new) in event.changes.items()
    ]
