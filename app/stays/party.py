"""Who is on a booking besides its guest: companions, who booked, and the company that pays."""

import uuid
from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.errors import Invalid, NotFound
from app.core.text import fold
from app.customers import employers, rights
from app.customers import services as guests
from app.customers.models import Customer
from app.stays.models import Booking, Companion

Values = Mapping[str, Any]


def resolved(booking: Booking, values: Values) -> dict[str, Any]:
    """The values with who booked as the profile that counts now; a merged one leads on.

    Raises Invalid for a guest that is not known, and a company that is not or is archived.
    """
    found = dict(values)
    booker, company = found.get("booked_by_id"), found.get("company_id")
    if booker is not None:
        booker = _known(booker, "booked_by_id").id
        found["booked_by_id"] = None if booker == booking.customer_id else booker
    if company is not None and company != booking.company_id:
        employers.name_of(company)
    return found


def _known(guest_id: uuid.UUID, field: str) -> Customer:
    try:
        return guests.get(guest_id)
    except NotFound:
        raise Invalid({field: _l("This guest is not known.")}) from None


def companions(booking: Booking, wanted: list[Values]) -> list[Companion]:
    """The rows for these people, those that are there already kept. Raises Invalid."""
    there = {each.companion_id or fold(each.name): each for each in booking.companions}
    found = []
    for number, values in enumerate(wanted):
        key, name = _person(booking, values, f"companions.{number}.customer_id")
        made = there.get(key) or Companion(
            customer_id=booking.customer_id, name=name,
            companion_id=key if isinstance(key, uuid.UUID) else None,
        )  # fmt: skip
        made.name = name
        found.append((key, made))
    if twice := [key for key, count in Counter(key for key, _ in found).items() if count > 1]:
        again = next(made.name for key, made in found if key == twice[0])
        raise Invalid({"companions": _l("%(name)s is named twice.", name=again)})
    return [made for _, made in found]


def _person(booking: Booking, values: Values, field: str) -> tuple[uuid.UUID | str, str]:
    guest_id = values.get("customer_id")
    if guest_id is None:
        return fold(values["name"]), values["name"]
    other = _known(guest_id, field)
    if other.id == booking.customer_id:
        raise Invalid({field: _l("The guest of the booking need not come along as well.")})
    return other.id, other.full_name


def check_booker(booking: Booking) -> None:
    """Raise Invalid where who booked was not given the right to book for the guest."""
    booker = booking.booked_by_id
    if booker is None or rights.holds(booker, booking.customer_id, "bookings"):
        return
    name = guests.get(booker).called
    raise Invalid({
        "booked_by_id": _l(
            "%(name)s may not book for this guest. The guest allows it under Relationships.",
            name=name,
        )
    })  # fmt: skip
