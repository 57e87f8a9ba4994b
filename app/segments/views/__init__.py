"""Pages about segments: how many guests are in each, and where each begins."""

from typing import Any

from flask import Blueprint, url_for
from flask_babel import lazy_gettext as _l

from app.auth.guard import may

blueprint = Blueprint("segments", __name__, url_prefix="/segments")
TABS = (
    (_l("Guests by segment"), "segments.index", "segments.report"),
    (_l("Thresholds"), "segments.rules", "segments.rules"),
)


def tabs(current: str) -> list[dict[str, Any]]:
    """The pages that this reader may open, with the present one marked."""
    return [
        {"label": str(label), "href": url_for(endpoint), "current": endpoint == current}
        for label, endpoint, permission in TABS if may(permission)
    ]  # fmt: skip


from app.segments import finding as _finding  # noqa: E402, F401 - adds to the guest list
from app.segments import parts as _parts  # noqa: E402, F401 - adds to the guest's overview
from app.segments import run as _run  # noqa: E402, F401 - registers its work
from app.segments.views import overview, thresholds  # noqa: E402, F401 - they need the blueprint
