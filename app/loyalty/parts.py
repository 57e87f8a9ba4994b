"""What loyalty adds to a guest's profile, to its history, and to the API's profile."""

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.clock import today
from app.core.i18n import number
from app.core.inputs import Choice, Day, Line, Truth
from app.customers import parts, words
from app.customers.models import Customer
from app.customers.parts import Told
from app.loyalty import memberships, tiers
from app.loyalty.vocabulary import TIERS

SEE = "loyalty.read"
parts.add_tab(parts.Tab(45, "loyalty", _l("Loyalty"), "memberships.index", SEE))
parts.events |= {
    "loyalty.enrolled": (_l("enrolled this guest in the loyalty programme"), "award", "good"),
    "loyalty.renewed": (_l("renewed the membership"), "refresh-cw", "good"),
    "loyalty.closed": (_l("closed the membership"), "circle-x", "attention"),
    "points.earned": (_l("gave points"), "plus", "good"),
    "points.redeemed": (_l("redeemed points"), "wallet", "neutral"),
    "points.adjusted": (_l("adjusted the points"), "sliders-horizontal", "attention"),
    "points.corrected": (_l("brought points in step with a stay"), "sliders-horizontal", "neutral"),
    "points.handed_on": (_l("handed points on to another guest"), "users-round", "neutral"),
    "points.received": (_l("handed points on to this guest"), "users-round", "good"),
    "points.reversed": (_l("reversed an entry of the points"), "undo-2", "attention"),
    "points.expired": (_l("noted that points expired"), "clock", "neutral"),
}
parts.told |= {
    "points": Told(Line(metadata={"label": _l("Points")}), SEE),
    "loyalty_points": Told(Line(metadata={"label": _l("Balance")}), SEE),
    "lifetime_points": Told(Line(metadata={"label": _l("Points earned in all")}), SEE),
    "loyalty_member": Told(Truth(metadata={"label": _l("Loyalty member")}), SEE),
    "loyalty_tier": Told(Choice(TIERS, metadata={"label": _l("Loyalty tier")}), SEE),
    "loyalty_join_date": Told(Day(metadata={"label": _l("Member since")}), SEE),
    "loyalty_expiry_date": Told(Day(metadata={"label": _l("Member until")}), SEE),
    "points_expiry_date": Told(Day(metadata={"label": _l("Next points end")}), SEE),
}


def _counted(_name: str, value: Any) -> str:
    """A number of points as people read it."""
    try:
        return number(int(Decimal(str(value))))
    except ArithmeticError:
        return str(value)


words.OTHER_WORDS |= dict.fromkeys(("points", "loyalty_points", "lifetime_points"), _counted)


def tier_progress(guest: Customer) -> dict[str, Any] | None:
    """How far the next tier is in points, for the API's profile; None for who is no member."""
    member = memberships.of(guest.id) if guest.loyalty_member else None
    if member is None:
        return None
    found = tiers.progress(member, today())
    return {
        "current": member.tier, "next": found.next.name if found.next else None,
        "points_to_next": found.needed.get("points"),
    }  # fmt: skip


parts.answers["tier_progress"] = tier_progress
