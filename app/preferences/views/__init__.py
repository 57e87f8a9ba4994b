"""Pages of preferences: the tab of a guest's profile, and the lists of options for managers."""

from flask import Blueprint

blueprint = Blueprint("preferences", __name__, url_prefix="/customers/<uuid:customer_id>")
lists_blueprint = Blueprint("preference_options", __name__, url_prefix="/preferences/options")

from app.preferences import sharing, standing  # noqa: E402, F401 - what others show of a guest
from app.preferences.views import history, options, tab  # noqa: E402, F401 - they need these
