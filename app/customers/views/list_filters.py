"""The list's filters on the page: what the address says, as chips, and the ways from there."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from app.core.errors import Invalid
from app.core.i18n import day, money
from app.customers import vocabulary as words
from app.customers.listing import Figures, ListInput
from app.customers.listing.filters import SEGMENTS, segment_menus
from app.customers.listing.inputs import VIP_FILTERS
from app.customers.listing.sorts import DEFAULT, SORTS

Words = tuple[tuple[str, str], ...]
APPLY = "apply"
PLACES = ("page", "after", "before")
SEVERAL = ("tags", "segment")
"""Filters that may be asked for several times; addresses carry them with commas."""
SPOKEN = ("last_stay_from", "last_stay_to", "min_spent", "include_blacklisted")
CHOICES: dict[str, tuple[Any, dict[str, Any]]] = {
    "customer_type": (_l("Type"), words.CUSTOMER_TYPES),
    "vip_status": (_l("VIP level"), VIP_FILTERS),
    "loyalty_tier": (_l("Loyalty tier"), words.LOYALTY_TIERS),
    "customer_segment": (_l("Segment"), words.SEGMENTS),
    "customer_source": (_l("Came through"), words.SOURCES),
    "has_stayed": (_l("Stays"), {"true": _l("Has stayed"), "false": _l("Has not stayed yet")}),
}
QUICK: tuple[tuple[Any, str, str, str], ...] = (
    (_l("VIP"), "vip_status", "any", "vip"),
    (_l("Has stayed"), "has_stayed", "true", "stayed"),
    (_l("Companies"), "customer_type", "corporate", "corporate"),
)
"""Filters of one touch: their word, field and value, and the figure that counts them."""
LABELS: dict[str, Any] = {
    **{name: label for name, (label, _choices) in CHOICES.items()},
    "search": _l("Search"),
    "last_stay_from": _l("Last stay from"),
    "last_stay_to": _l("Last stay to"),
    "min_spent": _l("Spent at least"),
    "tags": _l("Tags"),
    "segment": _l("Segment by figures"),
    "include_blacklisted": _l("Blacklisted guests"),
    "sort_by": _l("Order"),
    "order": _l("Direction"),
    "page": _l("Page"),
    "limit": _l("Guests a page"),
    "after": _l("Place in the list"),
    "before": _l("Place in the list"),
}


@dataclass(frozen=True)
class Chip:
    """A filter as a chip: where touching it leads, and how many guests it would leave."""

    label: str
    href: str
    pressed: bool = False
    count: int | None = None


class Query:
    """What the address says, without what says nothing; and the addresses of its neighbours."""

    def __init__(self, args: MultiDict[str, str]) -> None:
        asked = {name: value for name, value in args.items() if value.strip()}
        if typed := asked.pop("q", None):
            asked.setdefault("search", typed)
        asked.pop(APPLY, None)
        self.values: dict[str, str] = asked
        for name in SEVERAL:
            if given := [each for each in args.getlist(name) if each.strip()]:
                self.values[name] = ",".join(given)
        self.is_short = list(args.items(multi=True)) == list(self.values.items())

    def but(self, **changes: Any) -> str:
        """The address of the list with some values changed (None: left out), from page 1 on."""
        return _address(self.filters(**changes))

    def several(self, name: str) -> list[str]:
        """What is asked for of a filter that may be there several times."""
        return self.values[name].split(",") if name in self.values else []

    def without(self, name: str, value: str) -> str:
        """The address of the list with one value less of such a filter."""
        rest = ",".join(other for other in self.several(name) if other != value)
        return self.but(**{name: rest or None})

    @property
    def figures(self) -> str:
        """The address of the list's figures."""
        return _address(self.filters(sort_by=None, order=None), "customers.figures")

    def filters(self, **changes: Any) -> dict[str, Any]:
        """What is asked for, without the place in it, and with changes."""
        kept = {name: value for name, value in self.values.items() if name not in PLACES}
        return {name: value for name, value in (kept | changes).items() if value is not None}

    @property
    def address(self) -> str:
        """The shortest address of this very page."""
        return _address(self.values)


