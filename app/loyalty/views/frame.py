"""What all pages of the house's programme have: the tabs, and dates and counts in words."""

from typing import Any

from flask import current_app, url_for

from app.auth.guard import actor
from app.core.web import page_or_fragment
from app.loyalty import house
from app.loyalty.vocabulary import TIERS


def tabs(current: str) -> list[dict[str, Any]]:
    """The pages that this reader may open, with the present one marked."""
    return [
        {"label": str(tab.label), "href": url_for(tab.endpoint), "current": tab.endpoint == current}
        for tab in house.tabs_for(actor()) if tab.endpoint in current_app.view_functions
    ]  # fmt: skip


def page(name: str, current: str, status: int = 200, **context: Any) -> Any:
    """A page of the house's programme, of `templates/loyalty/house`."""
    template = f"loyalty/house/{name}.html"
    return page_or_fragment(template, template, status, tabs=tabs(current), **context)


def tier_word(tier: str | None) -> str:
    """A tier as people call it."""
    return str(TIERS.get(tier or "", tier or ""))
