"""The loyalty tab of a guest, and what staff do with a membership and its points."""

from flask import Blueprint

blueprint = Blueprint("memberships", __name__, url_prefix="/customers/<uuid:customer_id>/loyalty")

from app.loyalty.member import (  # noqa: E402 - the pages are added to the blueprint above
    giving,
    reversals,
    spending,
    standing,
    tab,
)

__all__ = ["blueprint", "giving", "reversals", "spending", "standing", "tab"]
