"""A notice in words: what to say, in the guest's language where the house speaks it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.config import LANGUAGES
from app.core.clock import current_settings
from app.core.i18n import day, number
from app.core.inputs import Choice
from app.customers import parts
from app.customers.parts import Told
from app.customers.vocabulary import LOYALTY_TIERS, VIP_LEVELS
from app.loyalty.notices import Waiting

KINDS = {
    "points_expiring": _l("Points that end"),
    "tier_upgrade": _l("A higher tier"),
    "tier_downgrade": _l("A lower tier"),
    "vip_upgrade": _l("A higher VIP level"),
    "vip_downgrade": _l("A lower VIP level"),
    "welcome": _l("New members"),
}
ICONS = {
    "points_expiring": "clock", "tier_upgrade": "star", "tier_downgrade": "info",
    "vip_upgrade": "star", "vip_downgrade": "info", "welcome": "circle-check",
}  # fmt: skip
FALLBACK = "en"
parts.events |= {
    "notice.told": (_l("noted that the guest was told"), "message-square", "good"),
    "notice.dropped": (_l("dropped what the guest was to be told"), "circle-x", "neutral"),
    "loyalty.recounted": (_l("counted the points anew"), "refresh-cw", "neutral"),
}
parts.told["notice"] = Told(Choice(KINDS, metadata={"label": _l("Notice")}), "loyalty.read")


def language_of(row: Any) -> str:
    """The language to speak to the guest in: the guest's own, or English."""
    wanted = (row.preferred_language or current_settings().language)[:2].lower()
    return wanted if wanted in LANGUAGES else FALLBACK


def to_say(each: Waiting) -> str:
    """One or two sentences for the guest, in `language_of` the guest."""
    row = each.row
    with force_locale(language_of(row)):
        said = _SENTENCES[row.kind](row.facts, each)
        return str(_("Dear %(name)s,", name=row.display_name or row.full_name)) + " " + said


def in_short(each: Waiting) -> str:
    """What it is about, for staff, in the reader's language."""
    facts, kind = each.row.facts, each.row.kind
    if kind == "points_expiring":
        points = ngettext(
            "%(points)s point", "%(points)s points", each.points or 0, points=number(each.points)
        )
        return str(_("%(points)s until %(day)s", points=points, day=_day(facts["ends"])))
    if kind == "welcome":
        return str(facts.get("number") or "")
    return f"{_level(kind, facts.get('from'))} → {_level(kind, facts.get('to'))}"


def _ending(facts: Mapping[str, Any], each: Waiting) -> str:
    house = current_settings().property_name
    return str(ngettext(
        "%(points)s of your points at %(house)s ends after %(day)s. You may use it until then.",
        "%(points)s of your points at %(house)s end after %(day)s. You may use them until then.",
        each.points or 0, points=number(each.points), house=house, day=_day(facts["ends"]),
    ))  # fmt: skip


def _raised(facts: Mapping[str, Any], each: Waiting) -> str:
    return str(_(
        "you are now %(level)s at %(house)s. Thank you for your loyalty; ask us what it brings.",
        level=_level(each.row.kind, facts.get("to")), house=current_settings().property_name,
    ))  # fmt: skip


def _lowered(facts: Mapping[str, Any], each: Waiting) -> str:
    to, house = facts.get("to"), current_settings().property_name
    if to in (None, "none"):
        level, said = facts.get("from"), _("your level %(level)s at %(house)s has come to its end.")
    else:
        level, said = to, _("your level at %(house)s is now %(level)s.")
    now: str = said % {"level": _level(each.row.kind, level), "house": house}
    return now + " " + str(_("We look forward to your next stay."))


def _welcome(facts: Mapping[str, Any], _each: Waiting) -> str:
    said: str = _(
        "welcome to the loyalty programme of %(house)s. Your number is %(number)s.",
        house=current_settings().property_name, number=facts.get("number") or "–",
    )  # fmt: skip
    points = facts.get("points")
    if points:
        said += " " + ngettext(
            "You begin with %(points)s point.", "You begin with %(points)s points.", points,
            points=number(points),
        )  # fmt: skip
    return said


_SENTENCES = {
    "points_expiring": _ending, "tier_upgrade": _raised, "vip_upgrade": _raised,
    "tier_downgrade": _lowered, "vip_downgrade": _lowered, "welcome": _welcome,
}  # fmt: skip


def _level(kind: str, name: Any) -> str:
    levels = VIP_LEVELS if kind.startswith("vip") else LOYALTY_TIERS
    word = str(levels.get(name, name or "–"))
    return f"VIP {word}" if kind.startswith("vip") and name not in (None, "none") else word


def _day(text: str) -> str:
    return day(date.fromisoformat(text))
