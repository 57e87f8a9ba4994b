"""`/api/bookings/{id}/…`: a booking cancelled, its guest missing, or all as before."""

import uuid
from typing import Any

from flask.views import MethodView

from app.auth.guard import actor, requires
from app.core.api import writes
from app.stays import bookings
from app.stays.api.bookings import Answer, answer, refuse_outdated
from app.stays.api.frame import blueprint
from app.stays.api.inputs import ReturnInput
from app.stays.api.shapes import ToldBooking
from app.stays.inputs import EndInput
from app.stays.models import Booking


def _held(booking_id: uuid.UUID) -> Booking:
    booking = bookings.hold(booking_id)
    refuse_outdated(booking)
    return booking


@blueprint.route("/bookings/<uuid:booking_id>/cancellations")
class Cancellations(MethodView):
    """The end of a booking before its guest came."""

    @requires("bookings.update")
    @writes
    @blueprint.takes(EndInput)
    @blueprint.answers(200, ToldBooking, also=(404, 412), keyed=True, headers=("ETag",))
    def post(self, values: dict[str, Any], booking_id: uuid.UUID) -> Answer:
        """Cancel a booking; again is no change. 409 once the guest has come."""
        return answer(bookings.cancel(_held(booking_id), values.get("reason"), by=actor()))


@blueprint.route("/bookings/<uuid:booking_id>/no-shows")
class NoShows(MethodView):
    """A guest who did not come."""

    @requires("bookings.update")
    @writes
    @blueprint.takes(EndInput)
    @blueprint.answers(200, ToldBooking, also=(404, 412), keyed=True, headers=("ETag",))
    def post(self, values: dict[str, Any], booking_id: uuid.UUID) -> Answer:
        """Note that the guest did not come; again is no change. 409 before the day of arrival."""
        return answer(bookings.mark_no_show(_held(booking_id), values.get("reason"), by=actor()))


@blueprint.route("/bookings/<uuid:booking_id>/reinstatements")
class Reinstatements(MethodView):
    """A booking that is confirmed again."""

    @requires("bookings.update")
    @writes
    @blueprint.takes(ReturnInput)
    @blueprint.answers(200, ToldBooking, also=(404, 412), keyed=True, headers=("ETag",))
    def post(self, values: dict[str, Any], booking_id: uuid.UUID) -> Answer:
        """Bring a cancelled booking or a no-show back, or take a check-in by mistake back.

        409 has `stops` and `overlaps` as for a new booking.
        """
        told = bookings.reinstate(
            _held(booking_id), by=actor(), override=values.get("override_reason"),
            despite_overlap=values["allow_overlap"],
        )  # fmt: skip
        return answer(told)
