"""What each filter of the guest list asks of a row."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, literal_column, select

from app.core.clock import today
from app.customers.models import Customer, Mark
from app.customers.vocabulary import CUSTOMER_TYPES

EQUAL = ("customer_type", "loyalty_tier", "customer_segment", "customer_source")
ANY_VIP = "any"
VIP_LEVELS = ("silver", "gold", "platinum", "diamond")
"""From the lowest to the highest."""
SEGMENTS: dict[str, Any] = {}
"""Segments by figures and their words. Features above fill this and all that follows."""
segment_menus: list[tuple[Any, dict[str, Any]]] = []
"""The label of each menu that offers segments, and those it offers."""
sources: dict[str, Callable[[Any], Select[Any] | None]] = {}
"""Filters that ask other tables: from a filter's value to the ids of all whom it leaves; None where
it asks nothing of them."""
Narrows = Callable[[Any], list[ColumnElement[bool]]]
narrowings: dict[str, Callable[[Any], Narrows]] = {}
"""Filters of the guests' own columns that a feature above knows: from a filter's value to what
makes conditions on whatever has a guest's columns."""
# The very text of the index's own condition: a bound value would keep both engines off it.
TAG_NOW: ColumnElement[bool] = (Mark.kind == literal_column("'tag'")) & Mark.lifted_at.is_(None)


def shows_blacklisted(filters: Mapping[str, Any]) -> bool:
    """Whether blacklisted guests are in the list; unless said otherwise, only in searches."""
    said: bool | None = filters["include_blacklisted"]
    return bool(filters["search"]) if said is None else said


def conditions(filters: Mapping[str, Any], of: Any = Customer) -> list[ColumnElement[bool]]:
    """The WHERE of the list, but for tags and what is searched for; `of` has a guest's columns."""
    shown = (False, True) if shows_blacklisted(filters) else (False,)
    found = [of.status == "active", of.is_blacklisted.in_(shown)]
    found += [getattr(of, name) == filters[name] for name in EQUAL if filters[name]]
    if levels := _levels(filters):
        found.append(of.vip_status.in_(levels))
    if filters["loyalty_tier"] and not filters["customer_type"]:
        found.append(of.customer_type.in_(tuple(CUSTOMER_TYPES)))
    return found + [bound for several in bounds(filters, of).values() for bound in several]


def bounds(filters: Mapping[str, Any], of: Any = Customer) -> dict[str, list[ColumnElement[bool]]]:
    """What the filters ask of columns that lists can be sorted by, by column."""
    stays, last, spent = of.total_stays, of.last_stay_date, of.total_spent
    start, end, least = (filters[n] for n in ("last_stay_from", "last_stay_to", "min_spent"))
    dated = start or end  # who has a last stay has stayed
    stayed = True if dated and filters["has_stayed"] is None else filters["has_stayed"]
    return {
        "total_stays": [] if stayed is None else [stays > 0] if stayed else [stays == 0],
        "last_stay_date": [*([last >= start] if start else []), *([last <= end] if end else [])],
        "total_spent": [] if least is None else [spent >= least],
    }


def _levels(filters: Mapping[str, Any]) -> tuple[str, ...]:
    """The VIP levels asked for. For a type or tier all are named, since these stand behind the
    levels in the filters' index, and so do tiers behind types: it is entered where they are.
    """
    vip = filters["vip_status"]
    if vip:
        return VIP_LEVELS if vip == ANY_VIP else (vip,)
    return ("none", *VIP_LEVELS) if filters["customer_type"] or filters["loyalty_tier"] else ()


def carriers(tag: str) -> Select[Any]:
    """The ids of the guests who carry the tag now."""
    open_end = Mark.expires_on.is_(None) | (Mark.expires_on >= today())
    return select(Mark.customer_id).where(TAG_NOW, Mark.value == tag, open_end)


def carried(filters: Mapping[str, Any]) -> list[Select[Any]]:
    """For each tag, and for what only other tables know, the ids of the guests whom it leaves."""
    asked = [source(filters[name]) for name, source in sources.items() if filters[name]]
    tagged = [carriers(tag) for tag in filters["tags"]]
    return tagged + [ids for ids in asked if ids is not None]


def narrowed(filters: Mapping[str, Any]) -> list[Narrows]:
    """What features above ask of the guests' own columns."""
    return [narrow(filters[name]) for name, narrow in narrowings.items() if filters[name]]


def is_among(ids: Select[Any], of: Any = Customer) -> ColumnElement[bool]:
    """True for guests of these ids, looked up one by one."""
    (owner,), (table,) = ids.selected_columns, ids.get_final_froms()
    return exists(ids.where(owner == of.id).correlate_except(table))
