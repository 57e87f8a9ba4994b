"""The board: three columns of parties, which keeps itself up to date while somebody reads it."""

import uuid
from datetime import timedelta
from typing import Any

from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext as _

from app.auth.guard import actor, requires
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.web import wants_fragment
from app.desk import parties
from app.desk.parties import Party, Place
from app.desk.views import blueprint, cards, watch
from app.desk.views.frame import Board, asked
from app.desk.views.watch import Columns
from app.desk.vocabulary import COLUMNS, DEPARTMENTS

PORTION = 24
"""Cards of a column that are drawn at once; the next ones follow when they come into view."""


@blueprint.get("")
@requires("desk.use")
def index() -> Response:
    """The board of a day; for htmx, the next portion of one column."""
    board, values = asked()
    if wants_fragment() and values["skip"]:
        places = watch.columns(board, actor(), parties.places(board.day))
        column = _shown(board, actor(), places, [board.column], values["skip"])[0]
        return _varying(render_template("desk/_portion.html", board=board, column=column))
    return _varying(
        render_template("desk/index.html", **page(board, actor(), whole="all" in request.args))
    )


def page(board: Board, by: Actor, *, whole: bool = False) -> dict[str, Any]:
    """All that the page shows; `whole`: its column to the end."""
    looked = now()
    columns = watch.columns(board, by, parties.places(board.day))
    return _frame(board) | {
        "columns": _shown(board, by, columns, list(COLUMNS), 0, whole=whole),
        "watch": watch.watch(board, looked, watch.stamp(board, columns)),
    }


def _shown(
    board: Board, by: Actor, columns: Columns, keys: list[str], skip: int, *, whole: bool = False
) -> list[dict[str, Any]]:
    """These columns from the card `skip` on; what their cards show is loaded at once."""
    cuts = {
        key: slice(skip, None if whole and board.column == key else skip + PORTION) for key in keys
    }
    loaded = parties.load([each.id for key, cut in cuts.items() for each in columns[key][cut]])
    return [
        _portion(board, by, key, columns[key], cut, loaded) | _head(board, key, columns[key])
        for key, cut in cuts.items()
    ]


def _head(board: Board, key: str, places: list[Place]) -> dict[str, Any]:
    return {
        "title": str(COLUMNS[key]), "count": len(places), "people": sum(p.people for p in places),
        "current": key == board.column, "href": board.address(column=key),
    }  # fmt: skip


def _portion(
    board: Board,
    by: Actor,
    key: str,
    places: list[Place],
    cut: slice,
    loaded: dict[uuid.UUID, Party],
) -> dict[str, Any]:
    """The cards of a part of a column, and where the next ones are."""
    drawn = [cards.card(loaded[p.id], board, by) for p in places[cut] if p.id in loaded]
    left = len(places) - cut.stop if cut.stop else 0
    here = board.query(column=key)
    more = {
        "left": left, "href": url_for("desk.index", **here, all=1),
        "fetch": url_for("desk.index", **here, skip=cut.stop, loaded=board.loaded.isoformat()),
    }  # fmt: skip
    return {"key": key, "cards": drawn, "more": more if left > 0 else None}


def _frame(board: Board) -> dict[str, Any]:
    """The head of the page: day, neighbours, departments, what can be printed."""
    step, here = timedelta(days=1), today()
    near = {here - step: _("Yesterday"), here: _("Today"), here + step: _("Tomorrow")}
    departments = [(None, _("Everything")), *DEPARTMENTS.items()]
    return {
        "board": board, "on": cards.short(board.day), "near": near.get(board.day, ""),
        "previous": board.address(day=board.day - step),
        "next": board.address(day=board.day + step),
        "today": None if board.day == here else board.address(day=here),
        "departments": [
            (str(word), board.address(department=key), board.department == key)
            for key, word in departments
        ],
        "prints": [
            (str(word), url_for("desk.prints", kind=kind, day=board.day.isoformat()))
            for kind, word in _prints().items()
        ],
    }  # fmt: skip


def _prints() -> dict[str, str]:
    return {
        "arrivals": _("Arrivals of the day"), "rooms": _("A card for each room"),
        "housekeeping": _("Housekeeping list"), "kitchen": _("Kitchen list"),
    }  # fmt: skip


def _varying(body: str) -> Response:
    answer = make_response(body)
    answer.vary.add("HX-Request")
    return answer
