"""What a manager says about tiers: a decision on proposals, a tier given by hand."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validates_schema

from app.core.inputs import OWN_SENTENCES, Choice, Day, Input, Line, Several, Text
from app.loyalty import downgrades
from app.loyalty.vocabulary import TIERS

WORDS = {"lower": _l("Lower as proposed"), "keep": _l("Keep the tier")}
MOST = 100
"""Proposals that are decided at once."""


class DecisionInput(Input):
    """What is to become of proposals."""

    steps = Several(
        fields.UUID(error_messages=OWN_SENTENCES), most=MOST, required=True,
        metadata={"label": _l("Members")},
    )  # fmt: skip
    decision = Choice(WORDS, required=True, allow_none=False, metadata={"label": _l("Decision")})
    kept_until = Day(
        load_default=None, metadata={"label": _l("Kept until"), "hint": _l("When tiers are kept.")}
    )
    reason = Line(max_length=500, required=True, allow_none=False, metadata={"label": _l("Reason")})

    @validates_schema
    def _complete(self, data: dict[str, Any], **_more: Any) -> None:
        if data.get("decision") == "keep" and data.get("kept_until") is None:
            raise ValidationError([downgrades.SAY_UNTIL], "kept_until")


class GrantInput(Input):
    """A tier by hand."""

    tier = Choice(TIERS, required=True, allow_none=False, metadata={"label": _l("Tier")})
    until = Day(
        required=True, allow_none=False,
        metadata={
            "label": _l("Kept until"),
            "hint": _l("Up to the end of this day it is not lowered; after it, figures count."),
        },
    )  # fmt: skip
    reason = Text(max_length=500, required=True, allow_none=False, metadata={"label": _l("Reason")})
