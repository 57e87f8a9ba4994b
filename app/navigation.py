"""The entries of the rail: what exists, and who sees it."""

from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_babel import lazy_gettext as _l

from app.auth.guard import may


@dataclass(frozen=True)
class Entry:
    """One entry, ready for the layout."""

    label: str
    href: str
    icon: str
    current: bool


ENTRIES = (
    (_l("Guests"), "customers.index", "users", "guests.read"),
    (_l("Imports"), "imports.index", "file-up", "guests.import"),
    (_l("Staff"), "staff.index", "shield", "staff.manage"),
    (_l("API tokens"), "tokens.index", "key-round", "tokens.manage"),
    (_l("Jobs"), "jobs.index", "activity", "jobs.manage"),
)


def navigation() -> list[Entry]:
    """The entries that this reader may use, with the present one marked."""
    here = (request.blueprint or "").split(".")[0]
    return [
        Entry(str(label), url_for(endpoint), icon, endpoint.split(".")[0] == here)
        for label, endpoint, icon, permission in ENTRIES
        if endpoint in current_app.view_functions and may(permission)
    ]


def search_url() -> str | None:
    """Where the search box of every page leads; None for who may not look for guests."""
    return url_for("customers.search") if may("guests.read") else None
