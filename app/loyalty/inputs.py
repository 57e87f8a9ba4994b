"""What may be sent about a membership and its points, by a form and by the API alike."""

import re
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields

from app.core.clock import current_settings
from app.core.inputs import OWN_SENTENCES, Amount, Choice, Day, Input, Line, Text
from app.core.paging import Whole
from app.loyalty.models import MOST
from app.loyalty.programme import decimals
from app.loyalty.vocabulary import REDEMPTIONS, SOURCES

LONGEST_REFERENCE = 100
NO_NUMBER = _l("This is not a number.")
MOST_TIMES = 100
"""The largest multiplier."""


class Points(Whole):
    """A whole number of points; below zero for those taken off. How many may be is the ledger's."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("metadata", {}).setdefault("render", {"inputmode": "numeric"})
        super().__init__(-MOST, MOST, **options)
        self.error_messages |= {
            "invalid": _l("Points are whole numbers; type them without dots and commas."),
            "huge": _l("So many points cannot be."),
        }

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **more: Any
    ) -> Any:
        """The number; None for an empty text."""
        value = value.strip() if isinstance(value, str) else value
        return super().deserialize(None if value == "" else value, attr, data, **more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> Any:
        digits = str(value).strip() if isinstance(value, int | str) else ""
        if re.fullmatch(r"-?[0-9]{10,}", digits) and abs(int(digits[:30])) > MOST:
            raise self.make_error("huge")
        return super()._deserialize(value, attr, data, **more)


class Sum(Amount):
    """An amount with no more decimals than the property's currency has."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> Any:
        found = super()._deserialize(value, attr, data, **more)
        if _decimals(value) > decimals():
            raise ValidationError([_sentence(current_settings().currency, decimals())])
        return found


def _decimals(value: Any) -> int:
    """How many decimals were sent; zeros at the end are none."""
    exponent = Decimal(str(value).strip() or 0).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _sentence(currency: str, digits: int) -> Any:
    if not digits:
        return _l("%(currency)s has no decimals.", currency=currency)
    return _l("%(currency)s has %(digits)s decimals.", currency=currency, digits=digits)


class Times(fields.Decimal):
    """By how much points are multiplied: above zero, at most two decimals (section 2.7)."""

    def __init__(self, **options: Any) -> None:
        said = options.setdefault("metadata", {})
        said |= {"exclusiveMinimum": 0, "maximum": MOST_TIMES}
        super().__init__(
            allow_nan=False, allow_none=True,
            error_messages=OWN_SENTENCES | dict.fromkeys(("invalid", "special"), NO_NUMBER),
            **options,
        )  # fmt: skip

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> Any:
        if isinstance(value, bool) or len(str(value)) > 30:
            raise self.make_error("invalid")
        value = value.replace(",", ".") if isinstance(value, str) else value
        found = super()._deserialize(value, attr, data, **more)
        if not 0 < found <= MOST_TIMES:
            raise ValidationError([_l("Above 0, at most %(most)s.", most=MOST_TIMES)])
        if _decimals(found) > 2:
            raise ValidationError([_l("At most two decimals.")])
        return found


REFERENCE = Line(
    max_length=LONGEST_REFERENCE, load_default=None,
    metadata={
        "label": _l("Booking or invoice"),
        "hint": _l("Its number; one earns points once. For a stay, the booking’s."),
    },
)  # fmt: skip
AMOUNT = Sum(
    load_default=None,
    metadata={
        "label": _l("Amount spent"), "render": {"inputmode": "decimal"},
        "hint": _l("Makes points by the programme’s rules. For a stay, empty: its charges count."),
    },
)  # fmt: skip
UNTIL = Day(
    load_default=None,
    metadata={"label": _l("Last day"), "hint": _l("Empty: by the programme’s rules.")},
)  # fmt: skip
DESCRIPTION = Line(
    load_default=None,
    metadata={"label": _l("Description"), "hint": _l("The guest reads this.")},
)  # fmt: skip
REASON = Text(max_length=1000, required=True, allow_none=False, metadata={"label": _l("Reason")})


