"""Pages of the desk; one module a noun, all on one blueprint."""

from flask import Blueprint

from app.desk import parts as _parts  # noqa: F401 - adds to profile and booking

blueprint = Blueprint("desk", __name__, url_prefix="/desk")

from app.desk.views import (  # noqa: E402, F401 - they need the blueprint
    arrival,
    board,
    departure,
    printing,
    ticks,
    watch,
)
