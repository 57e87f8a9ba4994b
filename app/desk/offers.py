"""What the house offers a guest for the level that the guest has: said at the desk, and given."""

from collections.abc import Callable
from typing import NamedTuple

from app.loyalty.vip import rules, words
from app.loyalty.vip.rules import VipRules


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
