"""What the desk adds to a guest's profile and history, and to a booking's page."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.actor import Actor
from app.core.i18n import day
from app.core.inputs import Choice, Line
from app.customers import parts
from app.customers.models import Customer
from app.customers.parts import Told
from app.desk import parties, ticks
from app.desk.unmet import unmet
from app.desk.vocabulary import STATES
from app.stays import parts as of_bookings

TASK = Line(metadata={"label": _l("Task")})
parts.events |= {
    "task.ticked": (_l("ticked a task at the desk"), "list-checks", "neutral"),
    "identity.confirmed": (_l("confirmed the identity"), "shield-check", "good"),
}
parts.told |= {
    ticks.TASK: Told(TASK, "guests.read"),
    ticks.CARE_TASK: Told(TASK, "guests.care"),
    ticks.STATE: Told(Choice(STATES, metadata={"label": _l("What became of it")}), "guests.read"),
}
of_bookings.actions += [
    of_bookings.Action(
        _l("Check in"), "desk.check_in", "desk.use", "key-round", ("confirmed", "no_show")
    ),
    of_bookings.Action(_l("Check out"), "desk.check_out", "desk.use", "door-open", ("checked_in",)),
]  # fmt: skip


def alerts(guest: Customer, by: Actor) -> list[dict[str, Any]]:
    """What was not honoured on the guest's latest stays, for those who may read notes."""
    if not guest.total_stays or not by.may("guests.notes"):
        return []
    missed = unmet(parties.latest_stays_of(guest.id))
    lines = [": ".join(part for part in (each.words, each.reason) if part) for each in missed]
    if not lines:
        return []
    return [{
        "tone": "attention", "icon": "circle-x", "title": _("Not honoured on earlier stays."),
        "text": "\n".join(lines), "lift": "",
        "placed": _("Stay until %(day)s", day=day(max(each.day for each in missed))),
    }]  # fmt: skip


parts.alerts.append(alerts)
