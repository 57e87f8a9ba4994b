"""The guests of some segments, as the guest list asks for them.

Value, frequency and recency are asked of the guests' own columns, which the list's indexes hold;
the others of the rows that keep them.
"""

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, literal_column, select

from app.core.clock import today
from app.customers.listing import filters
from app.segments.definition import NOBODY, QUESTION_OF, QUESTIONS, WORDS, Facts, belongs
from app.segments.models import GuestSegments
from app.segments.rules import current

OWN = {"value": "total_spent", "frequency": "total_stays", "recency": "last_stay_date"}
"""Questions that a column of the guest answers."""
OFFERED = (*OWN, "purpose")
"""Questions with a menu of their own; a loyalty tier has a filter already."""


def narrow(names: Sequence[str]) -> Callable[[Any], list[ColumnElement[bool]]]:
    """Conditions on a guest's own columns, by the thresholds in force."""
    own = [name for name in names if QUESTION_OF[name].name in OWN]
    rules, day = current(), today()
    return lambda of: [belongs(name, facts_in(of), rules, day) for name in own]


def facts_in(of: Any) -> Facts:
    """The facts that the list's indexes hold, as columns."""
    return NOBODY._replace(**{name: getattr(of, name) for name in OWN.values()})


def members(names: Sequence[str]) -> Select[Any] | None:
    """The ids of the guests who belong to all of these segments, but for those asked otherwise."""
    others = [name for name in names if QUESTION_OF[name].name not in OWN]
    if not others:
        return None
    return select(GuestSegments.customer_id).where(*(_is_in(name) for name in others))


def _is_in(name: str) -> ColumnElement[bool]:
    question = QUESTION_OF[name]
    if question.flag:  # the very text of the index's own condition
        return literal_column(f"guest_segments.{question.name}")
    return getattr(GuestSegments, question.name) == name  # type: ignore[no-any-return]


filters.sources["segment"] = members
filters.narrowings["segment"] = narrow
filters.SEGMENTS.update(WORDS)
filters.segment_menus += [
    (each.label, {c.name: c.label for c in each.cases if c.name})
    for each in QUESTIONS if each.name in OFFERED
]  # fmt: skip
filters.segment_menus.append(
    (_l("Worth knowing"), {each.name: each.label for each in QUESTIONS if each.flag})
)
