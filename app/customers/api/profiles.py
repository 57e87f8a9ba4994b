"""`/api/customers/{id}`: one guest's profile, read with a trace and changed in parts."""

import uuid
from typing import Any

from flask.views import MethodView
from flask_babel import gettext as _
from marshmallow import fields

from app.auth.guard import actor, may, requires
from app.core.actor import Actor
from app.core.api import Outdated, etag, if_match, writes
from app.core.database import apart
from app.core.shapes import Maybe, Shape, rfc3339
from app.customers import edits, services
from app.customers.api.changes import change
from app.customers.api.frame import blueprint
from app.customers.api.guests import write_extras
from app.customers.api.inputs import ChangedGuest
from app.customers.models import Customer
from app.customers.shapes import Profile

Answer = tuple[dict[str, Any], dict[str, str]]


class WholeGuest(Shape):
    """A guest."""

    customer = fields.Nested(Profile)


class MedicalShape(Shape):
    """Health data (GDPR article 9)."""

    medical_notes = Maybe()


@blueprint.route("/customers/<uuid:guest_id>")
class Profiles(MethodView):
    """One guest."""

    @requires("guests.read")
    @blueprint.answers(200, WholeGuest, also=(404,), headers=("ETag",))
    def get(self, guest_id: uuid.UUID) -> Answer:
        """Read a guest's profile.

        Each reading is logged before it is answered. `identification.number` needs
        `guests.identity` and is logged apart; `internal_notes` needs `guests.notes`. The id of a
        merged guest leads to the one who remains.
        """
        guest = seen(guest_id, parts=("profile",))
        return {"customer": guest}, etag(guest.version)

    @requires("guests.update", also="guests.read")
    @writes
    @blueprint.takes(ChangedGuest(partial=True))
    @blueprint.answers(200, WholeGuest, also=(404, 409, 412), headers=("ETag",))
    def put(self, values: dict[str, Any], guest_id: uuid.UUID) -> Answer:
        """Change what is sent of a guest, and nothing else.

        Send the ETag that was read as If-Match: when somebody saved meanwhile, nothing is written
        and 412 lists the changes.
        """
        by = actor()
        guest = services.hold(guest_id)
        _refuse_outdated(guest)
        extras = {name: values.pop(name, None) for name in ("preferences", "tags")}
        noted = "internal_notes" in values
        extras["internal_notes"] = (values.pop("internal_notes") or "") if noted else None
        services.update(guest, values, by=by)
        write_extras(guest, extras, by=by)
        _note(guest, ("profile",), by=by)
        return {"customer": guest}, etag(guest.version)


@blueprint.route("/customers/<uuid:guest_id>/medical")
class Medical(MethodView):
    """Health data, apart from the profile."""

    @requires("guests.medical")
    @blueprint.answers(200, MedicalShape, also=(404,))
    def get(self, guest_id: uuid.UUID) -> Customer:
        """Read a guest's medical notes; each reading is logged."""
        return seen(guest_id, parts=("medical",))


def seen(guest_id: uuid.UUID, *, parts: tuple[str, ...]) -> Customer:
    """The guest, for showing: that it is looked at is on record before. Raises NotFound."""
    with apart():
        _note(services.get(guest_id), parts, by=actor())
    return services.get(guest_id)


def _note(guest: Customer, parts: tuple[str, ...], *, by: Actor) -> None:
    opens = "profile" in parts and may("guests.identity") and guest.id_number_sealed is not None
    for part in (*parts, "identity") if opens else parts:
        services.record_view(guest.id, part, by=by)


def _refuse_outdated(guest: Customer) -> None:
    version = if_match()
    if version is None or version == guest.version:
        return
    meanwhile = edits.since(guest, version)
    changes = [
        change(each.field, each.old, each.new) | {"by": each.who, "at": rfc3339(each.at)}
        for each in meanwhile.changes
    ]
    said = _("This guest was changed after you read it. Nothing was saved.")
    raise Outdated(said, version=guest.version, changes=changes, complete=meanwhile.complete)