def _address(values: dict[str, Any], endpoint: str = "customers.index") -> str:
    """Never by keywords of `url_for`: some of those are not for the query."""
    said = f"?{urlencode(values)}" if values else ""
    return url_for(endpoint) + said


def sorts(query: Query) -> dict[str, tuple[str, str | None]]:
    """For each order the address that sorts by it, and its direction while it is in force."""
    said = query.values
    current = said.get("sort_by", None if "search" in said else DEFAULT)
    found: dict[str, tuple[str, str | None]] = {}
    for name, sort in SORTS.items():
        present = said.get("order", sort.first) if name == current else None
        wanted = sort.first if present is None else "asc" if present == "desc" else "desc"
        order = None if wanted == sort.first else wanted
        state = {"asc": "ascending", "desc": "descending"}.get(present or "")
        found[name] = (query.but(sort_by=name, order=order), state)
    return found


def quick(query: Query, figures: Figures, *, counted: bool) -> Iterator[Chip]:
    """The chips of one touch, with their counts where these are exact."""
    counts = {
        "vip": figures.summary.vip_customers, "stayed": figures.stayed,
        "corporate": figures.corporate,
    }  # fmt: skip
    for label, name, value, figure in QUICK:
        said = query.values.get(name)
        href = query.but(**{name: None if said == value else value})
        count = counts[figure] if counted and said in (None, value) else None
        yield Chip(str(label), href, said == value, count)


def selects() -> list[tuple[str, str, Words]]:
    """The menus of the rarer filters: name, label and options."""
    locale = str(get_locale() or "en")
    return [(name, str(label), _words(name, locale)) for name, (label, _choices) in CHOICES.items()]


def menus() -> list[tuple[str, Words]]:
    """The menus that offer segments by figures: label and options."""
    return [
        (str(label), (("", _("any")), *((name, str(word)) for name, word in choices.items())))
        for label, choices in segment_menus
    ]


@lru_cache(maxsize=64)
def _words(name: str, locale: str) -> Words:  # noqa: ARG001 - the words follow it
    """The options of a menu: the same for every reader of a language, so they are kept."""
    return (("", _("any")), *((value, str(word)) for value, word in CHOICES[name][1].items()))


def in_force(query: Query) -> Iterator[Chip]:
    """The filters that no chip of one touch shows already; touching one takes it away."""
    said, shown = query.values, {(name, value) for _label, name, value, _figure in QUICK}
    if "search" in said:
        yield Chip(f"“{said['search']}”", query.but(search=None))
    for name, (label, choices) in CHOICES.items():
        if name in said and (name, said[name]) not in shown:
            word = choices.get(said[name], said[name])
            yield Chip(f"{label}: {word}", query.but(**{name: None}))
    for name, sentence in _sentences(said):
        yield Chip(sentence, query.but(**{name: None}))
    for tag in query.several("tags"):
        yield Chip(_("Tag: %(tag)s", tag=tag), query.without("tags", tag))
    for segment in query.several("segment"):
        yield Chip(str(SEGMENTS.get(segment, segment)), query.without("segment", segment))


def _sentences(said: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name in SPOKEN:
        try:
            value = ListInput.read({name: said[name]})[name] if name in said else None
        except Invalid:
            value = None
        if value is not None:
            yield name, _sentence(name, value)


def _sentence(name: str, value: Any) -> str:
    if name == "last_stay_from":
        return str(_("Last stay from %(day)s", day=day(value)))
    if name == "last_stay_to":
        return str(_("Last stay to %(day)s", day=day(value)))
    if name == "min_spent":
        return str(_("Spent %(amount)s or more", amount=money(value)))
    return str(_("With blacklisted guests") if value else _("Without blacklisted guests"))
