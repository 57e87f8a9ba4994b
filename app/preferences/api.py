"""`/api/customers/{id}/preferences`, and the preferences of a profile sent or read as a whole."""

import uuid
from typing import Any

from flask.views import MethodView
from marshmallow import fields

from app.auth.guard import actor, requires
from app.core.actor import Actor
from app.core.api import ApiBlueprint, refuse_words, writes
from app.core.errors import Invalid
from app.core.shapes import Shape
from app.customers import parts
from app.customers import services as guests
from app.customers.api.profiles import seen
from app.customers.models import Customer
from app.preferences import lists, services
from app.preferences.api_shapes import INPUTS, PreferencesInput, WholePreferences, tree, wanted
from app.preferences.catalogue import CATEGORIES, FIELDS
from app.preferences.short import spread
from app.preferences.values import SUMMARY, codes_of, state_of, value_of

blueprint = ApiBlueprint(
    "preferences_api", __name__, description="What guests like and need."
)  # fmt: skip
SHORT_OF = {name: key for key, names in SUMMARY.items() for name in names}


class Answer(Shape):
    """A guest's preferences."""

    preferences = fields.Nested(WholePreferences)


@blueprint.route("/customers/<uuid:guest_id>/preferences")
class PreferencesOfGuest(MethodView):
    """What one guest likes and needs."""

    @requires("guests.read")
    @blueprint.answers(200, Answer, also=(404,))
    def get(self, guest_id: uuid.UUID) -> dict[str, Any]:
        """Read a guest's preferences; what nobody told is null or empty.

        Each reading is logged. Allergies, diets and accessibility need `guests.care` and are absent
        without, `services.notes` needs `guests.notes`.
        """
        return _told(seen(guest_id, parts=("preferences",)), actor())

    @requires("preferences.update", also="guests.read")
    @writes
    @blueprint.takes(PreferencesInput)
    @blueprint.answers(200, Answer, also=(404, 409))
    def put(self, values: dict[str, Any], guest_id: uuid.UUID) -> dict[str, Any]:
        """Change preferences of one category: only what is sent, `null` or `[]` clears.

        Allergies, diets and accessibility need `guests.care`. Options that are not listed are
        refused with 422, by field.
        """
        by = actor()
        group = {"service": "services", **CATEGORIES}[values["category"]]
        codes = wanted(group, _read(group, values["preferences"]))
        guest = guests.hold(guest_id)
        try:
            services.replace(guest, codes, source=values["source"], by=by)
        except Invalid as fault:
            raise Invalid(
                {".".join(("preferences", *FIELDS[name].api[1:])): said
                 for name, said in fault.errors.items()}
            ) from None  # fmt: skip
        guests.record_view(guest.id, "preferences", by=by)
        return _told(guest, by)


def _read(group: str, sent: dict[str, Any]) -> dict[str, Any]:
    """What was sent, checked in shape. Raises Invalid with paths as they stand in the body."""
    try:
        refuse_words(sent, INPUTS[group]())
        return INPUTS[group].read(sent)
    except Invalid as fault:
        errors = {f"preferences.{path}".rstrip("."): said for path, said in fault.errors.items()}
        raise Invalid(errors) from None


def _told(guest: Customer, by: Actor) -> dict[str, Any]:
    return {"preferences": tree(state_of(services.of(guest.id)), by)}


def of_profile(guest: Customer) -> dict[str, Any]:
    """The preferences of a whole profile, in the shape of section 3.1."""
    row, known = services.of(guest.id), guest.preferences_summary or {}
    room = {"location": known.get("room") or [], "bed_type": known.get("bed"),
            "pillow_type": known.get("pillow"), "view": _one(row, "view_preference"),
            "temperature": _one(row, "room_temperature")}  # fmt: skip
    lists_ = {name: known.get(name) or [] for name in ("dietary", "amenities", "interests")}
    services_ = {"housekeeping": _one(row, "housekeeping_time"),
                 "newspaper": _one(row, "newspaper"),
                 "wake_up_call": _one(row, "wake_up_call_time")}  # fmt: skip
    return {"room": room, **lists_, "services": services_}


def _one(row: Any, name: str) -> Any:
    return value_of(FIELDS[name], codes_of(row, FIELDS[name]))


def take_short(guest: Customer, sent: dict[str, Any], *, by: Actor) -> None:
    """Write the short form that came with a profile; who may write that may write these.

    Machines send what a booking asks for, staff what the guest says. Raises Invalid for what is
    not listed.
    """
    source: Any = "booking" if by.kind == "token" else "guest"
    try:
        services.write(guest, spread(sent, lists.known()), source=source, by=by)
    except Invalid as fault:
        raise Invalid(
            {f"preferences.{SHORT_OF.get(name, name)}": said
             for name, said in fault.errors.items()}
        ) from None  # fmt: skip


parts.answers["preferences"] = of_profile
parts.takes["preferences"] = take_short
