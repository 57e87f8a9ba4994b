"""Which board a page belongs to: its day, column, department, and since when it is open."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from app.core.clock import now, today
from app.core.errors import Invalid
from app.customers.views.addresses import ANYBODY
from app.desk.inputs import BoardInput

Address = Callable[[uuid.UUID], str]


@dataclass(frozen=True)
class Addresses:
    """Where a board's cards lead: each takes an id. Built once, since a card has many."""

    profile: Address
    booking: Address
    check_in: Address
    check_out: Address
    ticks: Address
    new_tick: Address


def _pattern(endpoint: str, takes: str = "booking_id", **query: Any) -> Address:
    values: dict[str, Any] = {takes: ANYBODY, **query}
    pattern = url_for(endpoint, **values)
    return lambda one: pattern.replace(ANYBODY, str(one))


@dataclass(frozen=True)
class Board:
    """A board as an address names it; `loaded` is when its page was opened."""

    day: date
    column: str
    department: str | None
    loaded: datetime

    def address(self, **changes: Any) -> str:
        """The page's address, with some parts changed."""
        return url_for("desk.index", **self.query(**changes))

    @cached_property
    def addresses(self) -> Addresses:
        """Where the cards lead, and back to this very board."""
        here = self.query() | {"loaded": self.loaded.isoformat()}
        return Addresses(
            profile=_pattern("customers.show", "customer_id"), booking=_pattern("stays.show"),
            check_in=_pattern("desk.check_in"), check_out=_pattern("desk.check_out"),
            ticks=_pattern("desk.create_tick", **here),
            new_tick=_pattern("desk.new_tick", **here, key=""),
        )  # fmt: skip

    @cached_property
    def here(self) -> date:
        """Today, at the moment of drawing."""
        return today()

    @cached_property
    def drawn(self) -> str:
        """The moment of drawing, as ticks send it back: what changed later was not seen."""
        return now().isoformat()

    @cached_property
    def more_words(self) -> str:
        """What the touch beside a task is for."""
        return str(_("Not possible or declined"))

    def query(self, **changes: Any) -> dict[str, Any]:
        """What an address must say to lead back here; what goes without saying is left out."""
        said: dict[str, Any] = {
            "day": self.day,
            "column": self.column,
            "department": self.department,
        }
        said |= changes
        if said["day"] == today():
            said["day"] = None
        if said["column"] == "arriving":
            said["column"] = None
        said = {name: value for name, value in said.items() if value}
        return said | ({"day": said["day"].isoformat()} if "day" in said else {})


def asked() -> tuple[Board, dict[str, Any]]:
    """The board that the address names, and all that it says. Raises Invalid for nonsense."""
    known = BoardInput().fields
    values = BoardInput.read({n: v for n, v in request.args.items() if n in known and v})
    board = Board(
        values.get("day") or today(), values.get("column") or "arriving",
        values.get("department"), values.get("loaded") or now(),
    )  # fmt: skip
    return board, values


def board_of_address() -> Board:
    """The board that a tick or a check-in came from; else today's."""
    try:
        return asked()[0]
    except Invalid:
        return Board(today(), "arriving", None, now())


def party_id(booking_id: uuid.UUID) -> str:
    """The id of a party's card on the page."""
    return f"party-{booking_id}"
