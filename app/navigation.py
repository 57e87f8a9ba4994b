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
    (_l("Desk"), "desk.index", "concierge-bell", "desk.use"),
    (_l("Guests"), "customers.index", "users", "guests.read"),
    (_l("Companies"), "companies.index", "building-2", "companies.read"),
    (_l("Loyalty"), "loyalty.index", "award", "loyalty.read"),
    (_l("Documents"), "paperwork.index", "id-card", "documents.read"),
    (_l("Imports"), "imports.index", "file-up", "guests.import"),
    (_l("Staff"), "staff.index", "shield", "staff.manage"),
    (_l("API tokens"), "tokens.index", "key-round", "tokens.manage"),
    (_l("Jobs"), "jobs.index", "activity", "jobs.manage"),
)


def navigation() -> list[Entry]:
    """The entries that this reader may use, with the present one marked."""
    known = [
        (str(label), url_for(endpoint), icon)
        for label, endpoint, icon, permission in ENTRIES
        if endpoint in current_app.view_functions and may(permission)
    ]
    return [Entry(label, href, icon, _is_under(href)) for label, href, icon in known]


def _is_under(href: str) -> bool:
    """True on the entry's own page and on those below it, whichever feature they belong to."""
    return f"{request.path}/".startswith(f"{href}/")


def search_url() -> str | None:
    """Where the search box of every page leads; None for who may not look for guests."""
    return url_for("customers.search") if may("guests.read") else None
