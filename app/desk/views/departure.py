"""Check-out: what the guest says of the stay, what was honoured, and what there was besides."""

import uuid
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import Form

from app.auth.guard import actor, requires
from app.core.clock import today
from app.core.errors import Conflict, Invalid
from app.core.forms import form_for
from app.core.i18n import money, ungrouped
from app.customers.parts import care
from app.desk import honours, parties, services
from app.desk.honours import Outcome
from app.desk.inputs import SaidInput
from app.desk.views import blueprint, cards, standing
from app.desk.views.frame import party_id
from app.desk.vocabulary import DEPARTMENTS
from app.extensions import db
from app.loyalty import earning, steps
from app.loyalty.said import how
from app.loyalty.vip import listing
from app.loyalty.vip import words as vip
from app.loyalty.vocabulary import TIERS
from app.stays import bookings
from app.stays.inputs import OutcomeInput
from app.stays.models import Booking, Stay
from app.stays.vocabulary import PURPOSES

LISTS = ("minibar_consumption", "services_used")
"""Lists that the form takes as one line, with commas between."""
FIELDS = tuple(OutcomeInput().fields)
CHARGES = ("total_room_charge", "total_extras")
STATE, REASON = "state:", "reason:"
MOST_TASKS = 200
Tasks = dict[str, tuple[str, str | None]]
"""Key of a task: its state, and why it was not done."""


@blueprint.get("/bookings/<uuid:booking_id>/check-out")
@requires("desk.use")
def check_out(booking_id: uuid.UUID) -> Response:
    """The form, with what the ticks tell already chosen."""
    booking = bookings.get(booking_id)
    if booking.status != "checked_in":
        return _not_here(booking)
    left = max(booking.check_in_date, today())
    values = {"check_out": left, "purpose": booking.purpose_of_visit}
    return _page(booking, form_for(OutcomeInput, FIELDS, values=values), {}, {})


@blueprint.post("/bookings/<uuid:booking_id>/check-out")
@requires("desk.use")
def create_check_out(booking_id: uuid.UUID) -> Response:
    """Check out; sent twice it is one departure."""
    tasks = _tasks_typed()
    try:
        outcome = OutcomeInput.read(_said()) | {"tasks": _tasks_read(tasks)}
        booking = bookings.hold(booking_id)
        if booking.status != "checked_in":
            answer = _not_here(booking)
            db.session.rollback()
            return answer
        stay = services.check_out(booking, outcome, by=actor())
        words, told = _done(booking, stay), [*_points(booking, stay), _level(booking)]
        db.session.commit()
    except (Invalid, Conflict) as fault:
        db.session.rollback()
        return _again(bookings.get(booking_id), fault, tasks)
    flash(words, "good")
    for each in filter(None, told):
        flash(each, "info")
    return redirect(url_for("desk.index", column="leaving"), 303)


def _points(booking: Booking, stay: Stay) -> list[str]:
    """What the stay brought a member, in words: how the points came, and a tier reached."""
    guest, left = booking.customer, booking.checked_out_at
    if not guest.loyalty_member:
        return []
    row, step = earning.of_stay(stay), steps.latest_of(guest.id)
    found = [_("Points for the stay: %(sum)s", sum=how(row))] if row else []
    if step is not None and left and step.decided_at and step.decided_at >= left:
        tier = TIERS[step.to_tier]
        found.append(_("%(name)s has reached the tier %(tier)s.", name=guest.called, tier=tier))
    return found


def _level(booking: Booking) -> str:
    """What the departure made of the guest's VIP level, in words; '' where it is as it was."""
    change, left = listing.last(booking.customer_id), booking.checked_out_at
    if change is None or left is None or change.changed_at < left:
        return ""
    told = f"{booking.customer.called} · {vip.told(change)}"
    return f"{told} {vip.why(change, actor())}".rstrip()


def _said() -> dict[str, Any]:
    """The form's fields as an `OutcomeInput` takes them; what is empty was not said."""
    sent: dict[str, Any] = {n: v for n in FIELDS if (v := request.form.get(n, "").strip())}
    sent |= {name: ungrouped(sent[name]) for name in CHARGES if name in sent}
    for name in LISTS:
        if name in sent:
            sent[name] = [part.strip() for part in sent[name].replace("\n", ",").split(",")]
    return sent


def _tasks_typed() -> Tasks:
    """What somebody chose for each task, as it was sent."""
    chosen = [(n.removeprefix(STATE), v) for n, v in request.form.items() if n.startswith(STATE)]
    return {
        key: (state, request.form.get(REASON + key) or None) for key, state in chosen[:MOST_TASKS]
    }


