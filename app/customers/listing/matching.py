"""What a search finds, as a condition on a guest: for lists too long to name each guest."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_

from app.customers.models import Customer
from app.customers.search.models import SearchRow
from app.customers.search.query import Form, Query, parse


def matches(words: str, of: Any = Customer) -> ColumnElement[bool]:
    """True for guests whom `search.find` finds for the words, on whichever rung."""
    query = parse(words)
    rungs = [_each(query.beginnings()), *_parts(query)] if query.terms else [false()]
    return exists().where(SearchRow.leads_to == of.id, or_(*rungs)).correlate_except(SearchRow)


def _each(terms: list[list[Form]]) -> ColumnElement[bool]:
    return and_(*(or_(*(_begins(form) for form in forms)) for forms in terms))


def _begins(form: Form) -> ColumnElement[bool]:
    ending = " " if form.whole else ""
    return SearchRow.words.contains(f" {form.word}{ending}", autoescape=True)


def _parts(query: Query) -> list[ColumnElement[bool]]:
    longer, shorter = query.parts()
    if not longer:
        return []
    inside = [SearchRow.names.contains(term, autoescape=True) for term in longer]
    inside += [SearchRow.names.contains(f" {term}", autoescape=True) for term in shorter]
    return [and_(*inside), *([_each(query.domain())] if query.domain() else [])]
