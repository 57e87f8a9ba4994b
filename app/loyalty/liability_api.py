"""`/api/loyalty/liability`: what the house owes in points."""

from flask.views import MethodView
from marshmallow import fields

from app.auth.guard import actor, requires
from app.core.api import ApiBlueprint
from app.core.clock import current_settings
from app.core.shapes import Number, Shape
from app.loyalty import liability
from app.loyalty.liability import Liability

blueprint = ApiBlueprint("liability_api", __name__, description="What is owed in points.")


class OfTier(Shape):
    """Balances of a tier's members."""

    tier = fields.String()
    members = fields.Integer()
    points = fields.Integer()
    value = Number()


class OfMonth(Shape):
    """Points that end in a month; `null` for those that never do."""

    month = fields.String(allow_none=True, metadata={"example": "2026-11"})
    points = fields.Integer()
    value = Number()


class LiabilityShape(Shape):
    """The report. `over`: points whose time is over, to be noted by the next daily run; they are
    among the tiers, but not among the outstanding. `reconciled`: balances and lots agree.
    """

    as_of = fields.Date()
    currency = fields.String()
    point_value = Number()
    outstanding_points = fields.Integer()
    outstanding_value = Number()
    members = fields.Integer()
    over_points = fields.Integer()
    reconciled = fields.Boolean()
    difference = fields.Integer()
    by_tier = fields.List(fields.Nested(OfTier))
    by_month = fields.List(fields.Nested(OfMonth))


@blueprint.route("/loyalty/liability")
class LiabilityView(MethodView):
    """The report as of today."""

    @requires("loyalty.report")
    @blueprint.answers(200, LiabilityShape)
    def get(self) -> dict[str, object]:
        """What the house owes in points today, by tier and by the month in which they end."""
        return _told(liability.report(by=actor()))


def _told(found: Liability) -> dict[str, object]:
    tiers = [
        {"tier": p.of, "members": p.members, "points": p.points, "value": found.value(p.points)}
        for p in found.tiers
    ]
    months = [
        {"month": str(p.of)[:7] if p.of else None, "points": p.points,
         "value": found.value(p.points)}
        for p in found.months
    ]  # fmt: skip
    return {
        "as_of": found.day, "currency": current_settings().currency,
        "point_value": found.point_value, "outstanding_points": found.points,
        "outstanding_value": found.total_value, "members": found.members,
        "over_points": found.over, "reconciled": found.amiss == 0, "difference": found.amiss,
        "by_tier": tiers, "by_month": months,
    }  # fmt: skip
