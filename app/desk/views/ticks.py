"""Ticking tasks from the board: by one touch, or with a reason why something was not done."""

import uuid
from datetime import datetime
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import Form

from app.auth.guard import actor, requires
from app.core.clock import now
from app.core.errors import Conflict, Invalid, NotFound
from app.core.forms import form_for
from app.core.i18n import clock
from app.core.web import page_or_fragment, wants_fragment
from app.desk import parties, tasks, ticks
from app.desk.inputs import TickInput
from app.desk.parties import Party
from app.desk.tasks import Task
from app.desk.ticks import Ticked, Wanted
from app.desk.views import blueprint, cards
from app.desk.views.frame import board_of_address, party_id
from app.desk.vocabulary import STATES
from app.extensions import db
from app.stays import bookings

TOUCHES = ("done", "open")
"""States that a touch on a task itself may send, as the button's name."""


@blueprint.get("/bookings/<uuid:booking_id>/ticks/new")
@requires("desk.use")
def new_tick(booking_id: uuid.UUID) -> Response:
    """The form that says why a task is not done."""
    party = _party(booking_id)
    task = _task(party, request.args.get("key", ""))
    if task is None:
        return _answer(booking_id, _("This is not asked for any more."))
    return _form_page(party, task, form_for(TickInput, ("reason",)))


@blueprint.post("/bookings/<uuid:booking_id>/ticks")
@requires("desk.use")
def create_tick(booking_id: uuid.UUID) -> Response:
    """Bring one task to the wanted state; sent twice it changes nothing.

    What cannot be ticked any more is said beside the card as it stands now.
    """
    party = _party(booking_id)
    sent = _sent(request.form)
    task = _task(party, sent.get("key", ""))
    if task is None:
        return _answer(booking_id, _("This is not asked for any more."))
    try:
        sentence = _set(booking_id, task, sent)
        db.session.commit()
    except Invalid as fault:
        form = form_for(TickInput, ("reason",), posted=request.form, errors=fault.errors)
        return _form_page(party, task, form, 422)
    except Conflict as late:
        db.session.rollback()
        sentence = str(late)
    return _answer(booking_id, sentence)


def _set(booking_id: uuid.UUID, task: Task, sent: dict[str, str]) -> str:
    """Set the tick as it was sent; who was quicker, in words."""
    values = TickInput.read(sent)
    wanted = Wanted(values["state"], values.get("reason"), values.get("seen"))
    return _sentence(ticks.set_tick(bookings.hold(booking_id), task, wanted, by=actor()))


def _sent(form: MultiDict[str, str]) -> dict[str, str]:
    """The form's fields; a touch sends the task under the name of the wanted state."""
    sent = {n: form[n] for n in ("key", "state", "reason", "seen") if form.get(n)}
    touched = [{"key": form[state], "state": state} for state in TOUCHES if state in form]
    return sent | (touched[0] if touched else {})


def _party(booking_id: uuid.UUID) -> Party:
    party = parties.load([booking_id]).get(booking_id)
    if party is None:
        raise NotFound(str(booking_id))
    return party


def _task(party: Party, key: str) -> Task | None:
    """The task of this key; None for one that nobody asks for any more."""
    found = {task.key: task for task in tasks.of_party(party, care=actor().may("guests.care"))}
    return found.get(key)


def _sentence(told: Ticked) -> str:
    """Who was quicker, and how it stands now; '' where nobody was."""
    if not told.first or told.tick is None:
        return ""
    tick = told.tick
    words = _("%(name)s was first, at %(time)s: %(state)s. Touch again to change it.")
    at, state = clock(tick.changed_at), STATES[tick.state]
    return str(words % {"name": tick.changed_name, "time": at, "state": state})


def _answer(booking_id: uuid.UUID, sentence: str) -> Response:
    """The card as it stands now, for htmx; else the board that it is on."""
    board = board_of_address()
    if not wants_fragment():
        if sentence:
            flash(sentence, "attention")
        return redirect(f"{board.address()}#{party_id(booking_id)}", 303)
    card = cards.card(_party(booking_id), board, actor())
    said = [("attention", sentence)] if sentence else []
    return make_response(
        render_template("desk/_ticked.html", card=card, board=board, said=said, close=True)
    )


def _form_page(party: Party, task: Task, form: Form, status: int = 200) -> Response:
    board = board_of_address()
    tick = party.ticks.get(task.key)
    context: dict[str, Any] = {
        "form": form, "task": task, "called": party.called, "room": party.row.room_number or "",
        "state": request.form.get("state") or (tick.state if tick else "not_possible"),
        "seen": seen(now()), "back": board.address(), "target": party_id(party.row.id),
        "action": url_for("desk.create_tick", booking_id=party.row.id, **_here()),
    }  # fmt: skip
    return page_or_fragment("desk/tick.html", "desk/_tick_dialog.html", status, **context)


def _here() -> dict[str, Any]:
    board = board_of_address()
    return board.query() | {"loaded": board.loaded.isoformat()}


def seen(at: datetime) -> str:
    """The moment that a form was drawn, as it sends it back."""
    return at.isoformat()
