"""What may be sent of a relationship: whom, what they are to the guest, and what is allowed."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validates_schema

from app.core.inputs import OWN_SENTENCES, Choice, Input, Line, Text, Truth
from app.relationships import vocabulary as words


def _switches() -> dict[str, Any]:
    return {name: Truth(metadata={"label": word}) for name, word in words.SWITCHES.items()}


class ChangedRelationship(Input.from_dict(_switches(), name="_Switches")):  # type: ignore[misc]
    """What of a relationship may be changed: only what is sent is."""

    related_customer_id = fields.UUID(
        error_messages=OWN_SENTENCES,
        metadata={"label": _l("Guest"), "description": "Their profile, once they have one."},
    )
    related_name = Line(
        allow_none=False,
        metadata={"label": _l("Name"), "description": "Of somebody without a profile."},
    )
    relationship_type = Choice(
        words.TYPES, allow_none=False,
        metadata={"label": _l("Is the guest’s"), "description": "What they are to the guest."},
    )  # fmt: skip
    notes = Text(
        max_length=2000,
        metadata={"label": _l("Notes"), "description": "Needs `guests.notes`."},
    )


class RelationshipInput(ChangedRelationship):
    """A new relationship: with a guest by id, or with somebody without a profile by name."""

    relationship_type = Choice(
        words.TYPES, required=True, allow_none=False,
        metadata={"label": _l("Is the guest’s"), "description": "What they are to the guest."},
    )  # fmt: skip

    @validates_schema
    def _one_of_two(self, data: dict[str, Any], **_more: Any) -> None:
        if ("related_customer_id" in data) == ("related_name" in data):
            sentence = _l("Say who it is: a guest, or the name of somebody without a profile.")
            raise ValidationError([sentence], "related_customer_id")


class SwitchInput(Input):
    """One switch of a relationship and the state that is wanted."""

    switch = Choice(words.SWITCHES, required=True, allow_none=False)
    on = Truth(required=True)
