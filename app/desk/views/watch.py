"""The board keeps itself up to date: cards are drawn over where they stand, lists move for nobody.

A look in vain costs one statement. Whether the lists still hold what the page shows is told by a
stamp that the page carries.
"""

import uuid
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from flask import Response, make_response, render_template, url_for

from app.auth.guard import actor, requires
from app.core.actor import Actor
from app.core.clock import now
from app.desk import news, parties
from app.desk.news import News
from app.desk.parties import Place
from app.desk.views import blueprint, cards
from app.desk.views.frame import Board, asked
from app.desk.vocabulary import COLUMNS

WATCH_SECONDS = 3
SLACK = timedelta(seconds=2)
"""How long before the last look a change may have been noted that was not yet to be seen then.

Changes are noted shortly before they are committed; what is told twice changes nothing.
"""
SLEPT = timedelta(hours=1)
"""A tablet that did not look for so long gets the page anew."""
Columns = dict[str, list[Place]]


def columns(board: Board, by: Actor, places: list[Place]) -> Columns:
    """Each column's places; for a department, the parties that have something to do for it."""
    if board.department:
        loaded = parties.load([each.id for each in places])
        places = [p for p in places if p.id in loaded and cards.has_work(loaded[p.id], board, by)]
    return {key: [p for p in places if p.column == key] for key in COLUMNS}


def stamp(board: Board, shown: Columns) -> str:
    """The day and who stands in which column, in short."""
    told = sorted(f"{key}{each.id}" for key, places in shown.items() for each in places)
    return f"{board.day}.{blake2b(''.join(told).encode(), digest_size=6).hexdigest()}"


def watch(board: Board, looked: datetime, page: str) -> dict[str, Any]:
    """Where and how often the page looks for what is new since `looked`; `page` is its stamp."""
    query = board.query() | {
        "loaded": board.loaded.isoformat(), "since": (looked - SLACK).isoformat(), "stamp": page,
    }  # fmt: skip
    return {"href": url_for("desk.changes", **query), "seconds": WATCH_SECONDS}


@blueprint.get("/changes")
@requires("desk.use")
def changes() -> Response:
    """What changed on the board since a moment: the cards, drawn anew; 204 for nothing."""
    board, values = asked()
    looked, since, page = now(), values.get("since") or board.loaded, values.get("stamp") or ""
    if looked - since > SLEPT:
        return Response(status=204, headers={"HX-Refresh": "true"})
    told = news.since(since)
    if not told and _is_of_day(page, board):
        return Response(status=204)
    by = actor()
    anew, present = _found(board, by, told, page)
    context = {
        "board": board, "cards": _drawn(board, by, told.ticked | anew),
        "watch": watch(board, looked, page), "moved": told.much or present != page,
    }  # fmt: skip
    answer = make_response(render_template("desk/_changes.html", **context))
    answer.vary.add("HX-Request")
    return answer


def _is_of_day(page: str, board: Board) -> bool:
    """False after midnight, when the board of today is another."""
    return page.startswith(f"{board.day}.")


def _found(board: Board, by: Actor, told: News, page: str) -> tuple[set[uuid.UUID], str]:
    """The bookings to draw over, those that have just left the lists too, and the stamp now."""
    if not told.guests and _is_of_day(page, board):
        return set(), page
    places = parties.places(board.day)
    concerned = news.concerned(told, places)
    return concerned | told.bookings, stamp(board, columns(board, by, places))


def _drawn(board: Board, by: Actor, ids: set[uuid.UUID]) -> list[dict[str, Any]]:
    return [cards.card(party, board, by) for party in parties.load(ids).values()]
