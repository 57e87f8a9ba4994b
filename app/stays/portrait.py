"""What bookings and stays add to a guest's profile: recent stays, and complaints still open."""

import uuid
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from marshmallow import fields as m

from app.core.actor import Actor
from app.core.datamap import data_map
from app.core.i18n import day
from app.core.inputs import Amount, Day, Line
from app.customers import employers, parts, words
from app.customers.models import Customer
from app.extensions import db
from app.stays import history
from app.stays.inputs import BookingInput, OutcomeInput
from app.stays.models import Booking, Stay

TABLES = (Booking.__tablename__, Stay.__tablename__)
EVENTS = {
    "booking.created": (_l("made a booking"), "calendar", "good"),
    "booking.changed": (_l("changed a booking"), "pencil", "neutral"),
    "booking.cancelled": (_l("cancelled a booking"), "circle-x", "attention"),
    "booking.no_show": (_l("noted that the guest did not come"), "user-x", "attention"),
    "booking.reinstated": (_l("made a booking valid again"), "undo-2", "neutral"),
    "booking.checked_in": (_l("checked the guest in"), "door-open", "good"),
    "booking.imported": (_l("imported bookings and stays"), "file-up", "neutral"),
    "booking.import_undone": (_l("took imported bookings and stays back"), "undo-2", "neutral"),
    "stay.recorded": (_l("checked the guest out"), "log-out", "good"),
    "stay.corrected": (_l("added to what is known of a stay"), "pencil", "neutral"),
    "complaint.resolved": (_l("resolved a complaint"), "circle-check", "good"),
    "figures.recounted": (_l("counted the figures anew"), "refresh-cw", "neutral"),
}
"""Audit action: what somebody did, an icon, a tone."""


def _as(label: Any) -> dict[str, Any]:
    return {"metadata": {"label": label}}


OTHERS: dict[str, m.Field[Any]] = {
    "special_requests": m.List(Line(), **_as(_l("Special requests"))),
    "companions": m.List(Line(), **_as(_l("Companions"))),
    "booked_by_id": Line(**_as(_l("Booked by"))),
    "company_id": Line(**_as(_l("Company"))),
    "first_stay_date": Day(**_as(_l("First stay"))),
    "last_stay_date": Day(**_as(_l("Last stay"))),
    "total_stays": m.Integer(**_as(_l("Stays"))),
    "total_nights": m.Integer(**_as(_l("Nights"))),
    "total_spent": Amount(**_as(_l("Spent in all"))),
    "average_spent_per_stay": Amount(**_as(_l("Spent a stay"))),
    "average_stay_length": m.Decimal(**_as(_l("Nights a stay"))),
    "total_cancellations": m.Integer(**_as(_l("Cancelled"))),
    "no_show_count": m.Integer(**_as(_l("Did not come"))),
    "complaints": m.List(Line(), **_as(_l("Complaints"))),
    "compliments": m.List(Line(), **_as(_l("Compliments"))),
    "compensation_provided": m.List(Line(), **_as(_l("Given in return"))),
    "complaint": Line(**_as(_l("Complaint"))),
    "resolution": Line(**_as(_l("How was it made good?"))),
    "special_requests_fulfilled": m.List(Line(), **_as(_l("Special requests"))),
}
"""What no Input of one field says."""


def recent_stays(guest: Customer) -> list[dict[str, Any]]:
    """The five latest stays in the shape of section 3.1."""
    return [
        {
            "booking_id": stay.booking_id, "check_in": stay.check_in_date,
            "check_out": stay.check_out_date, "room": stay.room_number,
            "amount": stay.total_amount, "satisfaction_score": stay.satisfaction_score,
        }
        for stay in history.latest(guest.id)
    ]  # fmt: skip


def complaints(guest: Customer, by: Actor) -> list[dict[str, Any]]:
    """One banner for all open complaints; their words for those who may read notes."""
    found = history.open_complaints(guest.id)
    if not found:
        return []
    words = [f"{day(stay.check_out_date)}: {text}" for stay in found for text in open_words(stay)]
    sees, mends = by.may("guests.notes"), by.may("bookings.update")
    where = url_for("stays.edit_stay", stay_id=found[0].id, _anchor="open")
    return [
        {
            "tone": "attention", "icon": "message-square",
            "title": ngettext("Open complaint.", "Open complaints.", len(words)),
            "text": "\n".join(words) if sees else "",
            "placed": "", "lift": "",
            "act": (_("Resolve"), where) if sees and mends else None,
        }
    ]  # fmt: skip


def open_words(stay: Any) -> list[str]:
    """The complaints of a stay that nobody has resolved."""
    return [each["text"] for each in stay.complaints or [] if not each.get("resolved")]


def _told() -> dict[str, parts.Told]:
    """Fields of bookings and stays by the columns that the log names."""
    seen = dict.fromkeys(("complaint", "resolution"), "guests.notes") | {
        column: fact.see for table, column, fact in data_map() if table in TABLES and fact
    }
    fields = {
        field.attribute or name: field
        for schema in (OutcomeInput, BookingInput) for name, field in schema().fields.items()
    } | OTHERS  # fmt: skip
    return {
        column: parts.Told(field, seen.get(column, "guests.read"))
        for column, field in fields.items()
    }


def _company(_field: str, value: Any) -> str:
    found = employers.told(uuid.UUID(str(value)))
    return found.name if found else str(value)


def _guest(_field: str, value: Any) -> str:
    found = db.session.get(Customer, uuid.UUID(str(value)))
    return found.called if found else str(value)


words.OTHER_WORDS |= {"company_id": _company, "booked_by_id": _guest}
parts.answers["recent_stays"] = recent_stays
parts.alerts.append(complaints)
parts.events.update(EVENTS)
parts.told.update(_told())
parts.add_tab(parts.Tab(10, "stays", _l("Stays"), "stays.history", "bookings.read"))
parts.actions.append(
    parts.Action(_l("New booking"), "stays.new", "bookings.update", "calendar", in_list=True)
)
parts.list_actions.append(
    parts.ListAction(_l("New booking"), "stays.pick", "bookings.update", "calendar")
)
