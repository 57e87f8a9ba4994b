"""What happens to tiers, in the words of a guest's history."""

from flask_babel import lazy_gettext as _l

from app.core.inputs import Day
from app.customers import parts
from app.customers.parts import Told

SEE = "loyalty.read"
parts.events |= {
    "tier.raised": (_l("raised the tier"), "arrow-up", "good"),
    "tier.lowered": (_l("lowered the tier"), "arrow-down", "attention"),
    "tier.granted": (_l("gave a tier by hand"), "award", "good"),
    "tier.kept": (_l("kept the tier"), "award", "neutral"),
    "points.corrected": (_l("put the points of a stay right"), "refresh-cw", "neutral"),
}
parts.told |= {
    "tier_kept_until": Told(Day(metadata={"label": _l("Tier kept until")}), SEE),
}
