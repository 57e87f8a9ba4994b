"""VIP changes in words: what happened, and why; and what the guest's history tells of them."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.core.actor import Actor
from app.core.i18n import money, number
from app.core.inputs import Line
from app.customers import parts
from app.customers.models import VipChange
from app.customers.parts import Told
from app.customers.vip import rank
from app.customers.vocabulary import VIP_LEVELS
from app.loyalty.vip.criteria import NONE
from app.loyalty.vip.rules import FACTS

FIGURES = {
    "total_spent": _l("Spent in all"),
    "total_stays": _l("Stays"),
    "loyalty_points": _l("Points"),
}
ICONS = {
    "upgrade": ("arrow-up", "good"), "downgrade": ("arrow-down", "attention"),
    "granted": ("crown", "accent"), "lifted": ("undo-2", "neutral"), "lapsed": ("clock", "neutral"),
}  # fmt: skip
BEGUN = {
    "granted": _l("Given by hand: %(new)s"),
    "upgrade": _l("Raised to %(new)s"),
}
MOVED = {
    ("granted", True): _l("Raised by hand from %(old)s to %(new)s"),
    ("granted", False): _l("Lowered by hand from %(old)s to %(new)s"),
    ("upgrade", True): _l("Raised from %(old)s to %(new)s"),
    ("downgrade", False): _l("Lowered from %(old)s to %(new)s"),
}
"""Kind of change, and whether the guest rose."""
ENDED = {
    "granted": _l("Given by hand anew: %(new)s"),
    "lapsed": _l("What was given by hand ended: %(old)s, now %(new)s"),
    "lifted": _l("What was given by hand was lifted: %(old)s, now %(new)s"),
}
parts.events |= {
    "vip.granted": (_l("gave a VIP level"), "crown", "good"),
    "vip.lifted": (_l("lifted a VIP level"), "undo-2", "neutral"),
    "vip.upgraded": (_l("noted that figures raised the VIP level"), "arrow-up", "good"),
    "vip.downgraded": (_l("noted that figures lowered the VIP level"), "arrow-down", "attention"),
    "vip.lapsed": (_l("noted that a VIP level given by hand ended"), "clock", "neutral"),
    "vip.renewed": (_l("looked at the VIP level anew: it stays"), "clock", "neutral"),
}
parts.told["vip_reason"] = Told(Line(metadata={"label": _l("Reason")}), "guests.notes")


def level(name: str) -> str:
    """A level's name."""
    return str(VIP_LEVELS.get(name, name))


def offered(name: str) -> str:
    """Whom what a level brings is for, as the desk reads it."""
    return str(_("VIP %(level)s", level=level(name)))


def figure(name: str, value: Any) -> str:
    """A figure with what it counts: `12 stays`."""
    exact = Decimal(str(value))
    if name == "total_spent":
        return str(_("%(amount)s spent", amount=money(exact)))
    count = int(exact)
    said = (
        ngettext("%(num)d stay", "%(num)d stays", count)
        if name == "total_stays"
        else ngettext("%(num)d point", "%(num)d points", count)
    )
    return str(said).replace(str(count), number(count), 1)


def reached(name: str, figures: dict[str, Any]) -> str:
    """`12 stays reached Gold`; '' where no figure did."""
    met = figures.get("met")
    if met not in FACTS or name == NONE:
        return ""
    said = {"figure": figure(met, figures[met]), "level": level(name)}
    return str(_("%(figure)s reached %(level)s", **said))


def what(change: VipChange) -> str:
    """What happened to the level."""
    kind, step = change.kind, rank(change.to_level) - rank(change.from_level)
    said = {"old": level(change.from_level), "new": level(change.to_level)}
    sentence = BEGUN.get(kind) if change.from_level == NONE else None
    sentence = sentence or (MOVED.get((kind, step > 0)) if step else None) or ENDED[kind]
    return str(sentence % said)


def told(change: VipChange) -> str:
    """The same as a sentence that may stand among others."""
    return str(_("VIP level: %(what)s.", what=what(change)))


def why(change: VipChange, by: Actor) -> str:
    """The reason, as far as the reader may see it; a person's own words need notes."""
    figures = change.figures or {}
    found = [reached(change.to_level, figures)]
    if change.reason and by.may("guests.notes"):
        found.append(change.reason)
    if not found[0] and change.kind == "downgrade":
        there = ", ".join(figure(name, figures[name]) for name in FACTS if name in figures)
        found[0] = _("%(figures)s: no level by figures", figures=there)
        if change.to_level != NONE:
            found[0] = _("the level given by hand holds again")
    return " · ".join(part for part in found if part)
