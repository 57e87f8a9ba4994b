"""Points spent, and handed on within a household."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.actor import Actor
from app.core.i18n import money, number
from app.core.text import initials
from app.customers.models import Customer
from app.loyalty import entries, ledger, memberships, programme, said
from app.loyalty.inputs import RedemptionInput, TransferInput
from app.loyalty.member import forms
from app.loyalty.member.forms import Deed
from app.loyalty.vocabulary import TIERS
from app.relationships import services as relationships
from app.relationships.vocabulary import TYPES

QUICK = (500, 1_000, 2_000, 5_000)


def redeem(guest_id: uuid.UUID, values: Mapping[str, Any], form_id: uuid.UUID, by: Actor) -> str:
    """Spend points, once for each form."""
    held = memberships.hold(guest_id)
    if ledger.sent_before(held[1], form_id):
        return str(forms.DONE)
    row = entries.redeem(held, values, by, {"id": form_id})
    told = {"points": said.points(-row.points), "amount": money(row.redemption_value)}
    return str(_("Redeemed: %(points)s, worth %(amount)s.", **told))


def can_spend(guest: Customer) -> dict[str, Any]:
    """How many there are, and quick choices of them."""
    member, rules = memberships.of(guest.id), programme.current()
    there = ledger.spendable(member) if member else 0
    told = _("%(points)s can be spent, worth %(amount)s.", points=said.points(there),
             amount=money(rules.worth(there)))  # fmt: skip
    fitting = [each for each in QUICK if rules.least_redeemed <= each < there]
    picks = [(each, number(each)) for each in fitting]
    if there >= rules.least_redeemed:
        picks.append((there, _("All %(points)s", points=number(there))))
    return {"told": [told], "picks": picks}


def value(guest: Customer, values: Mapping[str, Any]) -> str:
    """What points are worth, and what would be left."""
    member, points = memberships.of(guest.id), values.get("points")
    if member is None or points is None:
        return ""
    ledger.positive(points)
    there = ledger.spendable(member)
    if points > there:
        return str(_("Only %(points)s can be spent.", points=said.points(there)))
    worth = money(programme.current().worth(points))
    left = said.points(there - points)
    return str(_("Worth %(amount)s. %(left)s are left then.", amount=worth, left=left))


def transfer(guest_id: uuid.UUID, values: Mapping[str, Any], form_id: uuid.UUID, by: Actor) -> str:
    """Hand points on, once for each form."""
    row = entries.transfer(guest_id, values, by, {"id": form_id})
    return str(_("Handed on: %(points)s.", points=said.points(-row.points)))


def household(guest: Customer) -> dict[str, Any]:
    """Who shares this guest's loyalty benefits: they may get points, the members among them."""
    sharing = {
        row.related.id: row
        for row in relationships.of(guest.id)
        if row.share_loyalty_benefits and row.related and row.related.status == "active"
    }
    takers = [
        {"id": other.id, "name": other.full_name, "code": other.customer_code,
         "initials": initials(other.full_name), "word": str(TYPES[row.relationship_type]),
         "tier": str(TIERS.get(other.loyalty_tier or "", "")), "member": other.loyalty_member}
        for row in sharing.values() if (other := row.related)
    ]  # fmt: skip
    takers.sort(key=lambda each: not each["member"])
    member = memberships.of(guest.id)
    there = ledger.spendable(member) if member else 0
    found: dict[str, Any] = {"takers": takers, "told": [
        _("%(points)s can be handed on. They keep the days on which they end.",
          points=said.points(there)),
    ]}  # fmt: skip
    if not any(each["member"] for each in takers):
        found["barred"] = _(
            "No member shares this guest’s loyalty benefits. A relationship says who does."
        )
        found["lead"] = (
            _("Relationships"), url_for("relationships.index", customer_id=guest.id)
        )  # fmt: skip
    return found


forms.add(Deed(
    "redemption", "loyalty.redeem", RedemptionInput, _l("Redeem points"), _l("Redeem"), redeem,
    about=can_spend, reckon=value,
))  # fmt: skip
forms.add(Deed(
    "transfer", "loyalty.redeem", TransferInput, _l("Hand points on"), _l("Hand on"), transfer,
    about=household,
))  # fmt: skip
