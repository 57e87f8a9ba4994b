"""The tab of stays: what is to come, what was, and what it adds up to."""

import uuid
from datetime import date
from typing import Any

from babel.lists import format_list
from flask import Response, redirect, request, url_for
from flask_babel import format_date, get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth.guard import actor, requires
from app.core.actor import Actor
from app.core.errors import Invalid
from app.core.i18n import day, money, number
from app.core.web import page_or_fragment, wants_fragment
from app.customers.views.frame import frame, opened
from app.stays import history as record
from app.stays.api.inputs import StaysInput
from app.stays.history import Figures, History
from app.stays.listing import read_place, word
from app.stays.models import Booking, Stay
from app.stays.views import blueprint, said

ASKED = ("from_date", "to_date", "include_cancelled")


@blueprint.get("/customers/<uuid:customer_id>/stays")
@requires("bookings.read")
def history(customer_id: uuid.UUID) -> AnyResponse:
    """One page of stays with everything around it; looking at it is on record."""
    guest, marks = opened(customer_id, "stays")
    if guest.id != customer_id:
        return redirect(url_for("stays.history", customer_id=guest.id), 303)
    by, here = actor(), url_for("stays.history", customer_id=guest.id)
    asked, errors = _asked()
    found = record.of_guest(guest.id, **asked["filter"], after=asked["after"])
    context = frame(guest, marks, "stays") | {
        "panel": "stays/_history.html", "title": _("Stays of %(name)s", name=guest.full_name),
        "here": here, "typed": asked["typed"], "errors": errors,
        "upcoming": [said.in_short(each) for each in record.upcoming(guest.id)],
        "rows": [row(each, by) for each in found.rows], "figures": figures(found.figures),
        "seasons": seasons(found.figures), "partial": wants_fragment(),
        "book": by.may("bookings.update") and url_for("stays.new", customer_id=guest.id),
        **_ways(here, asked["typed"], found),
    }  # fmt: skip
    made: Response = page_or_fragment(
        "customers/show.html", "customers/_panel.html", 422 if errors else 200, **context
    )
    return made


