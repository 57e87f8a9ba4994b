"""How a booking stands when somebody comes too late to it, as a sentence."""

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.clock import today, zone
from app.core.i18n import clock, day
from app.desk import services
from app.stays.models import Booking
from app.stays.vocabulary import STATUSES

SAID = {
    "checked_in": _l("%(name)s is checked in already, by %(who)s, %(when)s. Room: %(room)s."),
    "checked_out": _l("%(name)s has been checked out already, by %(who)s, %(when)s."),
}
OTHERWISE = _l("The booking of %(name)s stands at: %(status)s.")
ACTIONS = {"checked_in": "booking.checked_in", "checked_out": "stay.recorded"}


def sentence(booking: Booking) -> str:
    """What became of the booking: by whom and when, where that is known."""
    status = booking.status
    at = {"checked_in": booking.checked_in_at, "checked_out": booking.checked_out_at}.get(status)
    who = services.who(booking, ACTIONS[status]) if status in ACTIONS else ""
    return str(SAID.get(status, OTHERWISE)) % {
        "name": booking.customer.called, "who": who or _("somebody"), "when": when(at),
        "room": booking.room_number or "–", "status": STATUSES[status],
    }  # fmt: skip


def when(at: datetime | None) -> str:
    """A time of today, or day and time."""
    if at is None:
        return ""
    on = at.astimezone(zone()).date()
    return str(_("at %(time)s", time=clock(at))) if on == today() else f"{day(on)}, {clock(at)}"
