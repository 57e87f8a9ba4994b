"""`/api/bookings/{id}/check-ins` and `/check-outs`: a guest comes and leaves, as engines tell."""

import uuid
from typing import Any

from flask.views import MethodView
from marshmallow import fields

from app.auth.guard import actor, requires
from app.core import idempotency
from app.core.api import ApiBlueprint, writes
from app.desk import services
from app.desk.inputs import CheckInInput
from app.extensions import db
from app.stays import bookings
from app.stays.api import shapes
from app.stays.api.bookings import Answer, answer, refuse_outdated
from app.stays.api.shapes import StayShape, ToldBooking
from app.stays.inputs import OutcomeInput

blueprint = ApiBlueprint("desk_api", __name__, description="Arrivals and departures.")


class ToldStay(StayShape):
    """A stay after word of its end."""

    applied = fields.Boolean(metadata={"description": "False where the departure was known."})


@blueprint.route("/bookings/<uuid:booking_id>/check-ins")
class CheckIns(MethodView):
    """The arrival of a booking's guest."""

    @requires("bookings.update")
    @writes
    @blueprint.takes(CheckInInput)
    @blueprint.answers(200, ToldBooking, also=(404, 412), keyed=True, headers=("ETag",))
    def post(self, values: dict[str, Any], booking_id: uuid.UUID) -> Answer:
        """Check a booking in, in its room or in `room`; again, or after check-out, is no change.

        409 before the day of arrival and after that of departure, for a room in which somebody
        still is, for a cancelled booking, and with `stops` for a guest who was blacklisted or
        warned meanwhile, whom a manager may let in with `override_reason`.
        """
        booking = bookings.hold(booking_id)
        refuse_outdated(booking)
        told = services.check_in(
            booking, by=actor(), room=values.get("room"), override=values.get("override_reason")
        )
        return answer(told)


@blueprint.route("/bookings/<uuid:booking_id>/check-outs")
class CheckOuts(MethodView):
    """The departure of a booking's guest, which makes the stay."""

    @requires("bookings.update")
    @writes
    @blueprint.takes(OutcomeInput)
    @blueprint.answers(200, ToldStay, also=(404,), keyed=True)
    def post(self, outcome: dict[str, Any], booking_id: uuid.UUID) -> dict[str, Any]:
        """Check a booking out and answer the stay; told again, the same stay, with `applied` false.

        Where the check-in was not told yet, it is taken as told. 409 for a cancelled booking.
        """
        booking, by = bookings.hold(booking_id), actor()
        idempotency.about(booking.customer_id)
        left = services.tell_departure(booking, outcome, by=by)
        db.session.flush()
        shown = shapes.stay(left.stay, notes=by.may("guests.notes"), status=False)
        return shown | {"applied": left.applied}
