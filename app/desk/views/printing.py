"""The day on paper: arrivals, a card for each room, the lists of housekeeping and kitchen."""

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from app.auth.guard import actor, requires
from app.core.errors import NotFound
from app.core.i18n import day
from app.desk import parties
from app.desk.parties import Party
from app.desk.views import blueprint, cards
from app.desk.views.frame import Board, asked

DEPARTMENTS = {"housekeeping": "housekeeping", "kitchen": "kitchen"}
COLUMNS = {
    "arrivals": ("arriving", "house", "leaving"), "rooms": ("arriving", "house"),
    "housekeeping": ("arriving", "house"), "kitchen": ("arriving", "house", "leaving"),
}  # fmt: skip
"""Kind of paper: whom it is about. Who leaves has breakfast first; who came today arrived today."""


@blueprint.get("/print/<kind>")
@requires("desk.use")
def prints(kind: str) -> str:
    """One kind of paper for a day."""
    if kind not in COLUMNS:
        raise NotFound(kind)
    board, _values = asked()
    board = Board(board.day, board.column, DEPARTMENTS.get(kind), board.loaded)
    context = {
        "title": _titles()[kind], "on": day(board.day, "weekday"), "kind": kind,
        "back": url_for("desk.index", day=board.day.isoformat()), "papers": _papers(kind, board),
    }  # fmt: skip
    return render_template(f"desk/print_{_template(kind)}.html", **context)


def _template(kind: str) -> str:
    return "tasks" if kind in DEPARTMENTS else kind


def _titles() -> dict[str, str]:
    return {
        "arrivals": _("Arrivals"), "rooms": _("Rooms"), "housekeeping": _("Housekeeping"),
        "kitchen": _("Kitchen"),
    }  # fmt: skip


def _papers(kind: str, board: Board) -> list[dict[str, Any]]:
    places = [p for p in parties.places(board.day) if p.column in COLUMNS[kind]]
    loaded = parties.load([each.id for each in places])
    found = [p for each in places if (p := loaded.get(each.id)) and _belongs(kind, p, board)]
    found.sort(key=_by_name if kind == "arrivals" else _by_room)
    papers = [cards.card(party, board, actor()) for party in found]
    if kind == "kitchen":  # its tasks name the allergies, so they need not stand there twice
        return [paper | {"alerts": []} for paper in papers if paper["groups"]]
    return papers if kind not in DEPARTMENTS else [p for p in papers if p["groups"] or p["alerts"]]


def _belongs(kind: str, party: Party, board: Board) -> bool:
    row = party.row
    if kind == "arrivals":
        return bool(row.status == "confirmed" or row.check_in_date == board.day)
    return bool(row.status != "checked_out")


def _by_name(party: Party) -> tuple[Any, ...]:
    return (party.row.check_in_date, party.row.sort_name)


def _by_room(party: Party) -> tuple[Any, ...]:
    room = party.row.room_number or ""
    return (not room, len(room), room, party.called)
