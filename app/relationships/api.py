"""`/api/customers/{id}/relationships`: section 3.7, and each one by its id."""

import uuid
from typing import Any

from flask.views import MethodView
from marshmallow import fields

from app.auth.guard import actor, requires
from app.core import idempotency
from app.core.api import ApiBlueprint, writes
from app.core.shapes import Guarded, Maybe, Shape
from app.customers import parts
from app.customers import services as guests
from app.customers.api.profiles import seen
from app.customers.models import Customer
from app.relationships import family, services
from app.relationships.inputs import ChangedRelationship, RelationshipInput
from app.relationships.models import Relationship
from app.relationships.vocabulary import TYPES

blueprint = ApiBlueprint(
    "relationships_api", __name__, description="Who belongs to a guest, and what each may do."
)


class RelatedShape(Shape):
    """The other one; somebody without a profile has a name only."""

    id = fields.UUID(allow_none=True)
    name = fields.String()
    email = Maybe()
    customer_code = Maybe()


class RelationshipShape(Shape):
    """What somebody is to the guest, and what the guest allows them."""

    id = fields.UUID()
    customer = fields.Nested(RelatedShape)
    is_customer = fields.Boolean()
    relationship_type = fields.String(metadata={"enum": list(TYPES)})
    is_primary = fields.Boolean()
    can_make_bookings = fields.Boolean()
    share_preferences = fields.Boolean()
    share_loyalty_benefits = fields.Boolean()
    same_room_preference = fields.Boolean()
    adjacent_room_preference = fields.Boolean()
    notes = Guarded("guests.notes")

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """The other one, with a profile or without."""
        if attr == "customer":
            return _related(obj)
        return obj.related is not None if attr == "is_customer" else getattr(obj, attr, default)


class FamilyShape(Shape):
    """What follows for rooms and table; see each field."""

    connecting_rooms = fields.Boolean(metadata={
        "description": "A child sleeps in another room, or somebody wants rooms side by side."
    })  # fmt: skip
    same_floor = fields.Boolean(
        metadata={"description": "Somebody of the family sleeps in another room."}
    )
    family_dining = fields.Boolean(
        metadata={"description": "There is a child, or the family are three or more."}
    )


class RelationshipList(Shape):
    """All relationships of a guest."""

    relationships = fields.List(fields.Nested(RelationshipShape))
    family_preferences = fields.Nested(FamilyShape)


def _related(row: Relationship) -> dict[str, Any]:
    other = row.related
    return {
        "id": row.related_customer_id, "name": services.name_of(row),
        "email": other.email if other else None,
        "customer_code": other.customer_code if other else None,
    }  # fmt: skip


@blueprint.route("/customers/<uuid:guest_id>/relationships")
class Relationships(MethodView):
    """All relationships of a guest."""

    @requires("guests.read")
    @blueprint.answers(200, RelationshipList, also=(404,))
    def get(self, guest_id: uuid.UUID) -> dict[str, Any]:
        """List who belongs to a guest, and what the family wants.

        The rights are those that this guest gives; what the other one gives stands on their own
        profile. The id of a merged guest leads to the one who remains.
        """
        guest = seen(guest_id, parts=("relationships",))
        rows = services.of(guest.id)
        return {"relationships": rows, "family_preferences": family.derived(rows)}

    @requires("relationships.update", also="guests.read")
    @writes
    @blueprint.takes(RelationshipInput)
    @blueprint.answers(201, RelationshipShape, also=(404,), keyed=True)
    def post(self, values: dict[str, Any], guest_id: uuid.UUID) -> tuple[Relationship, int]:
        """Add a relationship; the other side gets the inverse type, and no right by itself.

        Send `related_customer_id`, or `related_name` for somebody without a profile.
        """
        guest = guests.get(guest_id)
        idempotency.about(guest.id)
        return services.add(guest.id, values, by=actor()), 201


@blueprint.route("/customers/<uuid:guest_id>/relationships/<uuid:relationship_id>")
class RelationshipById(MethodView):
    """One relationship of a guest."""

    @requires("relationships.update", also="guests.read")
    @writes
    @blueprint.takes(ChangedRelationship(partial=True))
    @blueprint.answers(200, RelationshipShape, also=(404, 409))
    def put(
        self, values: dict[str, Any], guest_id: uuid.UUID, relationship_id: uuid.UUID
    ) -> Relationship:
        """Change what is sent: rights on this side alone, type and rooms on both.

        `related_customer_id` ties somebody known by name to their profile.
        """
        services.change(guest_id, relationship_id, values, by=actor())
        return services.find(guest_id, relationship_id)

    @requires("relationships.update")
    @writes
    @blueprint.answers(204, None, also=(404, 409))
    def delete(self, guest_id: uuid.UUID, relationship_id: uuid.UUID) -> None:
        """Remove a relationship from both sides, with every right that either gave."""
        services.remove(guest_id, relationship_id, by=actor())


def in_short(guest: Customer) -> list[dict[str, Any]]:
    """A guest's relationships as the profile of section 3.1 lists them."""
    return [
        {
            "id": row.id, "name": services.name_of(row), "relationship": row.relationship_type,
            "is_customer": row.related is not None, "customer_id": row.related_customer_id,
        }
        for row in services.of(guest.id)
    ]  # fmt: skip


parts.answers["relationships"] = in_short
