"""What the house offers a guest for the VIP level or the tier that the guest has: said at the desk,
and given.
"""

from collections.abc import Callable, Iterable
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


def of_guest(
    guest: Any, vip: Callable[[], VipRules], own: Callable[[], Programme], sharing: Iterable[Any]
) -> list[Offer]:
    """All that is offered to a guest; `sharing` are who share their benefits with this one."""
    return [*of_vip(guest.vip_status, vip), *of_tier(guest, own), *of_shared(guest, sharing, own)]


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


def of_shared(guest: Any, sharing: Iterable[Any], own: Callable[[], Programme]) -> list[Offer]:
    """What the highest tier brings of those who share theirs with the guest, if it brings more."""
    best = max(sharing, key=lambda each: own().rank(each.loyalty_tier or ""), default=None)
    if best is None:
        return []
    tier = own().tier(best.loyalty_tier or "")
    has = own().rank(guest.loyalty_tier or "") if guest.loyalty_member else -1
    if own().rank(tier.name) <= has or not tier.brings:
        return []
    title = _("%(tier)s, shared by %(name)s", tier=TIERS[tier.name], name=best.name)
    return [Offer("award", title, " · ".join(tier.brings))]
