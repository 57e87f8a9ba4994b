"""The guests of some segments, as the guest list asks for them."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, literal_column, select

from app.customers.listing import filters
from app.segments.definition import QUESTION_OF, QUESTIONS, WORDS
from app.segments.models import GuestSegments

OFFERED = ("value", "frequency", "recency", "purpose")
"""Questions with a menu of their own; a loyalty tier has a filter already."""


def members(names: Sequence[str]) -> Select[Any]:
    """The ids of the guests who belong to all of these segments."""
    return select(GuestSegments.customer_id).where(*(_is_in(name) for name in names))


def _is_in(name: str) -> ColumnElement[bool]:
    question = QUESTION_OF[name]
    if question.flag:  # the very text of the index's own condition
        return literal_column(f"guest_segments.{question.name}")
    return getattr(GuestSegments, question.name) == name  # type: ignore[no-any-return]


filters.sources["segment"] = members
filters.SEGMENTS.update(WORDS)
filters.segment_menus += [
    (each.label, {c.name: c.label for c in each.cases if c.name})
    for each in QUESTIONS if each.name in OFFERED
]  # fmt: skip
filters.segment_menus.append(
    (_l("Worth knowing"), {each.name: each.label for each in QUESTIONS if each.flag})
)
