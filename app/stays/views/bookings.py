"""A booking's own page: what it is, who is on it, who did what, and what may be done."""

import uuid
from typing import Any

from flask import make_response, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.auth.guard import actor, requires
from app.core.actor import Actor
from app.core.clock import today
from app.core.i18n import day, moment, money
from app.core.text import initials
from app.customers import employers
from app.customers.finding import cares
from app.customers.models import Customer
from app.customers.parts import care
from app.extensions import db
from app.stays import bookings, departures, parts, stops, trail
from app.stays.models import STAYING, Booking, Stay
from app.stays.views import blueprint, said


@blueprint.get("/bookings/<uuid:booking_id>")
@requires("bookings.read")
def show(booking_id: uuid.UUID) -> Response:
    """All of one booking."""
    return page(bookings.get(booking_id))


def page(booking: Booking, status: int = 200, **more: Any) -> Response:
    """The page; `more` says what stood in the way of a change."""
    by, guest = actor(), booking.customer
    stay = departures.stay_of(booking) if booking.status == "checked_out" else None
    context = {
        "booking": booking, "version": booking.version, "code": guest.customer_code,
        "called": guest.called, "initials": initials(guest.full_name),
        "guest_href": url_for("customers.show", customer_id=guest.id),
        "care": care(guest.preferences_summary, by, whole=True),
        "dates": f"{day(booking.check_in_date)} – {day(booking.check_out_date)}",
        "nights": said.nights(booking.nights), "status": said.status(booking.status),
        "facts": facts(booking), "company": company(booking, by),
        "people": people(booking, by),
        "requests": booking.special_requests, "may": actions(booking, by),
        "notes": booking.notes if by.may("guests.notes") else None,
        "end_reason": booking.end_reason if by.may("guests.notes") else None,
        "override": override(booking, by), "events": events(booking, by),
        "stay_href": stay and stay_address(stay),
        "warned": warned(booking, by), "stops": [], "clashes": [], "reason": "",
    }  # fmt: skip
    return make_response(render_template("stays/show.html", **context | more), status)


def events(booking: Booking, by: Actor) -> list[dict[str, Any]]:
    """Who did what, for those who work with bookings or may read the history anyway."""
    if not (by.may("bookings.update") or by.may("guests.history")):
        return []
    return said.timeline(trail.of(booking), by)


def warned(booking: Booking, by: Actor) -> list[dict[str, Any]]:
    """Who on a booking that is not over is blacklisted or warned, let pass or not."""
    if booking.status not in STAYING:
        return []
    return said.stops_in_words([stop.told(by) for stop in stops.find(stops.people(booking))])


def stay_address(stay: Stay) -> str:
    """Where a stay stands among the guest's."""
    return url_for("stays.history", customer_id=stay.customer_id, _anchor=f"s-{stay.id}")


def facts(booking: Booking) -> list[tuple[str, str]]:
    """(label, value) of what is known of the booking."""
    children = booking.children
    guests = ngettext("%(num)d adult", "%(num)d adults", booking.adults)
    if children:
        guests += ", " + ngettext("%(num)d child", "%(num)d children", children)
    found = [
        (_("Room"), said.room(booking)), (_("Rate"), booking.rate_type or ""),
        (_("Price a night"), money(booking.room_rate)),
        (_("Price in all"), money(booking.total_amount)), (_("Guests"), guests),
        (_("Purpose of the visit"), said.purpose(booking.purpose_of_visit)),
        (_("Source"), _source(booking)), (_("Channel"), booking.channel or ""),
        (_("Checked in"), moment(booking.checked_in_at)),
        (_("Checked out"), moment(booking.checked_out_at)),
        (_("Ended"), moment(booking.ended_at)),
    ]  # fmt: skip
    return [(label, value) for label, value in found if value]


def _source(booking: Booking) -> str:
    return _("made here") if booking.source == "guestbook" else booking.source


def company(booking: Booking, by: Actor) -> tuple[str, str] | None:
    """Name and address of the company that it is for."""
    found = employers.told(booking.company_id) if by.may("companies.read") else None
    return (found.name, url_for("companies.show", company_id=found.id)) if found else None


def people(booking: Booking, by: Actor) -> list[dict[str, Any]]:
    """Companions, and who booked: each with a profile where there is one."""
    known = cares([each.companion_id for each in booking.companions if each.companion_id], by)
    found: list[dict[str, Any]] = [
        {"name": each.name, "role": "", "href": _profile(each.companion_id),
         "care": known.get(each.companion_id, []) if each.companion_id else []}
        for each in booking.companions
    ]  # fmt: skip
    booker = db.session.get(Customer, booking.booked_by_id) if booking.booked_by_id else None
    if booker is not None:
        found.append({"name": booker.called, "role": _("booked it"), "href": _profile(booker.id)})
    return found


def _profile(guest_id: uuid.UUID | None) -> str:
    return url_for("customers.show", customer_id=guest_id) if guest_id else ""


def override(booking: Booking, by: Actor) -> str:
    """Who let a stopped booking pass, when and why; for those who may read notes."""
    if booking.override_at is None or not by.may("guests.notes"):
        return ""
    return f"{booking.override_reason} ({booking.override_name}, {moment(booking.override_at)})"


def actions(booking: Booking, by: Actor) -> dict[str, Any]:
    """What this person may do with the booking as it stands."""
    writes, waiting = by.may("bookings.update"), booking.status == "confirmed"
    more = [
        {"label": str(each.label), "icon": each.icon,
         "href": url_for(each.endpoint, booking_id=booking.id)}
        for each in parts.actions
        if booking.status in each.statuses and by.may(each.permission) and is_due(booking)
    ]  # fmt: skip
    return {
        "more": more, "change": writes and booking.status in STAYING,
        "cancel": writes and waiting,
        "miss": writes and waiting and booking.check_in_date <= today(),
        "reinstate": writes and booking.status in ("cancelled", "no_show", "checked_in"),
        "override": by.may("bookings.override"),
    }  # fmt: skip


def is_due(booking: Booking) -> bool:
    """True on the days of the booking, and while the guest is in house."""
    here = booking.check_in_date <= today() <= booking.check_out_date
    return here or booking.status == "checked_in"
