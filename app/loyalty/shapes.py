"""The JSON shapes of loyalty: section 3.5, and entries of the ledger by themselves."""

from typing import Any

from marshmallow import fields

from app.core.shapes import Guarded, Maybe, Moment, Number, Shape, Word
from app.loyalty.vocabulary import ALL_SOURCES, KINDS, REDEMPTIONS, STANDINGS, TIERS


class MembershipShape(Shape):
    """The membership; a closed one is none."""

    number = Maybe()
    tier = fields.String(metadata={"enum": list(TIERS)})
    join_date = fields.Date()
    expiry_date = fields.Date(allow_none=True)
    status = fields.String(metadata={"enum": list(STANDINGS)[:2]})


class ExpiringShape(Shape):
    """What ends on the next day that points end, where that is near."""

    amount = fields.Integer(metadata={"description": "0 when nothing ends soon."})
    expiry_date = fields.Date(allow_none=True)


class PointsShape(Shape):
    """The points; zeros for who is no member."""

    current_balance = fields.Integer(
        metadata={"description": "What can be spent: without lots whose last day is over."}
    )
    lifetime_earned = fields.Integer()
    lifetime_redeemed = fields.Integer()
    expiring_soon = fields.Nested(ExpiringShape)


def _missing(what: str) -> Any:
    said = f"{what} missing to the next tier; null where {what.lower()} do not reach it."
    return fields.Integer(allow_none=True, metadata={"description": said})


class NeededShape(Shape):
    """What is missing to the next tier: any one of them is enough."""

    points_needed = _missing("Points")
    stays_needed = _missing("Stays")
    nights_needed = _missing("Nights")


class FiguresShape(Shape):
    """What counts within the programme's period."""

    points = fields.Integer()
    stays = fields.Integer()
    nights = fields.Integer()


class ProgressShape(Shape):
    """How far the next tier is; `next_tier` is null at the top, and nothing is needed then."""

    current_tier = fields.String(metadata={"enum": list(TIERS)})
    next_tier = Word(TIERS)
    requirements = fields.Nested(NeededShape, allow_none=True)
    progress = fields.Nested(FiguresShape)


class RecentShape(Shape):
    """One of the latest entries."""

    date = fields.Date()
    type = fields.String(metadata={"enum": list(KINDS)})
    points = fields.Integer()
    description = fields.String()
    balance_after = fields.Integer()


class LoyaltyShape(Shape):
    """A guest's loyalty. For who is no member: null, zeros and empty lists."""

    membership = fields.Nested(MembershipShape, allow_none=True)
    points = fields.Nested(PointsShape)
    tier_progress = fields.Nested(ProgressShape, allow_none=True)
    benefits = fields.List(fields.String())
    recent_transactions = fields.List(fields.Nested(RecentShape))


class TransactionShape(Shape):
    """One entry of the ledger."""

    id = fields.UUID()
    number = fields.Integer(
        attribute="serial", metadata={"description": "Counts the entries of the account from 1."}
    )
    created_at = Moment()
    created_by = fields.String(attribute="created_name")
    type = fields.String(attribute="transaction_type", metadata={"enum": list(KINDS)})
    points = fields.Integer()
    balance_before = fields.Integer(attribute="points_balance_before")
    balance_after = fields.Integer(attribute="points_balance_after")
    source = fields.String(metadata={"enum": list(ALL_SOURCES)})
    source_reference = Maybe()
    base_amount = Number(allow_none=True)
    multiplier = Number()
    redemption_type = Word(REDEMPTIONS)
    redemption_value = Number(allow_none=True)
    earned_date = fields.Date(allow_none=True)
    expiry_date = fields.Date(allow_none=True)
    status = fields.String(metadata={"enum": ["active", "reversed"]})
    description = fields.String()
    notes = Guarded("guests.notes")
    reverses_id = fields.UUID(allow_none=True)
    reversed_at = Moment(allow_none=True)
    reversal_reason = Guarded("guests.notes")


class TransactionList(Shape):
    """A page of entries, the newest first."""

    data = fields.List(fields.Nested(TransactionShape))
    before = fields.Integer(
        allow_none=True, metadata={"description": "Send it for older ones; null at the end."}
    )
