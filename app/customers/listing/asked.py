"""What a request for the guest list comes to: conditions, order, direction and place."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select

from app.core.errors import Invalid
from app.customers import search
from app.customers.listing.filters import (
    Narrows,
    carried,
    conditions,
    is_among,
    narrowed,
    sources,
)  # fmt: skip
from app.customers.listing.matching import matches
from app.customers.listing.sorts import DEFAULT, SORTS, Place, Sort, read_place
from app.customers.models import Customer
from app.extensions import db

CAP = 10_000
"""Up to here guests are counted and sorted one by one; beyond, the orders' indexes are walked."""

COUNTING = "INDEXED BY ix_customers_filters"
"""The index that has every filter in it, as a hint for SQLite."""

UNFILTERED = {"page", "limit", "sort_by", "order", "after", "before", "include_blacklisted"}

Filters = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """A request for a page, made ready.

    `hits` are the guests that the search found, the best first, up to one beyond the cap; None
    without a search. `by_rank` keeps them in that order. `place` is where the page begins, or,
    when `backwards`, where it ends; without one, `skip` guests come before it.
    """

    filters: Filters
    sort_by: str
    descending: bool
    by_rank: bool
    hits: list[uuid.UUID] | None
    place: Place | None
    backwards: bool

    @property
    def sort(self) -> Sort:
        """The order asked for."""
        return SORTS[self.sort_by]

    @property
    def limit(self) -> int:
        """How many rows a page has."""
        limit: int = self.filters["limit"]
        return limit

    @property
    def skip(self) -> int:
        """How many rows come before the page that has the number."""
        page: int = self.filters["page"]
        return (page - 1) * self.limit

    @property
    def is_plain(self) -> bool:
        """True when all guests are asked for, so that the order's index alone has the answer."""
        return self._said <= UNFILTERED

    @property
    def is_plain_but_for_carried(self) -> bool:
        """True when nothing is asked of the guests' own row."""
        plain = self._said <= UNFILTERED | {"tags", *sources}
        return plain and not any(narrow(Customer) for narrow in self._narrowed)

    @cached_property
    def carried(self) -> list[Select[Any]]:
        """What tags and segments leave, as ids of guests."""
        return carried(self.filters)

    @cached_property
    def _narrowed(self) -> list[Narrows]:
        return narrowed(self.filters)

    @property
    def _said(self) -> set[str]:
        return {name for name, value in self.filters.items() if value not in (None, [], "")}

    @property
    def is_common(self) -> bool:
        """True when a search found more than is looked at one by one."""
        return self.hits is not None and len(self.hits) > CAP

    def where(self, of: Any = Customer) -> list[ColumnElement[bool]]:
        """The WHERE but for what is asked of other tables and the search."""
        more = [each for narrow in self._narrowed for each in narrow(of)]
        return conditions(self.filters, of) + more

    def everything(self, of: Any = Customer) -> list[ColumnElement[bool]]:
        """The whole WHERE, with tags, segments and a search for something common."""
        found = self.where(of) + [is_among(ids, of) for ids in self.carried]
        return [*found, matches(self.filters["search"], of)] if self.is_common else found


def ask(filters: Filters) -> Asked:
    """Read the filters of a `ListInput`. Raises Invalid for a place of another order."""
    sort_by = filters["sort_by"] or DEFAULT
    by_rank = bool(filters["search"]) and not filters["sort_by"]
    return Asked(
        filters=filters,
        sort_by=sort_by,
        descending=(filters["order"] or SORTS[sort_by].first) == "desc",
        by_rank=by_rank,
        hits=_hits(filters["search"]),
        place=None if by_rank else _place(filters, sort_by),
        backwards=bool(filters["before"] and not filters["after"]),
    )


def _hits(words: str | None) -> list[uuid.UUID] | None:
    if not words:
        return None
    return [hit.customer_id for hit in search.find(db.session.connection(), words, CAP + 1)]


def _place(filters: Filters, sort_by: str) -> Place | None:
    name = "after" if filters["after"] else "before"
    if not filters[name]:
        return None
    try:
        return read_place(sort_by, filters[name])
    except ValueError:
        sentence = _l("This place is not of this list; start again from the first page.")
        raise Invalid({name: sentence}) from None
