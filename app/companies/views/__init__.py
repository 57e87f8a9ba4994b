"""Pages of companies: the list, a profile, its forms, contacts, and who travels for it."""

from flask import Blueprint

blueprint = Blueprint("companies", __name__)

from app.companies import employment as _employment  # noqa: E402, F401 - tells guests' employers
from app.companies.views import (  # noqa: E402, F401 - they need the blueprint
    contacts,
    forms,
    linking,
    listing,
    profile,
)
