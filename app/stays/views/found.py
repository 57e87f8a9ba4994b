"""Bookings that the search box finds by what their source calls them."""

from app.core.actor import Actor
from app.customers import parts
from app.customers.parts import Hit
from app.stays import listing
from app.stays.models import Booking
from app.stays.overlaps import span
from app.stays.views import said


def found(typed: str, by: Actor) -> list[Hit]:
    """Bookings of this reference, the latest first."""
    return [_hit(booking) for booking in listing.called(typed)] if by.may("bookings.read") else []


def _hit(booking: Booking) -> Hit:
    short = said.in_short(booking)
    stay = span(booking.check_in_date, booking.check_out_date)
    told = (booking.customer.called, stay, short["status"][0], short["room"])
    return Hit(booking.reference, tuple(filter(None, told)), short["href"], "calendar")


parts.finders.append(found)
