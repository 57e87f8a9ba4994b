"""One page of the guest list, its total and its summary."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.core.paging import Numbered
from app.customers.listing import asked as asking
from app.customers.listing import figures as counting
from app.customers.listing.asked import COUNTING, Asked, Filters
from app.customers.listing.figures import Figures, Summary
from app.customers.listing.gathering import arranged, begin_of, gather, is_surely_long
from app.customers.listing.glancing import glance
from app.customers.listing.rows import Listed, told
from app.customers.listing.sorts import name_place
from app.customers.listing.walking import sorted_page, walk
from app.extensions import db

PAGING = ("page", "limit", "sort_by", "order", "after", "before")


@dataclass(frozen=True)
class ListPage(Numbered):
    """A page of guests.

    `total` is a lower bound unless `total_exact`, and then `figures` speak of that many only.
    `after` is the place where the next page begins, `before` where the previous one ends; both
    are None for short lists, whose pages are found by their numbers, but `after` is there where an
    exact total was asked for, in every order but that of ranks.
    """

    rows: list[Listed]
    total: int
    total_exact: bool
    page: int
    limit: int
    figures: Figures
    has_next: bool
    after: str | None = None
    before: str | None = None

    @property
    def summary(self) -> Summary:
        """The four figures of the API's `summary`."""
        return self.figures.summary


def find_page(filters: Filters, *, exact: bool = False, tags: bool = True) -> ListPage:
    """The page that the filters, as `ListInput` gives them, ask for. Raises Invalid.

    Totals up to 10,000 are always exact. Longer lists are counted to the end only with `exact`;
    else the total is what `count_list` found within the last minute, or a lower bound.
    """
    asked = asking.ask(filters)
    known = None if exact or asked.by_rank else counting.kept.get(_key(asked))
    if known is not None:
        return _long(asked, known, tags=tags)
    if not exact and is_surely_long(asked):
        return _long(asked, _begun(asked, counting.figures_of(())), tags=tags)
    if asked.hits is None and asked.place is None:
        return _glanced(asked, exact=exact, tags=tags)
    few = gather(asked)
    if asked.by_rank or (len(few) <= asking.CAP and not asked.is_common):
        return _short(asked, few, tags=tags, places=exact and not asked.by_rank)
    return _long(asked, _counted(asked) if exact else _begun_of(asked, few), tags=tags)


def _glanced(asked: Asked, *, exact: bool, tags: bool) -> ListPage:
    found = glance(asked)
    if found.seen > asking.CAP:
        return _long(asked, _counted(asked) if exact else _begun(asked, found.figures), tags=tags)
    shown = sorted_page(asked)[: asked.limit] if found.rows is None else found.rows
    return _whole(asked, shown, found.figures, tags=tags, places=exact)


def count_list(filters: Filters) -> Figures | None:
    """The figures of a list of any length, at most a minute old.

    None where counting would take seconds: for searches, tags and segments, when many guests fit.
    """
    asked = asking.ask(filters)
    if asked.hits is not None or asked.carried:
        return None
    known = counting.kept.get(_key(asked))
    return known if known and known.to_the_end else _counted(asked)


def _key(asked: Asked) -> Hashable:
    shown = {k: str(v) for k, v in asked.filters.items() if k not in PAGING and v is not None}
    return (str(db.session.get_bind().url), *sorted(shown.items()))  # type: ignore[union-attr]


def _begun_of(asked: Asked, few: Sequence[Any]) -> Figures:
    return _begun(asked, counting.figures_of(few[: asking.CAP]))


def _begun(asked: Asked, figures: Figures) -> Figures:
    """Of the first 10,000 only; kept, so that the next page need not count them again."""
    least = replace(figures.summary, total_customers=asking.CAP)
    figures = replace(figures, summary=least, to_the_end=False)
    counting.kept.put(_key(asked), figures)
    return figures


def _counted(asked: Asked) -> Figures:
    slow = asked.hits is not None or asked.carried
    figures = counting.count(asked.everything(), "" if slow else COUNTING)
    if figures.total > asking.CAP:
        counting.kept.put(_key(asked), figures)
    return figures


def _short(asked: Asked, few: Sequence[Any], *, tags: bool, places: bool) -> ListPage:
    rows = arranged(few, asked)
    begin = begin_of(rows, asked)
    shown = rows[begin : begin + asked.limit]
    return _whole(asked, shown, counting.figures_of(rows), begin, tags=tags, places=places)


def _whole(
    asked: Asked, shown: Sequence[Any], figures: Figures, begin: int | None = None, *,
    tags: bool, places: bool,
) -> ListPage:  # fmt: skip
    """A page of a list that is known to its end; `begin` guests come before it."""
    begin = asked.skip if begin is None else begin
    has_next = begin + asked.limit < figures.total
    last = shown[-1] if shown and has_next and places else None
    return ListPage(
        rows=told(shown, tags=tags),
        total=figures.total, total_exact=not asked.is_common,
        page=asked.filters["page"] if asked.place is None else begin // asked.limit + 1,
        limit=asked.limit, figures=figures, has_next=has_next,
        after=name_place(asked.sort_by, last.value, last.number) if last else None,
    )  # fmt: skip


def _long(asked: Asked, figures: Figures, *, tags: bool) -> ListPage:
    found = walk(asked)
    more = len(found) > asked.limit
    shown = found[: asked.limit][:: -1 if asked.backwards else 1]
    ends = [name_place(asked.sort_by, row.value, row.number) for row in shown[:1] + shown[-1:]]
    first = not asked.skip if asked.place is None else asked.backwards and not more
    has_next = more or asked.backwards
    return ListPage(
        rows=told(shown, tags=tags),
        total=figures.total, total_exact=figures.to_the_end,
        page=asked.filters["page"], limit=asked.limit, figures=figures, has_next=has_next,
        after=ends[-1] if ends and has_next else None,
        before=ends[0] if ends and not first else None,
    )  # fmt: skip
