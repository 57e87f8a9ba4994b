"""What the tab shows of one group: each preference with chips, origin, and what may be added.

Nothing in here is beyond the reader's rights.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from babel.dates import get_month_names
from flask import url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from app.core.actor import Actor
from app.core.clock import zone
from app.core.i18n import day
from app.customers.models import Customer
from app.preferences import lists, origins, services, suggestions
from app.preferences.catalogue import FIELDS, GROUPS, Field, groups, of_group
from app.preferences.lists import Lists
from app.preferences.models import PreferenceSource, PreferenceSuggestion
from app.preferences.origins import Rows
from app.preferences.services import Touch
from app.preferences.values import State, state_of
from app.preferences.vocabulary import SOURCES
from app.preferences.wishes import said

TARGET = "#preferences"
ADDED = {"time": "time", "text": "text", "language": "language", "hours": "hours",
         "occasions": "occasions"}  # fmt: skip
"""Kind: the control that adds a value, where that is not a chip."""
SHOWN_SOURCES = ("guest", "staff", "booking")
"""What a person may say that a value comes from; what is learned is confirmed instead."""


class Chip(NamedTuple):
    """One value that may be on or off. title: where it comes from."""

    value: str
    word: str
    on: bool
    title: str = ""


@dataclass(frozen=True)
class Row:
    """One preference. `add` names the control that adds a value; `origins` are (words, origin)."""

    name: str
    label: str
    chips: list[Chip]
    was: str
    add: str
    care: bool
    origins: list[tuple[str, str]]
    choices: dict[str, str] = field(default_factory=dict)
    longest: int = 0
    errors: list[str] = field(default_factory=list)
    typed: Mapping[str, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many values are told; a field to type in is a new one with each."""
        return sum(chip.on for chip in self.chips)


@dataclass(frozen=True)
class Known:
    """All that is known of a guest's preferences."""

    state: State
    sources: Rows
    suggestions: list[PreferenceSuggestion]
    lists: Lists


def known(guest: Customer, after: Touch | None = None) -> Known:
    """Read it, in four statements; what a touch has just left is not read again."""
    state = after.state if after else state_of(services.of(guest.id))
    sources = after.sources if after else origins.rows_of(guest.id)
    read = after.suggestions if after else None
    rows = suggestions.of(guest.id) if read is None else read
    waiting = suggestions.still_open(rows, state, sources)
    return Known(state, sources, waiting, lists.known())


