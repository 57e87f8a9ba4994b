"""The fixed words of bookings and stays: stored value to the word on screen, in order."""

from flask_babel import lazy_gettext as _l

STATUSES = {
    "confirmed": _l("Confirmed"),
    "checked_in": _l("In house"),
    "checked_out": _l("Checked out"),
    "cancelled": _l("Cancelled"),
    "no_show": _l("Did not come"),
}
PURPOSES = {
    "leisure": _l("Leisure"),
    "business": _l("Business"),
    "event": _l("Event"),
}
MOVES = {
    "confirmed": ("checked_in", "cancelled", "no_show"),
    "checked_in": ("checked_out", "confirmed"),
    "checked_out": (),
    "cancelled": ("confirmed",),
    "no_show": ("confirmed", "checked_in"),
}
"""From each status, those that a booking may go to; back to confirmed takes a step back."""
