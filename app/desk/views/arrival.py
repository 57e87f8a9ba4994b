"""Check-in: who it is, then what the profile lacks and the room; two screens, each a page."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import Form

from app.auth.guard import actor, requires
from app.core.clock import today
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.forms import form_for, posted_values
from app.core.i18n import day
from app.core.inputs import Input
from app.customers import edits
from app.customers import services as guests
from app.customers.completeness import missing
from app.customers.inputs import PERMISSION_OF, CustomerInput
from app.customers.models import Customer
from app.customers.parts import care
from app.customers.views import posted
from app.customers.words import said, stored, tail
from app.desk import identity, offers, papers, services
from app.desk.identity import PaperElsewhere
from app.desk.inputs import ArrivalInput, CheckInInput
from app.desk.views import blueprint, cards, standing
from app.desk.views.frame import party_id
from app.extensions import db
from app.loyalty import programme
from app.loyalty.vip import rules
from app.relationships import services as relationships
from app.stays import bookings, stops
from app.stays.models import Booking

OF_GAP = {
    "email": ("email",), "phone": ("phone",), "date_of_birth": ("date_of_birth",),
    "nationality": ("nationality",), "address": ("address_line1", "city", "country"),
    "language": ("preferred_language",), "gender": ("gender",),
}  # fmt: skip
"""What completeness misses: the fields that fill it. The paper has a screen of its own."""
SHOWN = ("date_of_birth", "nationality", "phone", "email")
EXPECTED = ("confirmed", "no_show")
ROOM = ("room", "override_reason")
STEPS = ("desk.check_in", "desk.check_in_room")


@blueprint.get("/bookings/<uuid:booking_id>/check-in")
@requires("desk.use")
def check_in(booking_id: uuid.UUID) -> Response:
    """The first screen: who it is, and the paper."""
    booking = bookings.get(booking_id)
    if late := _too_late(booking):
        return late
    values = {name: getattr(booking.customer, name) for name in ("id_type", "id_expiry_date")}
    return _identity_page(booking, form_for(CustomerInput, identity.FIELDS, values=values))


@blueprint.post("/bookings/<uuid:booking_id>/check-in")
@requires("desk.use")
def confirm_identity(booking_id: uuid.UUID) -> Response:
    """Keep the paper and note that it was seen."""
    booking = bookings.get(booking_id)
    guest_id = booking.customer_id
    try:
        values = _typed(identity.FIELDS)
        if "seen" not in request.form:
            raise Invalid({"": _("Say that you have seen the paper, or continue without it.")})
        anyway = "anyway" in request.form
        guest = guests.hold(guest_id)
        identity.confirm(guest, values, posted.version(), by=actor(), anyway=anyway)
        if guest.id_expiry_date and guest.id_expiry_date < today():
            flash(_("This paper expired on %(day)s.", day=day(guest.id_expiry_date)), "attention")
        db.session.commit()
    except (Invalid, Conflict) as fault:
        db.session.rollback()
        others = fault.details["guests"] if isinstance(fault, PaperElsewhere) else []
        form, status = _again(CustomerInput, identity.FIELDS, fault)
        return _identity_page(bookings.get(booking_id), form, status, others)
    return redirect(url_for("desk.check_in_room", booking_id=booking_id), 303)


@blueprint.get("/bookings/<uuid:booking_id>/check-in/room")
@requires("desk.use")
def check_in_room(booking_id: uuid.UUID) -> Response:
    """The second screen: what the profile lacks, the room, and the check-in itself."""
    booking = bookings.get(booking_id)
    if late := _too_late(booking):
        return late
    gaps = _gaps(booking.customer)
    values = {name: getattr(booking.customer, name) for name in gaps}
    values["room"] = booking.room_number
    return _room_page(booking, gaps, form_for(ArrivalInput, [*gaps, *ROOM], values=values))


@blueprint.post("/bookings/<uuid:booking_id>/check-in/room")
@requires("desk.use")
def create_check_in(booking_id: uuid.UUID) -> Response:
    """Keep what was filled in and check in; whoever comes second is told who was first."""
    gaps = [n for fields in OF_GAP.values() for n in fields if n in request.form]
    try:
        filled = {n: v for n, v in _typed(gaps).items() if v not in (None, "")}
        sent = {n: v for n in ROOM if (v := request.form.get(n, "").strip())}
        asked = CheckInInput.read(sent)
        booking = bookings.hold(booking_id)
        if filled:
            edits.save(booking.customer, filled, posted.version(), by=actor())
        told = services.check_in(
            booking, by=actor(), room=asked.get("room"), override=asked.get("override_reason")
        )
        words = _done(told.booking) if told.applied else standing.sentence(told.booking)
        db.session.commit()
    except (Invalid, Conflict, NotAllowed) as fault:
        db.session.rollback()
        return _refused(bookings.get(booking_id), gaps, fault)
    flash(words, "good" if told.applied else "info")
    return _to_board(booking_id)


def _refused(booking: Booking, gaps: list[str], fault: Invalid | Conflict | NotAllowed) -> Response:
    if late := _too_late(booking):
        return late
    form, status = _again(ArrivalInput, [*gaps, *ROOM], fault)
    return _room_page(booking, gaps, form, status)


def _done(booking: Booking) -> str:
    name, room = booking.customer.called, booking.room_number
    if not room:
        return str(_("%(name)s is checked in.", name=name))
    return str(_("%(name)s is checked in to room %(room)s.", name=name, room=room))


def _too_late(booking: Booking) -> Response | None:
    """To the board with a sentence, for a booking that nobody is to be checked in on any more."""
    if booking.status in EXPECTED:
        return None
    flash(standing.sentence(booking), "info")
    return _to_board(booking.id)


def _to_board(booking_id: uuid.UUID) -> Response:
    return redirect(f"{url_for('desk.index')}#{party_id(booking_id)}", 303)


def _gaps(guest: Customer) -> list[str]:
    """The fields to fill that this person may write."""
    names = [name for key, _group, _words in missing(guest) for name in OF_GAP.get(key, ())]
    return [name for name in names if actor().may(PERMISSION_OF[name])]


def _own(names: Iterable[str]) -> MultiDict[str, str]:
    return MultiDict([(k, v) for k, v in request.form.items(multi=True) if k in set(names)])


def _typed(names: Sequence[str]) -> dict[str, Any]:
    """What was typed, checked; a number left empty keeps the one on file."""
    if not names:
        return {}
    values = posted_values(CustomerInput, _own(names), names)
    if not values.get("id_number", "-").strip():
        del values["id_number"]
    return CustomerInput.read(values)


def _again(
    schema: type[Input], names: Iterable[str], fault: Invalid | Conflict | NotAllowed
) -> tuple[Form, int]:
    """The form as it was typed, with what is wrong, and the status of the answer."""
    errors = fault.errors if isinstance(fault, Invalid) else {"": [str(fault)]}
    form = form_for(schema, names, posted=_own(names), errors=errors)
    form.form_errors = [s for name, said in errors.items() if name not in form for s in said]
    return form, 422 if isinstance(fault, Invalid) else 409


def _identity_page(
    booking: Booking, form: Form, status: int = 200, others: Iterable[Customer] = ()
) -> Response:
    guest = booking.customer
    number = tail(guest.id_number) if stored(guest, "id_number") else ""
    sees = actor().may("guests.identity")
    return _page("identity", booking, form, status, {
        "facts": [(name, said(name, getattr(guest, name))) for name in SHOWN],
        "number": number if sees else "", "sees": sees, "verified": _verified(guest),
        "others": [(each.called, each.customer_code,
                    url_for("customers.show", customer_id=each.id)) for each in others],
        "seen": "seen" in request.form, "papers": papers.of_booking(booking.id, actor()),
        "read": _reading(booking) if actor().may("documents.update") else "",
    })  # fmt: skip


def _reading(booking: Booking) -> str:
    """Where the paper is read instead of typed; that leads back here."""
    back = url_for("desk.check_in", booking_id=booking.id)
    return url_for("documents.new_reading", customer_id=booking.customer_id, back=back)


def _verified(guest: Customer) -> str:
    """Since when the identity is confirmed; '' where it is not."""
    if not guest.profile_verified:
        return ""
    at = guest.verification_date
    words = _("Identity confirmed %(when)s", when=standing.when(at)) if at else _("Verified")
    return str(words)


def _room_page(booking: Booking, gaps: list[str], form: Form, status: int = 200) -> Response:
    by = actor()
    found = stops.find(stops.people(booking), since=booking.override_at)
    return _page("room", booking, form, status, {
        "stops": [stop.told(by) for stop in found], "may_override": by.may("bookings.override"),
        "verified": _verified(booking.customer), "requests": booking.special_requests,
        "early": booking.check_in_date > today() and day(booking.check_in_date),
        "gaps": [form[name] for name in gaps],
        "booked": url_for("stays.edit", booking_id=booking.id),
    })  # fmt: skip


def _page(step: str, booking: Booking, form: Form, status: int, more: dict[str, Any]) -> Response:
    guest = booking.customer
    addresses = [url_for(endpoint, booking_id=booking.id) for endpoint in STEPS]
    number = ("identity", "room").index(step)
    sharing = relationships.sharing_benefits([guest.id]).get(guest.id, ())
    context = {
        "step": number, "steps": list(zip(_step_words(), addresses, strict=True)), "form": form,
        "called": guest.called, "code": guest.customer_code, "version": guest.version,
        "care": care(guest.preferences_summary, actor(), whole=True),
        "offers": offers.of_guest(guest, rules.current, programme.current, sharing),
        "full_name": guest.full_name, "about": _about(booking), "action": request.path,
        "next": addresses[-1],
        "profile": url_for("customers.show", customer_id=guest.id),
    } | more  # fmt: skip
    return make_response(render_template(f"desk/check_in_{step}.html", **context), status)


def _step_words() -> tuple[str, str]:
    return _("Who it is"), _("Profile and room")


def _about(booking: Booking) -> str:
    said = f"{cards.short(booking.check_in_date)} – {cards.short(booking.check_out_date)}"
    return " · ".join(part for part in (booking.room_type, said) if part)
