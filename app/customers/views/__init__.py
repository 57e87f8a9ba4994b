"""Pages of the guest record; one module a noun, all on one blueprint."""

from flask import Blueprint

blueprint = Blueprint("customers", __name__, url_prefix="/customers")

from app.customers.views import (  # noqa: E402, F401 - they need the blueprint
    creation,
    exports,
    finding,
    groups,
    history,
    listing,
    marks,
    profile,
)