def _asked() -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The filter of the address, and what is wrong with it; then all stays are shown."""
    typed = {name: request.args[name] for name in ASKED if request.args.get(name)}
    after = request.args.get("after")
    try:
        read = StaysInput.read(typed)
        place = read_place(after) if after else None
    except Invalid as fault:
        nothing = {"from_date": None, "to_date": None, "include_cancelled": False}
        return {"filter": nothing, "typed": typed, "after": None}, fault.errors
    kept = {name: read[name] for name in ASKED}
    return {"filter": kept, "typed": typed, "after": place}, {}


def _ways(here: str, typed: dict[str, Any], found: History) -> dict[str, Any]:
    """Addresses of the older stays, and back to the newest."""
    where = {"customer_id": here.split("/")[2], **typed}
    older = url_for("stays.history", **where, after=word(*found.after)) if found.after else None
    newest = url_for("stays.history", **where) if request.args.get("after") else None
    return {"older": older, "newest": newest, "filtered": bool(typed)}


def figures(found: Figures) -> list[tuple[str, str, str]]:
    """(value, label, remark) of the statistics of section 3.4."""
    satisfied = found.average_satisfaction
    return [
        (number(found.total_stays), _("Stays"), ""),
        (number(found.total_nights), _("Nights"), ""),
        (money(found.total_spent), _("Spent in all"), ""),
        (number(satisfied) if satisfied is not None else "–", _("Satisfaction"),
         _("of 10, on average") if satisfied is not None else _("not asked yet")),
        (found.favorite_room_type or "–", _("Favourite room type"), ""),
        (said.purpose(found.most_common_purpose) or "–", _("Comes mostly for"), ""),
    ]  # fmt: skip


def seasons(found: Figures) -> dict[str, Any] | None:
    """Arrivals by month for the chart: its bars, and what they say; None without stays."""
    most = max(found.months)
    if not most:
        return None
    bars = [
        {"label": _month(n, "LLLL"), "short": _month(n, "LLLLL"), "count": count,
         "height": round(100 * count / most), "peak": bool(found.low_month) and count == most}
        for n, count in enumerate(found.months, 1)
    ]  # fmt: skip
    return {"bars": bars, "answer": _answer(found, most)}


def _answer(found: Figures, most: int) -> str:
    """When the guest comes, in a sentence; what no month stands out for is not made up."""
    there = [n for n, count in enumerate(found.months, 1) if count]
    peaks = [_month(n, "MMMM") for n in there if found.months[n - 1] == most]
    if len(there) > 1 and not found.low_month:
        return str(_("In no month more than in another."))
    answer = str(_("Mostly in %(month)s.", month=_listed(peaks)))
    low = found.low_month
    if low and found.months.count(found.months[low - 1]) == 1:
        answer += " " + _("Least often in %(month)s.", month=_month(low, "MMMM"))
    return answer


def _listed(words: list[str]) -> str:
    return str(format_list(words, locale=str(get_locale() or "en")))


def _month(number: int, form: str) -> str:
    return str(format_date(date(2026, number, 1), form))


def row(found: Stay | Booking, by: Actor) -> dict[str, Any]:
    """A stay, or a booking that came to nothing, as far as the reader may see it."""
    notes = by.may("guests.notes")
    shown = {
        "id": found.id, "arrival": day(found.check_in_date), "departure": day(found.check_out_date),
        "nights": said.nights(found.nights), "room": said.room(found),
        "rate": found.rate_type or "", "purpose": said.purpose(found.purpose_of_visit),
        "amount": money(found.total_amount) if found.total_amount else "",
        "requests": wanted(found, by), "href": _booking(found),
    }  # fmt: skip
    if isinstance(found, Booking):
        reason = found.end_reason if notes else ""
        return shown | {"status": said.status(found.status), "staff_notes": reason, "stay": False}
    return shown | _outcome(found, by) | {"stay": True, "status": None}


def wanted(found: Stay | Booking, by: Actor) -> list[dict[str, Any]]:
    """Requests, and wishes for those who may read notes: words, what became of each, and why."""
    states = {True: "done", False: "not_possible", None: ""}
    asked = [(each["request"], states[each["fulfilled"]], each["reason"])
             for each in record.requests(found)]  # fmt: skip
    wishes = found.preferences_during_stay if isinstance(found, Stay) else None
    asked += [
        (str(each.get("task", "")), each.get("outcome", ""), each.get("reason"))
        for each in (wishes or []) if by.may("guests.notes")
    ]  # fmt: skip
    became = {
        "done": ("check", _("fulfilled")), "not_possible": ("x", _("not fulfilled")),
        "declined": ("user-x", _("declined")), "": ("circle-help", _("not noted")),
    }  # fmt: skip
    return [
        {"words": words, "icon": became.get(state, became[""])[0],
         "became": became.get(state, became[""])[1], "reason": reason or ""}
        for words, state, reason in asked
    ]  # fmt: skip


def _booking(found: Stay | Booking) -> str:
    booking_id = found.id if isinstance(found, Booking) else found.booking_id
    return url_for("stays.show", booking_id=booking_id) if booking_id else ""


def _outcome(stay: Stay, by: Actor) -> dict[str, Any]:
    notes = by.may("guests.notes")
    said_of = {
        "staff_notes": stay.staff_notes, "memorable": stay.memorable_experiences,
        "complaints": stay.complaints, "compliments": stay.compliments,
        "given": stay.compensation_provided,
    }  # fmt: skip
    return {name: value if notes else None for name, value in said_of.items()} | {
        "score": stay.satisfaction_score, "open": stay.has_open_complaint,
        "origin": stay.source_system or "",
        "edit": notes and by.may("bookings.update")
        and url_for("stays.edit_stay", stay_id=stay.id),
    }  # fmt: skip
