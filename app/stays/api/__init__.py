"""The JSON API of bookings and stays."""

from app.stays import portrait as _portrait  # noqa: F401 - adds to the profile
from app.stays.api import bookings, history, states  # noqa: F401 - routes
from app.stays.api.frame import blueprint

__all__ = ["blueprint"]
