"""The pages about all members: their tabs, and the figures of the first one, from wherever."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.core.actor import Actor

Said = tuple[str, str, str]
"""(value, what it counts, a quiet remark or '')."""


@dataclass(frozen=True)
class Tab:
    """A page of the house's loyalty programme. `place` orders them."""

    place: int
    label: Any
    endpoint: str
    permission: str


@dataclass(frozen=True)
class Figure:
    """A figure of the first page, leading to `endpoint` where that is one."""

    place: int
    permission: str
    ask: Callable[[], Said]
    endpoint: str = ""


_tabs: list[Tab] = []
_figures: list[Figure] = []


def add_tab(tab: Tab) -> None:
    """Show a tab to those who hold its permission."""
    _tabs.append(tab)
    _tabs.sort(key=lambda each: each.place)


def add_figure(figure: Figure) -> None:
    """Show a figure to those who hold its permission."""
    _figures.append(figure)
    _figures.sort(key=lambda each: each.place)


def tabs_for(by: Actor) -> list[Tab]:
    """The tabs that this reader may open, in order."""
    return [tab for tab in _tabs if by.may(tab.permission)]


def figures_for(by: Actor) -> list[Figure]:
    """The figures that this reader may see, in order."""
    return [figure for figure in _figures if by.may(figure.permission)]
