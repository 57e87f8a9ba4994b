"""What the house offers a guest for the VIP level or the tier that the guest has: said at the desk,
and given.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask_babel import gettext as _

from app.loyalty.programme import Programme
from app.loyalty.vip import rules, words
from app.loyalty.vip.rules import VipRules
from app.loyalty.vocabulary import TIERS


class Offer(NamedTuple):
    """Whom it is for, in a word, and what it is."""

    icon: str
    title: str
    text: str


def of_vip(level: str, own: Callable[[], VipRules]) -> list[Offer]:
    """What a VIP level brings; the rules are asked for only where there is a level."""
    if level == "none":
        return []
    brings = rules.benefits(own(), level)
    title = words.offered(level)
    return [Offer("crown", title, " · ".join(brings))] if brings else []


def of_tier(guest: Any, own: Callable[[], Programme]) -> list[Offer]:
    """What a member's tier brings, likewise; `guest` is whatever row has the two columns."""
    if not guest.loyalty_member:
        return []
    tier = own().tier(guest.loyalty_tier or "")
    title = _("%(tier)s member", tier=TIERS[tier.name])
    return [Offer("award", title, " · ".join(tier.brings))] if tier.brings else []
