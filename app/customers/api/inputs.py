"""What machines may send of a guest: `CustomerInput` in the API's own arrangement.

No rule is said again: the address is the same fields under shorter names, one level down.
"""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, post_load, validate

from app.core.inputs import OWN_SENTENCES, Choice, Input, Line, Several, Text
from app.customers.inputs import CustomerInput, SummaryInput, no_comma

ADDRESS = {
    "line1": "address_line1",
    "line2": "address_line2",
    "city": "city",
    "state": "state_province",
    "postal_code": "postal_code",
    "country": "country",
}
"""The API's name of an address field: the guest's own."""
ON_DUPLICATE = {
    "refuse": _l("answer 409 with the candidates"),
    "create": _l("make the guest all the same"),
    "fill": _l("fill the gaps of the guest who certainly is the same person"),
}
MOST_TAGS = 30


def _address_fields() -> dict[str, Any]:
    known = CustomerInput().fields
    found = {}
    for name, own in ADDRESS.items():
        found[name] = known[own]
        found[name].attribute = own
    return found


class AddressInput(Input.from_dict(_address_fields(), name="_AddressInput")):  # type: ignore[misc]
    """Where the guest lives."""


class ChangedGuest(CustomerInput):
    """What of a guest may be changed: only what is sent is. `address: null` clears it all."""

    class Meta(CustomerInput.Meta):
        exclude = tuple(ADDRESS.values())

    address = fields.Nested(AddressInput, allow_none=True, error_messages=OWN_SENTENCES)
    company_id = fields.UUID(
        allow_none=True, error_messages=OWN_SENTENCES,
        metadata={
            "description": "The company that the guest travels for; `company_name` becomes its "
            "name. Null ends it, and so does another `company_name` alone."
        },
    )  # fmt: skip
    preferences = fields.Nested(
        SummaryInput,
        error_messages=OWN_SENTENCES,
        metadata={"description": "Only what is sent is changed."},
    )
    tags = Several(
        Line(max_length=50, checks=[no_comma]), most=MOST_TAGS,
        metadata={"description": "All tags; those not listed are taken away. Needs `guests.tag`."},
    )  # fmt: skip
    internal_notes = Text(metadata={"description": "Needs `guests.notes`."})

    @post_load
    def _flatten(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        if "address" in data:
            data |= data.pop("address") or dict.fromkeys(ADDRESS.values())
        return data


class NewGuest(ChangedGuest):
    """A new guest. Any one name will do; all else may follow later."""

    on_duplicate = Choice(
        ON_DUPLICATE, allow_none=False, load_default="refuse",
        metadata={
            "description": "What to do when this may be a guest who is known already: `refuse` "
            "(409 with ranked candidates), `create` another profile all the same (logged), or "
            "`fill` the gaps of the one who is certainly the same person (409 when none is)."
        },
    )  # fmt: skip


class LookupInput(Input):
    """The number of an identity paper, as printed; spaces, dashes and case do not matter."""

    number = Line(
        required=True, allow_none=False, max_length=100, cards=False,
        checks=[validate.Length(min=3, error=_l("At least {min} characters."))],
    )  # fmt: skip


class LiftingInput(Input):
    """Why a mark is lifted."""

    reason = Line(required=True, allow_none=False, max_length=500)
