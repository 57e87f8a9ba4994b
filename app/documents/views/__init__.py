"""Pages of a guest's documents; one module a noun, all on one blueprint."""

from flask import Blueprint

blueprint = Blueprint("documents", __name__, url_prefix="/customers/<uuid:customer_id>/documents")

from app.documents import parts as _parts  # noqa: E402, F401 - adds to the guest's profile
from app.documents.views import (  # noqa: E402, F401 - they need the blueprint
    changes,
    making,
    pictures,
    reading,
    tab,
)
