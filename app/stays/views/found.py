"""Bookings that the search box finds: by what their source calls them, and by the guest's room."""

from flask_babel import gettext as _

from app.core.actor import Actor
from app.customers import parts
from app.customers.parts import Hit, care
from app.stays import listing
from app.stays.models import Booking
from app.stays.overlaps import span
from app.stays.views import said


def found(typed: str, by: Actor) -> list[Hit]:
    """Bookings of this reference, and that of who is in a room of this number."""
    if not by.may("bookings.read"):
        return []
    return [_hit(each, typed, by) for each in listing.named(typed)]


def _hit(booking: Booking, typed: str, by: Actor) -> Hit:
    short, number = said.in_short(booking), booking.room_number or ""
    by_room = number.lower() == typed.replace(" ", "").lower()
    title = _("Room %(number)s", number=number) if by_room else booking.reference
    stay = span(booking.check_in_date, booking.check_out_date)
    told = [booking.customer.called, stay, short["status"][0]]
    told.append(booking.reference if by_room else short["room"])
    icon = "bed-double" if by_room else "calendar"
    health = care(booking.customer.preferences_summary, by)
    return Hit(title, tuple(filter(None, told)), health, short["href"], icon)


parts.finders.append(found)
