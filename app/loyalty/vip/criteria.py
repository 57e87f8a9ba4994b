"""Which level figures reach, and what that means for the level that a guest has.

One definition, `Level.needs`, is asked in Python for one guest and made into SQL for all of them.
`judge` alone decides; SQL only finds whom it may decide about.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, literal, or_

from app.customers.models import Customer
from app.customers.vip import EARNED, HAND, rank
from app.loyalty.vip.rules import VipRules

NONE = "none"


@dataclass(frozen=True)
class Grant:
    """A level given by hand that is in force, whatever figures reached since."""

    level: str
    until: date | None


@dataclass(frozen=True)
class Verdict:
    """What is to become of a level. kind: as `VipChange` has it, or `renewed`, which is no change
    of level. met: the figure that reached it.
    """

    kind: str
    level: str
    source: str | None
    until: date | None
    met: str | None = None


def reached(figures: Any, rules: VipRules) -> tuple[str, str | None]:
    """The highest level that figures reach, and the first of them that does."""
    for level in reversed(rules.levels):
        for name, least in level.needs().items():
            if getattr(figures, name) >= least:
                return level.name, name
    return NONE, None


def reached_in_sql(rules: VipRules) -> ColumnElement[str]:
    """The same as an expression over the guests."""
    whens = [
        (or_(*(getattr(Customer, n) >= least for n, least in level.needs().items())), level.name)
        for level in reversed(rules.levels) if level.needs()
    ]  # fmt: skip
    return case(*whens, else_=NONE) if whens else literal(NONE)


def concerns(guest: Any) -> bool:
    """Whose level follows figures: active guests. One on the blacklist stays as they are."""
    return bool(guest.status == "active" and not guest.is_blacklisted)


def in_sql() -> tuple[ColumnElement[bool], ...]:
    """The same as conditions over the guests."""
    return Customer.status == "active", Customer.is_blacklisted.is_(False)


def judge(
    guest: Any, rules: VipRules, day: date, granted: Callable[[], Grant | None]
) -> Verdict | None:
    """What becomes of a guest's level on a day; None for nothing.

    Figures that reach more raise it at once. What was given by hand is not lowered before its last
    day, not even after figures had raised it further (`granted` tells); what figures reached is
    lowered as soon as they fall, unless the rules keep it.
    """
    level, met = reached(guest, rules)
    until = day + timedelta(days=rules.days)
    if not concerns(guest) or level == guest.vip_status == NONE:
        return None
    if rank(level) > rank(guest.vip_status):
        return Verdict("upgrade", level, EARNED, until, met)
    over = guest.vip_status_expiry is not None and guest.vip_status_expiry < day
    if level == guest.vip_status:
        return _reached_again(guest, Verdict("renewed", level, EARNED, until, met), over=over)
    if not over and guest.vip_source in rules.kept:
        return None
    return _lowered(guest, level, met, until, granted())


def _reached_again(guest: Any, verdict: Verdict, *, over: bool) -> Verdict | None:
    if not over:
        return None
    kind = "lapsed" if guest.vip_source == HAND else verdict.kind
    return Verdict(kind, verdict.level, EARNED, verdict.until, verdict.met)


def _lowered(guest: Any, level: str, met: str | None, until: date, grant: Grant | None) -> Verdict:
    kind = "lapsed" if guest.vip_source == HAND else "downgrade"
    if grant and rank(level) <= rank(grant.level) <= rank(guest.vip_status):
        same = grant.level == guest.vip_status
        return Verdict("renewed" if same else kind, grant.level, HAND, grant.until)
    if level == NONE:
        return Verdict(kind, NONE, None, None)
    return Verdict(kind, level, EARNED, until, met)
