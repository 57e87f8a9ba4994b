"""The bare address: leads to the first page that the reader may use."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from app.auth.guard import requires
from app.navigation import navigation

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@requires("account.own")
def index() -> Response:
    """303 to the first entry of the rail, or to one's own account."""
    entries = navigation()
    return redirect(entries[0].href if entries else url_for("account.show"), 303)
