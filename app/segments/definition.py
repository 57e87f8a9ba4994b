"""What the segments are (section 4.1, ruling 8): one table that Python, SQL and words follow.

Each case holds or not by an expression of a guest's facts. Given one guest's values it is true or
false, given columns it is a condition of SQL, so that one guest and the whole base never differ.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, case, false, not_, null, true
from sqlalchemy.orm import InstrumentedAttribute

from app.segments.rules import Rules


class Facts(NamedTuple):
    """What segments ask of a guest: values of one, or the columns that hold them for all.

    `purpose` is the most frequent one of the stays; among equally frequent ones that of the
    latest of their stays. Stays without one do not count.
    """

    total_spent: Any
    total_stays: Any
    last_stay_date: Any
    average_stay_length: Any
    no_show_count: Any
    total_cancellations: Any
    loyalty_member: Any
    loyalty_tier: Any
    purpose: Any
    open_complaint: Any


Holds = Callable[[Facts, Rules, date], Any]


@dataclass(frozen=True)
class Case:
    """A segment: its name, its word, and what makes a guest one of it. Without a name: none."""

    name: str | None
    label: Any
    holds: Holds


@dataclass(frozen=True)
class Question:
    """What is asked of every guest; the first case that holds is the answer, and None if none is.

    `name` is the column that keeps it. A `flag` has one case, and is kept as true or false.
    """

    name: str
    label: Any
    cases: tuple[Case, ...]
    flag: bool = False


def _always(_facts: Facts, _rules: Rules, _day: date) -> Any:
    return True


def _unknown(value: Any) -> Any:
    is_column = isinstance(value, ColumnElement | InstrumentedAttribute)
    return value.is_(None) if is_column else value is None


def _within(name: str) -> Holds:
    return lambda f, r, day: f.last_stay_date >= day - timedelta(days=getattr(r, name))


def _for(purpose: str) -> Holds:
    return lambda f, _r, _day: f.purpose == purpose


def _in(tier: str) -> Holds:
    return lambda f, _r, _day: f.loyalty_member & (f.loyalty_tier == tier)


QUESTIONS = (
    Question("value", _l("Value"), (
        Case("high_value", _l("High value"), lambda f, r, _d: f.total_spent >= r.high_value),
        Case("medium_value", _l("Medium value"), lambda f, r, _d: f.total_spent >= r.medium_value),
        Case("low_value", _l("Low value"), _always),
    )),
    Question("frequency", _l("Frequency"), (
        Case("frequent_guest", _l("Frequent guest"),
             lambda f, r, _d: f.total_stays >= r.frequent_guest),
        Case("regular_guest", _l("Regular guest"),
             lambda f, r, _d: f.total_stays >= r.regular_guest),
        Case("returning_guest", _l("Returning guest"),
             lambda f, r, _d: f.total_stays >= r.returning_guest),
        Case("new_guest", _l("Newcomer"), _always),
    )),
    Question("recency", _l("Recency"), (
        Case(None, _l("Has not stayed yet"), lambda f, _r, _d: _unknown(f.last_stay_date)),
        Case("recent_guest", _l("Recent guest"), _within("recent_guest")),
        Case("active_guest", _l("Active guest"), _within("active_guest")),
        Case("lapsed_guest", _l("Lapsed guest"), _within("lapsed_guest")),
        Case("dormant_guest", _l("Dormant guest"), _always),
    )),
    Question("purpose", _l("Purpose of stays"), (
        Case("leisure_traveler", _l("Leisure traveller"), _for("leisure")),
        Case("business_traveler", _l("Business traveller"), _for("business")),
        Case("event_traveler", _l("Event traveller"), _for("event")),
    )),
    Question("long_stay", _l("Long stays"), (
        Case("long_stay", _l("Long stays"), lambda f, r, _d: f.average_stay_length >= r.long_stay),
    ), flag=True),
    Question("risky", _l("Risky"), (
        Case("risky", _l("Risky"), lambda f, r, _d: (f.no_show_count >= r.no_shows)
             | (f.total_cancellations >= r.cancellations)),
    ), flag=True),
    Question("requires_attention", _l("Requires attention"), (
        Case("requires_attention", _l("Requires attention"), lambda f, _r, _d: f.open_complaint),
    ), flag=True),
    Question("loyalty", _l("Loyalty"), (
        Case("loyalty_platinum", _l("Platinum member"), _in("platinum")),
        Case("loyalty_gold", _l("Gold member"), _in("gold")),
        Case("loyalty_silver", _l("Silver member"), _in("silver")),
        Case("loyalty_bronze", _l("Bronze member"), lambda f, _r, _d: f.loyalty_member),
    )),
)  # fmt: skip
COLUMNS = tuple(question.name for question in QUESTIONS)
WORDS: dict[str, Any] = {
    each.name: each.label for question in QUESTIONS for each in question.cases if each.name
}
"""Every segment by name, and its word."""
QUESTION_OF = {
    each.name: question for question in QUESTIONS for each in question.cases if each.name
}
Answers = dict[str, Any]
"""A row of `guest_segments`: question to segment, or to true or false."""


def answers(facts: Facts, rules: Rules, day: date) -> Answers:
    """What one guest's values come to on a day."""
    found = {}
    for question in QUESTIONS:
        name = next((c.name for c in question.cases if c.holds(facts, rules, day)), None)
        found[question.name] = name is not None if question.flag else name
    return found


def expressions(columns: Facts, rules: Rules, day: date) -> list[ColumnElement[Any]]:
    """The same for the columns of many guests, in the order of `COLUMNS`."""
    return [expression(question, columns, rules, day) for question in QUESTIONS]


def expression(question: Question, columns: Facts, rules: Rules, day: date) -> ColumnElement[Any]:
    """One question's answer for the columns of many guests."""
    *others, last = question.cases
    if question.flag:
        holds: ColumnElement[Any] = last.holds(columns, rules, day)
        return case((holds, True), else_=false()).label(question.name)
    whens: list[Any] = [(each.holds(columns, rules, day), each.name or null()) for each in others]
    if last.holds is _always:
        return case(*whens, else_=last.name).label(question.name)
    whens.append((last.holds(columns, rules, day), last.name))
    return case(*whens, else_=null()).label(question.name)


def belongs(name: str, columns: Facts, rules: Rules, day: date) -> ColumnElement[bool]:
    """The condition that a segment is the answer: its case holds and none before it does."""
    found: list[Any] = []
    for each in QUESTION_OF[name].cases:
        holds = each.holds(columns, rules, day)
        if each.name == name:
            return and_(*found, true() if holds is True else holds)
        found.append(not_(holds))
    raise KeyError(name)


def names_in(row: Any) -> Iterator[str]:
    """The segments of a row of answers, as `segment_customer` of section 4.1 lists them."""
    for question in QUESTIONS:
        value = row[question.name] if isinstance(row, dict) else getattr(row, question.name)
        if value:
            yield question.name if question.flag else value


ZERO = Decimal(0)
NOBODY = Facts(ZERO, 0, None, ZERO, 0, 0, False, None, None, False)
"""A guest who never came."""
