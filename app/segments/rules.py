"""The thresholds of segments: what a manager may set, with the specification's as defaults.

Amounts are in the property's currency, as those of the loyalty programme are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core import house_settings
from app.core.actor import Actor
from app.core.errors import Invalid
from app.core.jobs import enqueue
from app.loyalty.programme import local

NAME = "segments"
RUN = "segments.run"
"""The job that counts the whole base anew."""
FALLING = ("high_value", "medium_value"), ("frequent_guest", "regular_guest", "returning_guest")
RISING = (("recent_guest", "active_guest", "lapsed_guest"),)
AMOUNTS = ("high_value", "medium_value", "long_stay")


@dataclass(frozen=True)
class Rules:
    """All thresholds. Amounts spent, stays and average nights from which on a segment begins; days
    since the last stay up to which one lasts; no-shows and cancellations from which on a guest
    counts as risky.
    """

    high_value: Decimal
    medium_value: Decimal
    frequent_guest: int = 10
    regular_guest: int = 5
    returning_guest: int = 2
    recent_guest: int = 30
    active_guest: int = 90
    lapsed_guest: int = 365
    long_stay: Decimal = Decimal(7)
    no_shows: int = 1
    cancellations: int = 3
    version: int = field(default=0, compare=False)


NAMES = tuple(each.name for each in fields(Rules) if each.name != "version")


def usual() -> Rules:
    """What holds while nobody has set anything (section 4.1)."""
    return Rules(high_value=local(100_000_000), medium_value=local(50_000_000))


def current() -> Rules:
    """The thresholds in force: the defaults with what a manager set."""
    values, version = house_settings.stored(NAME)
    return replace(read(values), version=version)


def read(values: Mapping[str, Any]) -> Rules:
    """Thresholds as `plain` wrote them, and the defaults for all others."""
    known = {name: value for name, value in values.items() if name in NAMES}
    exact: dict[str, Any] = {n: Decimal(v) if n in AMOUNTS else v for n, v in known.items()}
    return replace(usual(), **exact)


def plain(rules: Rules) -> dict[str, Any]:
    """All thresholds as JSON keeps them."""
    values = {name: getattr(rules, name) for name in NAMES}
    return {n: f"{v.normalize():f}" if n in AMOUNTS else v for n, v in values.items()}


def change(values: Mapping[str, Any], version: int, *, by: Actor) -> Rules:
    """Write thresholds that were read at `version`, and have the whole base counted anew.

    Raises Invalid where they do not ascend, Conflict when others changed them since.
    """
    by.must("segments.rules")
    rules = Rules(**{name: values[name] for name in NAMES}, version=version)
    _refuse_disorder(rules)
    standard = plain(usual())
    chosen = {name: value for name, value in plain(rules).items() if value != standard[name]}
    house_settings.store(NAME, chosen, version=version, by=by)
    enqueue(RUN, {"anew": True}, by=by.user_id)
    return rules


def _refuse_disorder(rules: Rules) -> None:
    errors: dict[str, Any] = {}
    for names in FALLING:
        for higher, lower in pairwise(names):
            if getattr(rules, higher) <= getattr(rules, lower):
                errors[higher] = _l("This must be more than the next lower threshold.")
    for names in RISING:
        for sooner, later in pairwise(names):
            if getattr(rules, sooner) >= getattr(rules, later):
                errors[later] = _l("This must be more than the days before it.")
    if errors:
        raise Invalid(errors)