def panel(
    guest: Customer, group: str, by: Actor, source: str,
    faults: Mapping[str, list[str]] | None = None, typed: Mapping[str, str] | None = None,
    after: Touch | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The context of one group's panel; `after` is the touch that it answers."""
    what = known(guest, after)
    rows = [row(each, what, faults or {}, typed or {}) for each in of_group(group, by)]
    may_change = by.may("preferences.update")
    return {
        "group": group, "group_title": str(GROUPS[group][0]), "rows": rows,
        "groups": _groups(guest, group, what, by, source), "may_change": may_change,
        "source": source, "sources": _sources(guest, group, source) if may_change else [],
        "suggested": [suggested(s, what) for s in what.suggestions if _is_in(s, group, by)],
        "action": url_for("preferences.update", customer_id=guest.id, group=group),
        "decide": url_for("preferences.decide", customer_id=guest.id, group=group),
        "months": _months(), "edit_lists": by.may("preferences.options")
        and url_for("preference_options.show", group=group),
    }  # fmt: skip


def _is_in(suggestion: PreferenceSuggestion, group: str, by: Actor) -> bool:
    """True for a suggestion of the group about what this person may see at all."""
    field_ = FIELDS[suggestion.field]
    return field_.group == group and by.may(field_.see)


def _groups(
    guest: Customer, current: str, what: Known, by: Actor, source: str
) -> list[dict[str, Any]]:
    more = "" if source == SHOWN_SOURCES[0] else f"?source={source}"
    tab = url_for("preferences.index", customer_id=guest.id)
    return [
        {
            "label": str(GROUPS[name][0]), "icon": GROUPS[name][1], "current": name == current,
            "href": f"{tab}/{name}{more}",
            "count": sum(len(what.state.get(each.name, ())) for each in of_group(name, by)),
            "suggested": sum(_is_in(each, name, by) for each in what.suggestions),
        }
        for name in groups(by)
    ]  # fmt: skip


def _sources(guest: Customer, group: str, current: str) -> list[tuple[str, str, bool]]:
    words = {"guest": _("The guest says so"), "staff": _("Staff saw it"),
             "booking": _("A booking asks for it")}  # fmt: skip
    here = url_for("preferences.show", customer_id=guest.id, group=group)
    return [(words[name], f"{here}?source={name}", name == current) for name in SHOWN_SOURCES]


def row(what: Field, all_: Known, faults: Mapping[str, list[str]], typed: Mapping[str, str]) -> Row:
    """One preference, ready for a template."""
    told = all_.state.get(what.name, [])
    words = {code: all_.lists.word(what, code) for code in told}
    from_ = {code: origin(all_.sources.get(origins.place_of(what, code))) for code in told}
    listed = all_.lists.choices(what) if what.kind not in ("language", "occasions") else {}
    chips = [Chip(v, w, v in words, from_.get(v, "")) for v, w in listed.items()]
    chips += [Chip(c, w, True, from_[c]) for c, w in words.items() if c not in listed]
    lines = groupby(told, key=lambda code: from_[code])
    return Row(
        what.name, str(what.label), chips, "" if what.several else "".join(told), _add(what),
        what.care, [(", ".join(words[c] for c in codes), line) for line, codes in lines if line],
        all_.lists.choices(what) if what.kind in ("language", "occasions") else {},
        80 if what.several else what.longest, faults.get(what.name, []),
        typed if typed.get("field") == what.name else {},
    )  # fmt: skip


def _add(what: Field) -> str:
    if what.pattern:
        return "floor"
    return ADDED.get(what.kind, "item" if what.free else "")


def origin(source: PreferenceSource | None) -> str:
    """Who told it, when, and by whom it was noted."""
    if source is None:
        return ""
    words = str(SOURCES.get(source.source, source.source))
    if source.source == "learned" and source.stays:
        words = ngettext(
            "learned from %(num)d stay, %(percent)s %% agreed",
            "learned from %(num)d stays, %(percent)s %% agreed",
            len(source.stays), percent=source.confidence,
        )  # fmt: skip
    at = day(source.noted_at.astimezone(zone()).date())
    return f"{words} · {at} · {source.noted_name}"


def suggested(row: PreferenceSuggestion, what: Known) -> dict[str, Any]:
    """A suggestion in words, with the stays that it comes from."""
    field_ = FIELDS[row.field]
    return {
        "id": row.id, "words": said(field_, row.option, what.lists),
        "percent": row.confidence, "reason": reason(row),
        "stays": [day(date.fromisoformat(stay["left"])) for stay in row.stays],
        "replaces": "" if field_.several else ", ".join(
            what.lists.word(field_, code) for code in what.state.get(row.field, ())),
    }  # fmt: skip


def reason(row: PreferenceSuggestion) -> str:
    """What speaks for it: "4 of 5 stays rated 8 or better"."""
    agree, all_ = len(row.stays), len(row.stays) + len(row.against)
    told = {"agree": agree, "all": all_}
    words = {
        "liked": _("%(agree)s of %(all)s stays rated 8 or better", **told),
        "asked": _("asked for and done in %(agree)s of %(all)s stays with requests", **told),
        "drank": _("taken from the minibar in %(agree)s of %(all)s stays", **told),
        "used": _("used in %(agree)s of %(all)s stays", **told),
        "purpose": _("%(agree)s of %(all)s stays were for business", **told),
    }
    return str(words.get(row.reason, ""))


def _months() -> list[tuple[int, str]]:
    names = get_month_names("wide", context="stand-alone", locale=str(get_locale() or "en"))
    return [(number, str(names[number])) for number in range(1, 13)]
