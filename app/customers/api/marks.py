"""`/api/customers/{id}/marks`: notes, special attention, tags, warnings, blacklisting."""

import uuid
from typing import Any

from flask.views import MethodView
from marshmallow import fields

from app.auth.guard import actor, requires
from app.core import idempotency
from app.core.api import writes
from app.core.shapes import Guarded, Maybe, Moment, Shape
from app.customers import marks, services
from app.customers import vocabulary as words
from app.customers.api.frame import blueprint
from app.customers.api.inputs import LiftingInput
from app.customers.api.profiles import seen
from app.customers.inputs import MarkInput
from app.customers.models import Mark


class MarkShape(Shape):
    """A mark. It is in force until it is lifted or its last day is over."""

    id = fields.UUID()
    kind = fields.String(metadata={"enum": list(words.MARK_KINDS)})
    value = Maybe(metadata={"description": "The tag."})
    level = fields.Integer(allow_none=True, metadata={"description": "The warning's, 1 to 5."})
    body = Guarded("guests.notes")
    reason = Guarded("guests.notes")
    placed_at = Moment()
    expires_on = fields.Date(allow_none=True)
    lifted_at = Moment(allow_none=True)
    lift_reason = Guarded("guests.notes")


class MarkList(Shape):
    """Marks, the newest first."""

    data = fields.List(fields.Nested(MarkShape))


@blueprint.route("/customers/<uuid:guest_id>/marks")
class Marks(MethodView):
    """All marks of a guest."""

    @requires("guests.read")
    @blueprint.answers(200, MarkList, also=(404,))
    def get(self, guest_id: uuid.UUID) -> dict[str, Any]:
        """List a guest's marks, lifted ones included; texts need `guests.notes`."""
        guest = seen(guest_id, parts=("marks",))
        return {"data": marks.of(guest.id)}

    @requires("guests.read")
    @writes
    @blueprint.takes(MarkInput)
    @blueprint.answers(201, MarkShape, also=(404,), keyed=True)
    def post(self, values: dict[str, Any], guest_id: uuid.UUID) -> tuple[Mark, int]:
        """Put a mark on a guest.

        A note needs `guests.notes` and `body`; attention `guests.warn` and `body`; a tag
        `guests.tag` and `value`; a warning `guests.warn` and `level`; a blacklisting
        `guests.blacklist`. Each needs a `reason`.
        """
        guest = services.hold(guest_id)
        idempotency.about(guest.id)
        return marks.place(guest, values["kind"], values, by=actor()), 201


@blueprint.route("/customers/<uuid:guest_id>/marks/<uuid:mark_id>/liftings")
class Liftings(MethodView):
    """The end of a mark."""

    @requires("guests.read")
    @writes
    @blueprint.takes(LiftingInput)
    @blueprint.answers(201, MarkShape, also=(404,), keyed=True)
    def post(
        self, values: dict[str, Any], guest_id: uuid.UUID, mark_id: uuid.UUID
    ) -> tuple[Mark, int]:
        """Lift a mark, with the permission that placing it needs; it stays as history."""
        guest = services.hold(guest_id)
        idempotency.about(guest.id)
        mark = marks.find(guest, mark_id)
        marks.lift(mark, values["reason"], by=actor())
        return mark, 201
