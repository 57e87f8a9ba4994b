"""Pages of the house's loyalty programme: its start page, tiers, rules and promotions."""

from flask import Blueprint

blueprint = Blueprint("loyalty", __name__, url_prefix="/loyalty")

from app.loyalty import tier_parts as _parts  # noqa: E402, F401 - words for the guest's history
from app.loyalty.views import (  # noqa: E402, F401 - they need the blueprint
    promotions,
    proposals,
    rules,
    start,
)
