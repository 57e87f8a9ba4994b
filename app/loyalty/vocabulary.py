"""The fixed words of the programme: stored value to the word on screen, in order."""

from flask_babel import lazy_gettext as _l

from app.customers.vocabulary import LOYALTY_TIERS as TIERS

SOURCES = {
    "stay": _l("Stay"),
    "dining": _l("Dining"),
    "spa": _l("Spa"),
    "referral": _l("Referral"),
    "promotion": _l("Promotion"),
    "manual": _l("By hand"),
}
"""What points may be earned with when somebody says so."""
OTHER_SOURCES = {
    "welcome": _l("Welcome points"),
    "opening": _l("Carried over"),
    "transfer": _l("Handed on"),
    "expiry": _l("Expired"),
}
"""What only the programme itself writes."""
ALL_SOURCES = SOURCES | OTHER_SOURCES
REDEMPTIONS = {
    "room_discount": _l("Room discount"),
    "free_night": _l("Free night"),
    "upgrade": _l("Upgrade"),
    "amenity": _l("Amenity"),
}
KINDS = {
    "earn": _l("Earned"),
    "redeem": _l("Redeemed"),
    "expire": _l("Expired"),
    "adjust": _l("Adjusted"),
    "reverse": _l("Reversed"),
}
STANDINGS = {"active": _l("Active"), "expired": _l("Run out"), "closed": _l("Closed")}
"""How a membership stands, as the API says it."""
__all__ = ["ALL_SOURCES", "KINDS", "OTHER_SOURCES", "REDEMPTIONS", "SOURCES", "STANDINGS", "TIERS"]
