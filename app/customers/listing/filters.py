"""What each filter of the guest list asks of a row."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, exists

from app.core.clock import today
from app.customers.models import Customer, Mark

EQUAL = ("customer_type", "loyalty_tier", "customer_segment", "customer_source")


def shows_blacklisted(filters: Mapping[str, Any]) -> bool:
    """Whether blacklisted guests are in the list; unless said otherwise, only in searches."""
    said: bool | None = filters["include_blacklisted"]
    return bool(filters["search"]) if said is None else said


def conditions(filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """The WHERE of the list, search aside."""
    found: list[ColumnElement[bool]] = [Customer.status == "active"]
    if not shows_blacklisted(filters):
        found.append(Customer.is_blacklisted.is_(False))
    found += [getattr(Customer, name) == filters[name] for name in EQUAL if filters[name]]
    if vip := filters["vip_status"]:
        found.append(Customer.vip_status != "none" if vip == "any" else Customer.vip_status == vip)
    if filters["has_stayed"] is not None:
        stayed = Customer.total_stays > 0
        found.append(stayed if filters["has_stayed"] else ~stayed)
    if filters["last_stay_from"]:
        found.append(Customer.last_stay_date >= filters["last_stay_from"])
    if filters["last_stay_to"]:
        found.append(Customer.last_stay_date <= filters["last_stay_to"])
    if filters["min_spent"] is not None:
        found.append(Customer.total_spent >= filters["min_spent"])
    return found + [has_tag(tag) for tag in filters["tags"]]


def has_tag(tag: str) -> ColumnElement[bool]:
    """True for guests who carry the tag now."""
    return exists().where(
        Mark.value == tag, Mark.customer_id == Customer.id, Mark.kind == "tag",
        Mark.lifted_at.is_(None), Mark.expires_on.is_(None) | (Mark.expires_on >= today()),
    )  # fmt: skip
