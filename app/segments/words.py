"""Segments in words: where each begins, and why a guest is in it."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.core.clock import today
from app.core.i18n import money, number
from app.segments.definition import QUESTIONS, answers
from app.segments.facts import Known
from app.segments.rules import Rules

Bound = Callable[[Rules], str]


def _stays(count: int) -> str:
    return str(ngettext("%(num)d stay", "%(num)d stays", count))


def _days(count: int) -> str:
    return str(ngettext("%(num)d day", "%(num)d days", count))


def _from_stays(count: int) -> str:
    return str(_("from %(stays)s on", stays=_stays(count)))


def _up_to(count: int) -> str:
    return str(_("up to %(days)s after the last stay", days=_days(count)))


def _tier(_rules: Rules) -> str:
    return str(_("members of this tier"))


def _purpose(_rules: Rules) -> str:
    return str(_("the purpose of most stays"))


BOUNDS: dict[str, Bound] = {
    "high_value": lambda r: str(_("from %(amount)s on", amount=money(r.high_value))),
    "medium_value": lambda r: str(_("from %(amount)s on", amount=money(r.medium_value))),
    "low_value": lambda r: str(_("below %(amount)s", amount=money(r.medium_value))),
    "frequent_guest": lambda r: _from_stays(r.frequent_guest),
    "regular_guest": lambda r: _from_stays(r.regular_guest),
    "returning_guest": lambda r: _from_stays(r.returning_guest),
    "new_guest": lambda r: str(_("fewer than %(stays)s", stays=_stays(r.returning_guest))),
    "recent_guest": lambda r: _up_to(r.recent_guest),
    "active_guest": lambda r: _up_to(r.active_guest),
    "lapsed_guest": lambda r: _up_to(r.lapsed_guest),
    "dormant_guest": lambda r: str(
        _("more than %(days)s after the last stay", days=_days(r.lapsed_guest))
    ),
    "leisure_traveler": _purpose, "business_traveler": _purpose, "event_traveler": _purpose,
    "long_stay": lambda r: str(_("from %(nights)s nights on", nights=number(r.long_stay))),
    "risky": lambda r: str(
        _("from %(absent)s or %(cancelled)s on", absent=_absences(r.no_shows),
          cancelled=_cancellations(r.cancellations))
    ),
    "requires_attention": lambda _r: str(_("while a complaint is open")),
    "loyalty_platinum": _tier, "loyalty_gold": _tier, "loyalty_silver": _tier,
    "loyalty_bronze": _tier,
}  # fmt: skip
"""Segment to where it begins and ends, by the thresholds in force."""


def _absences(count: int) -> str:
    return str(ngettext("%(num)d no-show", "%(num)d no-shows", count))


def _cancellations(count: int) -> str:
    return str(ngettext("%(num)d cancellation", "%(num)d cancellations", count))


def _spent(known: Known) -> str:
    return str(_("Spent %(amount)s", amount=money(known.facts.total_spent)))


def _since(known: Known) -> str:
    days = (today() - known.facts.last_stay_date).days
    return str(ngettext(
        "%(num)d day since the last stay", "%(num)d days since the last stay", days
    ))  # fmt: skip


def _mostly(known: Known) -> str:
    told = sum(each.stays for each in known.purposes)
    mine = next(each.stays for each in known.purposes if each.purpose == known.facts.purpose)
    return str(ngettext(
        "%(count)s of %(num)d stay whose purpose is known",
        "%(count)s of %(num)d stays whose purpose is known", told, count=number(mine),
    ))  # fmt: skip


def _length(known: Known) -> str:
    nights = number(known.facts.average_stay_length.normalize() + 0)
    return str(_("%(nights)s nights a stay on average", nights=nights))


def _broken_off(known: Known) -> str:
    absent, cancelled = known.facts.no_show_count, known.facts.total_cancellations
    said = [_absences(absent) if absent else "", _cancellations(cancelled) if cancelled else ""]
    return ", ".join(filter(None, said))


FIGURES: dict[str, Callable[[Known], str]] = {
    "value": _spent, "frequency": lambda known: _stays(known.facts.total_stays),
    "recency": _since, "purpose": _mostly, "long_stay": _length, "risky": _broken_off,
    "requires_attention": lambda _known: str(_("A complaint of an earlier stay is open")),
    "loyalty": lambda _known: str(_("Member of the programme")),
}  # fmt: skip
"""Question to the guest's own figure."""
TONES = {
    "risky": ("attention", "triangle-alert"),
    "requires_attention": ("attention", "message-square"),
}
"""Segments that staff should notice: tone and icon."""
SILENT = ("requires_attention", "loyalty", "purpose")
"""Questions whose figure says all."""


def of(known: Known, rules: Rules) -> list[dict[str, Any]]:
    """A guest's segments in order, each with its word, its figure and where it begins: why."""
    found = answers(known.facts, rules, today())
    shown = []
    for question in QUESTIONS:
        value = found[question.name]
        if not value:
            continue
        name = question.name if question.flag else value
        figure = FIGURES[question.name](known)
        why = figure if question.name in SILENT else f"{figure}; {BOUNDS[name](rules)}"
        label = next(str(c.label) for c in question.cases if c.name == name)
        tone, icon = TONES.get(name, ("neutral", None))
        shown.append({"name": name, "question": question.name, "label": label, "why": why,
                      "tone": tone, "icon": icon})  # fmt: skip
    return shown
