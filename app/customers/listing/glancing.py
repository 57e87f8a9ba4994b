"""A first look at a list: its figures up to the cap, and the page if that is all there is.

The database counts and sorts what `gather` would fetch: most of that took longer to hand over than
to find.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, Subquery, case, func, select, true

from app.customers.listing import asked as asking
from app.customers.listing.asked import Asked
from app.customers.listing.figures import Figures, Summary, figure_columns
from app.customers.listing.gathering import fitting, has_values
from app.extensions import db


@dataclass(frozen=True)
class Glance:
    """What was seen: how many guests, at most one beyond the cap; figures of those up to it.

    `rows` are the page's (number, value), or None where their values would have been dear.
    """

    seen: int
    figures: Figures
    rows: Sequence[Any] | None


def glance(asked: Asked) -> Glance:
    """Look at a list that nobody searches in."""
    valued = has_values(asked)
    few = fitting(asked, valued=valued).cte("few")
    up_to_cap = select(few).limit(asking.CAP).subquery("up_to_cap")
    seen = select(func.count()).select_from(few).scalar_subquery()
    counted = select(seen.label("seen"), *figure_columns(up_to_cap.c)).subquery("counted")
    query = select(counted)
    if valued:
        page = _page(asked, few)
        query = query.add_columns(page.c.number, page.c.value)
        query = query.select_from(counted.outerjoin(page, true())).order_by(page.c.place)
    rows = db.session.connection().execute(query).all()
    seen_now, total, vips, returning, stayed, corporate, *_page_columns = rows[0]
    figures = Figures(Summary(total, vips, returning, total - returning), stayed, corporate)
    found = [row for row in rows if row.number is not None] if valued else None
    return Glance(seen_now, figures, found)


def _page(asked: Asked, few: CTE) -> Subquery:
    keys = _keys(asked, few.c.value, few.c.number)
    place = func.row_number().over(order_by=keys).label("place")
    page: Select[Any] = select(few.c.number, few.c.value, place).order_by(*keys)
    return page.offset(asked.skip).limit(asked.limit).subquery("page")


def _keys(asked: Asked, value: Any, number: Any) -> list[ColumnElement[Any]]:
    """As `arranged` sorts: guests without a value last, equal ones by their numbers."""
    levels = asked.sort.levels
    rank = case({level: at for at, level in enumerate(levels)}, value=value) if levels else value
    keys = [rank.desc() if asked.descending else rank.asc()]
    unknown = [value.is_(None)] if asked.sort.nullable else []
    return [*unknown, *keys, number.desc() if asked.descending else number.asc()]