class EarningInput(Input):
    """Points given by staff: as many, or as an amount makes."""

    source = Choice(SOURCES, required=True, allow_none=False, metadata={"label": _l("What for")})
    source_reference = REFERENCE
    base_amount = AMOUNT
    points = Points(
        load_default=None, allow_none=True,
        metadata={"label": _l("Points"), "hint": _l("Or as many as you say.")},
    )  # fmt: skip
    expiry_date = UNTIL
    description = DESCRIPTION


class RedemptionInput(Input):
    """Points that the guest spends."""

    redemption_type = Choice(
        REDEMPTIONS, required=True, allow_none=False, metadata={"label": _l("What for")}
    )
    points = Points(required=True, allow_none=False, metadata={"label": _l("Points")})
    source_reference = Line(
        max_length=LONGEST_REFERENCE, load_default=None,
        metadata={"label": _l("Booking or invoice")},
    )  # fmt: skip
    description = DESCRIPTION


class AdjustmentInput(Input):
    """Points put right by hand."""

    points = Points(
        required=True, allow_none=False,
        metadata={
            "label": _l("Points"), "hint": _l("With a minus to take points off."),
            "render": {"inputmode": "text"},
        },
    )  # fmt: skip
    notes = REASON


class TransferInput(Input):
    """Points handed on within a household."""

    taker = fields.UUID(
        required=True, error_messages=OWN_SENTENCES | {"null": _l("Choose who gets them.")},
        metadata={"label": _l("Who gets them")},
    )  # fmt: skip
    points = Points(required=True, allow_none=False, metadata={"label": _l("Points")})
    description = DESCRIPTION


class EnrolmentInput(Input):
    """A guest who becomes a member."""

    number = Line(
        max_length=50, load_default=None, cards=False,
        metadata={
            "label": _l("Membership number"),
            "hint": _l("From an earlier system. Empty: the next free one."),
        },
    )  # fmt: skip


class WhyInput(Input):
    """Why something is taken back or ended."""

    reason = REASON


class ReversalInput(WhyInput):
    """Which entry is taken back, and why."""

    transaction_id = fields.UUID(required=True, error_messages=OWN_SENTENCES)


class EntryInput(Input):
    """A new entry of the ledger, as machines send it (section 3.5).

    What belongs to which type is `entries`' to say.
    """

    type = Choice(
        {"earn": "", "redeem": "", "adjust": ""}, required=True, allow_none=False,
        metadata={"description": "Each needs a permission of its own: `loyalty.earn`, …"},
    )  # fmt: skip
    points = Points(
        load_default=None, allow_none=True,
        metadata={"description": "Whole. Below zero only to adjust. Not with `base_amount`."},
    )  # fmt: skip
    base_amount = Sum(
        load_default=None,
        metadata={"description": "earn: an amount spent, of which the rules make points."},
    )  # fmt: skip
    multiplier = Times(
        load_default=None,
        metadata={
            "description": "earn: `points` are multiplied by it, and rounded down once.",
        },
    )  # fmt: skip
    source = Choice(
        SOURCES, load_default=None, metadata={"description": "earn: needed. See `source_reference`"}
    )
    source_reference = Line(
        max_length=LONGEST_REFERENCE, load_default=None,
        metadata={
            "description": "Booking, invoice …; one earns once. For the source `stay` the id or"
            " reference of a booking of this guest whose stay is over."
        },
    )  # fmt: skip
    redemption_type = Choice(
        REDEMPTIONS, load_default=None, metadata={"description": "redeem: needed."}
    )
    expiry_date = Day(
        load_default=None, metadata={"description": "The last day of the points that came."}
    )
    description = Line(load_default=None, metadata={"description": "The guest reads this."})
    notes = Text(
        max_length=1000, load_default=None,
        metadata={"description": "adjust: why; needed. For the house alone."},
    )  # fmt: skip
