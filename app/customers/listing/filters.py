"""What each filter of the guest list asks of a row."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, literal_column, select

from app.core.clock import today
from app.customers.models import Customer, Mark

EQUAL = ("customer_type", "loyalty_tier", "customer_segment", "customer_source")
ANY_VIP = "any"
VIP_LEVELS = ("silver", "gold", "platinum", "diamond")
"""From the lowest to the highest."""
# The very text of the index's own condition: a bound value would keep both engines off it.
TAG_NOW: ColumnElement[bool] = (Mark.kind == literal_column("'tag'")) & Mark.lifted_at.is_(None)


def shows_blacklisted(filters: Mapping[str, Any]) -> bool:
    """Whether blacklisted guests are in the list; unless said otherwise, only in searches."""
    said: bool | None = filters["include_blacklisted"]
    return bool(filters["search"]) if said is None else said


def conditions(filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """The WHERE of the list, but for tags and what is searched for."""
    shown = (False, True) if shows_blacklisted(filters) else (False,)
    found = [Customer.status == "active", Customer.is_blacklisted.in_(shown)]
    found += [getattr(Customer, name) == filters[name] for name in EQUAL if filters[name]]
    if vip := filters["vip_status"]:
        levels = VIP_LEVELS if vip == ANY_VIP else (vip,)
        found.append(Customer.vip_status.in_(levels))
    if filters["has_stayed"] is not None:
        stays = Customer.total_stays
        found.append(stays > 0 if filters["has_stayed"] else stays == 0)
    if filters["last_stay_from"]:
        found.append(Customer.last_stay_date >= filters["last_stay_from"])
    if filters["last_stay_to"]:
        found.append(Customer.last_stay_date <= filters["last_stay_to"])
    if filters["min_spent"] is not None:
        found.append(Customer.total_spent >= filters["min_spent"])
    return found


def carriers(tag: str) -> Select[Any]:
    """The ids of the guests who carry the tag now."""
    open_end = Mark.expires_on.is_(None) | (Mark.expires_on >= today())
    return select(Mark.customer_id).where(TAG_NOW, Mark.value == tag, open_end)


def has_tag(tag: str) -> ColumnElement[bool]:
    """True for guests who carry the tag now."""
    return exists(carriers(tag).where(Mark.customer_id == Customer.id).correlate(Customer))
