"""Points given and put right by staff."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.actor import Actor
from app.core.errors import Invalid
from app.core.i18n import money
from app.customers.models import Customer
from app.loyalty import earning, entries, ledger, memberships, said
from app.loyalty.inputs import AdjustmentInput, EarningInput
from app.loyalty.member import forms
from app.loyalty.member.forms import Deed
from app.loyalty.vocabulary import TIERS
from app.stays.overlaps import span

FEW = 12


def earn(guest_id: uuid.UUID, values: Mapping[str, Any], form_id: uuid.UUID, by: Actor) -> str:
    """Give points, once for each form."""
    by.must("loyalty.earn")
    if values["source"] == "manual" and not values.get("description"):
        raise Invalid({"description": _("Say what for: the guest reads it.")})
    held = memberships.hold(guest_id)
    if ledger.sent_before(held[1], form_id):
        return str(forms.DONE)
    before, row = held[1].tier, entries.earn(held, values, by, {"id": form_id})
    told = str(_("Given: %(points)s.", points=said.points(row.points)))
    if held[1].tier == before:
        return told
    word = TIERS.get(held[1].tier, held[1].tier)
    return f"{told} " + str(_("The guest has reached the tier %(tier)s.", tier=word))


def worth(guest: Customer, values: Mapping[str, Any]) -> str:
    """What an amount, a stay or a number of points makes, and how."""
    member = memberships.of(guest.id)
    if member is None or not ({"base_amount", "points", "source_reference"} & values.keys()):
        return ""
    stay = entries.stay_meant(guest.id, values)
    if stay is None and values.get("base_amount") is None and values.get("points") is None:
        return ""
    worked = entries.work(member, {"source": "manual"} | dict(values), stay)
    working = worked.facts.get("working") or {}
    return said.of_working(working) if "amount" in working else said.points(worked.points)


def unpaid(guest: Customer) -> dict[str, Any]:
    """The guest's stays that may still earn, to choose their booking from."""
    stays = [
        (stay.booking.reference, " · ".join(
            [span(stay.check_in_date, stay.check_out_date), money(stay.total_amount)]
        ))
        for stay in earning.without_points(guest.id, FEW) if stay.booking
    ]  # fmt: skip
    return {"listed": {"source_reference": stays} if stays else {}}


def adjust(guest_id: uuid.UUID, values: Mapping[str, Any], form_id: uuid.UUID, by: Actor) -> str:
    """Put points right, once for each form."""
    held = memberships.hold(guest_id)
    if ledger.sent_before(held[1], form_id):
        return str(forms.DONE)
    row = entries.adjust(held, values, by, {"id": form_id})
    return str(_("Adjusted: %(points)s points.", points=said.signed(row.points)))


forms.add(Deed(
    "earning", "loyalty.earn", EarningInput, _l("Give points"), _l("Give the points"), earn,
    about=unpaid, reckon=worth,
))  # fmt: skip
forms.add(Deed(
    "adjustment", "loyalty.adjust", AdjustmentInput, _l("Adjust the balance"), _l("Adjust"), adjust,
    about=lambda _guest: {"told": [
        _("Points added by hand end as earned ones do; those taken off go from the oldest."),
        _("To take a whole entry back, reverse it instead."),
    ]},
))  # fmt: skip
