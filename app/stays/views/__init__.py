"""Pages of bookings and stays; one module a noun, all on one blueprint."""

from flask import Blueprint

blueprint = Blueprint("stays", __name__)

from app.stays import business as _business  # noqa: E402, F401 - tells of a company's stays
from app.stays import portrait as _portrait  # noqa: E402, F401 - adds to the guest's profile
from app.stays import whereabouts as _whereabouts  # noqa: E402, F401 - tells who is where
from app.stays.views import (  # noqa: E402, F401 - they need the blueprint
    aftercare,
    bookings,
    found,
    history,
    making,
    states,
)
