"""Rules for VIP levels as a form sends them, and what may be said in them."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from app.core.actor import Actor
from app.core.errors import Invalid
from app.core.i18n import money, number
from app.core.jobs import enqueue
from app.loyalty.vip import rules
from app.loyalty.vip.rules import FACTS, Level, VipRules
from app.loyalty.vip.words import level as word

KIND = "vip.evaluate"


def read(values: Mapping[str, Any], version: int) -> VipRules:
    """The rules that a checked form means. Raises Invalid where levels do not rise."""
    levels = tuple(_level(each.name, values) for each in rules.usual().levels)
    made = VipRules(levels, values["days"], values["keeps_earned"], version)
    if wrong := _not_rising(made):
        raise Invalid(wrong)
    return made


def _level(name: str, values: Mapping[str, Any]) -> Level:
    spent, stays, points = (values.get(f"{name}_{fact}") for fact in FACTS)
    return Level(name, spent, stays, points, _benefits(name, values.get(f"{name}_benefits")))


def save(values: Mapping[str, Any], version: int, *, by: Actor) -> None:
    """Set the rules, and have all guests looked at by them. Raises Invalid and Conflict."""
    rules.change(read(values, version), by=by)
    enqueue(KIND, {"now": True}, by=by.user_id)


def shown(own: VipRules) -> dict[str, Any]:
    """The rules as the form shows them."""
    found: dict[str, Any] = {"days": own.days, "keeps_earned": own.keeps_earned}
    for level in own.levels:
        for fact in FACTS:
            value = getattr(level, fact)
            found[f"{level.name}_{fact}"] = "" if value is None else _plain(value)
        found[f"{level.name}_benefits"] = "\n".join(rules.benefits(own, level.name))
    return found


def _plain(value: Any) -> str:
    """A number as somebody types it, without an exponent or idle noughts."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _benefits(name: str, text: str | None) -> tuple[str, ...] | None:
    """The lines; None where they are the usual ones still, which follow the reader's language."""
    lines = [line for each in (text or "").splitlines() if (line := each.strip())]
    return None if lines == rules.usual_benefits(name) else tuple(lines)


def _not_rising(made: VipRules) -> dict[str, str]:
    """A sentence for each threshold that does not lie above the one of the level below it."""
    wrong: dict[str, str] = {}
    for fact in FACTS:
        below: Level | None = None
        for level in made.levels:
            least = getattr(level, fact)
            if least is None:
                continue
            if least <= (floor := getattr(below, fact) if below else 0):
                wrong[f"{level.name}_{fact}"] = _too_low(fact, floor, below)
            below = level
    return wrong


def _too_low(fact: str, floor: Any, below: Level | None) -> str:
    if below is None:
        return str(_("More than zero, else everybody has this level."))
    said = money(floor) if fact == "total_spent" else number(floor)
    return str(_("More than the %(least)s of %(level)s.", least=said, level=word(below.name)))