def _tasks_read(typed: Tasks) -> Tasks:
    """The same, checked. Raises Invalid at each reason that will not do."""
    read: Tasks = {}
    faults: dict[str, list[str]] = {}
    for key, (state, reason) in typed.items():
        try:
            values = SaidInput.read({"state": state, "reason": reason})
            read[key] = values["state"], values["reason"]
        except Invalid as fault:
            faults[REASON + key] = [said for each in fault.errors.values() for said in each]
    if faults:
        raise Invalid(faults)
    return read


def _again(booking: Booking, fault: Invalid | Conflict, tasks: Tasks) -> Response:
    if booking.status != "checked_in":
        return _not_here(booking)
    errors: dict[str, list[str]] = {}
    for path, said in (fault.errors if isinstance(fault, Invalid) else {"": [str(fault)]}).items():
        name = path if path.startswith(REASON) else path.split(".")[0]
        errors.setdefault(name, []).extend(said)
    typed = MultiDict([(n, v) for n, v in request.form.items() if n in FIELDS])
    form = form_for(OutcomeInput, FIELDS, posted=typed, errors=errors)
    form.form_errors = [s for name, said in errors.items() if name not in form for s in said]
    return _page(booking, form, tasks, errors, 422 if isinstance(fault, Invalid) else 409)


def _not_here(booking: Booking) -> Response:
    """To the board, with a sentence, for a guest who is not in house."""
    words = standing.sentence(booking)
    if booking.status == "confirmed":
        words = _("%(name)s has not been checked in yet.", name=booking.customer.called)
    flash(words, "attention")
    return redirect(f"{url_for('desk.index')}#{party_id(booking.id)}", 303)


def _done(booking: Booking, stay: Stay) -> str:
    nights = ngettext("%(num)d night", "%(num)d nights", stay.nights)
    said = {
        "name": booking.customer.called, "nights": nights if stay.nights else _("day room"),
        "amount": money(stay.total_amount),
    }  # fmt: skip
    return str(_("%(name)s is checked out: %(nights)s, %(amount)s.", **said))


def _page(
    booking: Booking, form: Form, tasks: Tasks, errors: dict[str, list[str]], status: int = 200
) -> Response:
    found = honours.outcomes(parties.of(booking), tasks)
    context = {
        "form": form, "called": booking.customer.called, "room": booking.room_number or "",
        "care": care(booking.customer.preferences_summary, actor(), whole=True),
        "about": _about(booking), "action": request.path, "today": today().isoformat(),
        "arrived": booking.check_in_date.isoformat(),
        "purposes": [(key, str(word)) for key, word in PURPOSES.items()],
        "lists": {name: _line(form, name) for name in LISTS},
        "scores": [(str(n), str(n)) for n in range(1, 11)],
        "yes_no": [("true", _("Yes")), ("false", _("No"))],
        "outcomes": [_shown(each, errors) for each in found if _sees(each)], "states": _choices(),
        "charge": _charge(booking), "profile": url_for("customers.show",
                                                       customer_id=booking.customer_id),
    }  # fmt: skip
    return make_response(render_template("desk/check_out.html", **context), status)


def _sees(outcome: Outcome) -> bool:
    return not outcome.task.is_care or actor().may("guests.care")


def _shown(outcome: Outcome, errors: dict[str, list[str]]) -> dict[str, Any]:
    task = outcome.task
    return {
        "key": task.key, "words": task.words, "department": str(DEPARTMENTS[task.department]),
        "state": outcome.state, "reason": outcome.reason or "", "is_request": task.is_request,
        "errors": errors.get(REASON + task.key, []),
    }  # fmt: skip


def _choices() -> list[tuple[str, str]]:
    words = {"done": _("Fulfilled"), "not_possible": _("Not fulfilled"),
             "declined": _("Declined"), "open": _("Not known")}  # fmt: skip
    return list(words.items())


def _line(form: Form, name: str) -> str:
    """A list as it was typed: commas between."""
    return request.form.get(name, "") or ", ".join(form[name].data or [])


def _charge(booking: Booking) -> str:
    """What the room comes to when nothing is typed; '' where that is not known."""
    if booking.total_amount is not None:
        return money(booking.total_amount)
    rate = money(booking.room_rate)
    return str(_("%(amount)s a night", amount=rate)) if rate else ""


def _about(booking: Booking) -> str:
    came, leaves = cards.short(booking.check_in_date), cards.short(booking.check_out_date)
    booked = _("booked %(came)s – %(leaves)s", came=came, leaves=leaves)
    late = (today() - booking.check_out_date).days
    if late < 0:
        said = ngettext("leaves %(num)d day early", "leaves %(num)d days early", -late)
    else:
        said = ngettext("leaves %(num)d day late", "leaves %(num)d days late", late) if late else ""
    return " · ".join(part for part in (booked, said) if part)
