"""Pages of the desk; one module a noun, all on one blueprint."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from app.customers.views.history import WORDS

blueprint = Blueprint("desk", __name__, url_prefix="/desk")

WORDS |= {
    "task.ticked": (_l("ticked a task at the desk"), "list-checks", "neutral"),
    "identity.confirmed": (_l("confirmed the identity"), "shield-check", "good"),
}

from app.desk.views import (  # noqa: E402, F401 - they need the blueprint
    arrival,
    board,
    departure,
    printing,
    ticks,
)
