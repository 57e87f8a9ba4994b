"""What features above bring to a guest: tabs, actions, alerts, badges, parts of the API.

The guest's own pages know only these tables; a feature adds to them where it registers its pages.
"""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow.fields import Field

from app.core.actor import Actor
from app.customers.models import Customer


@dataclass(frozen=True)
class Tab:
    """A tab of the profile: a page that takes `customer_id`. `place` orders them."""

    place: int
    name: str
    label: Any
    endpoint: str
    permission: str


@dataclass(frozen=True)
class Action:
    """A button in the head of the profile, leading to a page that takes `customer_id`."""

    label: Any
    endpoint: str
    permission: str
    icon: str
    in_list: bool = False
    """In the rows of the guest list, too."""


@dataclass(frozen=True)
class ListAction:
    """A button in the head of the guest list, leading to a page of its own."""

    label: Any
    endpoint: str
    permission: str
    icon: str


@dataclass(frozen=True)
class Carried:
    """A tick that the form of a new guest carries for another feature, with what was sent before;
    `made` makes something of that once the guest is there."""

    label: Any
    made: Callable[[Customer, str, Actor], None]


@dataclass(frozen=True)
class Panel:
    """A card of the overview, under the tags. `of` answers what its template knows as `shown`, with
    nothing beyond the reader's rights; None for nothing to show. `place` orders them."""

    place: int
    template: str
    of: Callable[[Customer, Actor], Any]


Alerts = Callable[[Customer, Actor], list[dict[str, Any]]]
"""Banners above every tab, as `_alerts.html` shows them; a part asks for what it needs."""

Badge = tuple[str, str, str]
Badges = Callable[[Mapping[str, Any], Actor, bool], list[Badge]]
"""(words, tone, icon) beside a name, made of `preferences_summary` alone; in lists as much as fits,
or the `whole` of it."""


@dataclass(frozen=True)
class Hit:
    """Something else than a guest that the search box finds: what it is called, what is told of it
    and of its guest's health; it leads to `href`."""

    title: str
    told: tuple[str, ...]
    care: list[Badge]
    href: str
    icon: str


Wishes = tuple[str, list[tuple[str, bool]]]
"""A heading, and wishes in words, each with whether it must stand out."""
Takes = Callable[..., None]
"""Writes what the API was sent under a key: the guest, the value, `by=`."""


@dataclass(frozen=True)
class Told:
    """A field of another feature's rows, for the guest's history: its label and kind of value come
    from the Input's `field`; `see` is the permission that shows its values."""

    field: Field[Any]
    see: str


tabs: list[Tab] = []
actions: list[Action] = []
list_actions: list[ListAction] = []
new_actions: list[ListAction] = []
"""The same in the head of a new guest's form."""
carried: dict[str, Carried] = {}
"""Control of a new guest's form to what it carries."""
panels: list[Panel] = []
alerts: list[Alerts] = []
cares: list[Badges] = []
takes: dict[str, Takes] = {}
events: dict[str, tuple[Any, str, str]] = {}
"""Audit action: what somebody did, in words; an icon, and a tone."""
views: dict[str, str] = {}
"""Those among the events where somebody only looked: the one under which several in a row, of one
person, are told in one line."""
told: dict[str, Told] = {}
"""Field in such events' changes: what it is."""
answers: dict[str, Callable[[Customer], Any]] = {}
"""Key of the API's profile: what it answers for a guest."""
links: dict[str, Callable[[Customer, Actor], str]] = {}
"""Field of a card: the address that its value leads to, '' for none."""
card_actions: dict[str, list[Action]] = {}
"""Group of the overview: buttons in the head of its card, each opening a dialog."""
card_facts: dict[str, Callable[[Customer, Actor], list[tuple[str, str, str]]]] = {}
"""Group of the overview: further lines of its card, as (label, value, address or '')."""
in_dialogs: set[str] = set()
"""Groups whose cards are changed by their actions alone, and by no form in place."""
finders: list[Callable[[str, Actor], list[Hit]]] = []
"""Who else knows what was typed into the search box, as far as the reader may see it."""
papers: list[Callable[[bytes], Any]] = []
"""Further places where the number of a paper may stand: its digest to a subquery of guests' ids."""
wishes: list[Callable[[Collection[uuid.UUID], Actor], Mapping[uuid.UUID, list[Wishes]]]] = []
"""Who knows what guests want, in words, as far as the reader may see it; by guest."""


def wishes_of(guest_ids: Collection[uuid.UUID], by: Actor) -> dict[uuid.UUID, list[Wishes]]:
    """What these guests want, what must not be missed first; who told nothing is left out."""
    found: dict[uuid.UUID, list[Wishes]] = {}
    for ask in wishes if guest_ids else ():
        for guest, told in ask(guest_ids, by).items():
            found.setdefault(guest, []).extend(told)
    return found


def add_tab(tab: Tab) -> None:
    """Show a tab to those who hold its permission."""
    tabs.append(tab)
    tabs.sort(key=lambda each: each.place)


def add_panel(panel: Panel) -> None:
    """Show a card on the overview."""
    panels.append(panel)
    panels.sort(key=lambda each: each.place)


def panels_of(guest: Customer, by: Actor) -> list[tuple[str, Any]]:
    """(template, what it shows) of each card that has something to show this reader."""
    found = [(each.template, each.of(guest, by)) for each in panels]
    return [(template, shown) for template, shown in found if shown is not None]


def care(summary: Mapping[str, Any] | None, by: Actor, *, whole: bool = False) -> list[Badge]:
    """What must be known of a guest wherever the name stands, as far as the reader may see it.

    As much as fits beside a name in a list; on a page about the guest, the `whole` of it.
    """
    return [badge for part in cares for badge in part(summary, by, whole)] if summary else []


def holds_paper(source: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    """Let the look-up of papers ask this one, too."""
    papers.append(source)
    return source
