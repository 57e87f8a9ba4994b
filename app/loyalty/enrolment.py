"""What follows when a guest becomes a member: welcome points, once, and a notice."""

from datetime import date

from app.core.actor import Actor
from app.customers.models import Customer
from app.extensions import db
from app.loyalty import memberships, points, programme
from app.loyalty.memberships import Held
from app.loyalty.models import Membership, Notice


def enrol(
    guest: Customer, *, by: Actor, number: str | None = None, joined_on: date | None = None
) -> Membership:
    """Make a held guest a member, as `memberships.enrol`, with the welcome of the programme.

    Who brings a number from an earlier system was welcomed there and gets no points.
    """
    if (known := memberships.of(guest.id)) is not None:
        by.must("loyalty.enrol")
        return known
    member = memberships.enrol(guest, by=by, number=number, joined_on=joined_on)
    given = 0 if number else _welcome((guest, member), by)
    if guest.status == "active":
        facts = {"number": member.number, "points": given}
        db.session.add(
            Notice(customer_id=guest.id, kind="welcome", occasion=str(member.id), facts=facts)
        )
        db.session.flush()
    return member


def _welcome(held: Held, by: Actor) -> int:
    """The points given; none for who was welcomed before, however often somebody comes back."""
    rules, reference = programme.current(), str(held[0].id)
    if not rules.welcome_points or points.has_earned("welcome", reference):
        return 0
    points.credited(
        held, rules.welcome_points, by=by, source="welcome", source_reference=reference,
        expires_on=points.lot_end(rules), rules=rules,
    )  # fmt: skip
    return rules.welcome_points
