"""Pages about documents of all guests: the papers that expire, the rules for pictures, the runs."""

from typing import Any

from flask import Blueprint, url_for
from flask_babel import lazy_gettext as _l

from app.auth.guard import may

blueprint = Blueprint("paperwork", __name__, url_prefix="/documents")
TABS = (
    (_l("Papers that expire"), "paperwork.index", "documents.read"),
    (_l("Rules for pictures"), "paperwork.rules", "documents.rules"),
    (_l("Removal of pictures"), "paperwork.retention", "documents.rules"),
)


def tabs(current: str) -> list[dict[str, Any]]:
    """The pages that this reader may open, with the present one marked."""
    return [
        {"label": str(label), "href": url_for(endpoint), "current": endpoint == current}
        for label, endpoint, permission in TABS if may(permission)
    ]  # fmt: skip


from app.documents.views import expiring, retention, rules  # noqa: E402, F401 - they need it
