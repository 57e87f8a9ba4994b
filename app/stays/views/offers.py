"""What a booking may take over by a touch: from the last stay, and from the company's agreement."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _

from app.customers import employers
from app.customers.models import Customer
from app.customers.words import said
from app.stays import suggestions
from app.stays.overlaps import span
from app.stays.views import draft, people
from app.stays.views.draft import Draft

TAKE, AGREED, ALL = "take:", "agreed:", "all"
"""What a touch posts as `do`: where from, and the form's field or all of them."""
ON_FORM = {"purpose_of_visit": "purpose", "special_requests": "requests"}
"""Column of a booking: the form's field, where they differ."""

Values = Mapping[str, Any]
Shown = dict[str, dict[str, Any]]
"""By source: a title, what is said of it, chips, and what a touch on all of them posts."""


@dataclass(frozen=True)
class Offers:
    """Values by field of the form, and how they are spoken of; by what a touch posts."""

    values: dict[str, Values]
    titles: dict[str, tuple[str, str]]


def drawn(guest: Customer, made: Draft | None, *, past: bool) -> tuple[Draft, Shown]:
    """The form as `made`, or else as posted with what a touch took over; and what is offered.

    `past`: what the last stay suggests, too.
    """
    picked = (made.people if made else people.posted()).company
    found = _with_company(_from_past(guest, past), people.id_of(picked.value) or guest.company_id)
    made = made or draft.posted(taken=_taken(found))
    return made, _shown(found, made)


def _from_past(guest: Customer, past: bool) -> Offers:
    found = Offers({}, {})
    last = suggestions.from_last_stay(guest.id) if past else None
    if last:
        dates = span(last.stay.check_in_date, last.stay.check_out_date)
        about = _("From the stay of %(dates)s. A touch takes it over.", dates=dates)
        found.values[TAKE] = {ON_FORM.get(name, name): v for name, v in last.values.items()}
        found.titles[TAKE] = _("As last time?"), about
    return found


def _with_company(found: Offers, company_id: uuid.UUID | None) -> Offers:
    """The same with what was agreed with a company, while that takes guests."""
    firm = employers.told(company_id)
    if firm is None or not firm.takes_guests:
        return found
    agreed = {people.COMPANY: firm.id, "rate_type": firm.rate_code}
    return Offers(
        found.values | {AGREED: {name: value for name, value in agreed.items() if value}},
        found.titles | {AGREED: (_("Travels for %(company)s", company=firm.name), "")},
    )


def _taken(found: Offers) -> dict[str, str]:
    """What a touch accepted, as the form's values; requests join what is typed."""
    do = request.form.get("do", "")
    values = {
        name: value for source, offered in found.values.items() for name, value in offered.items()
        if do in (source + name, source + ALL)
    }  # fmt: skip
    if "requests" in values:
        there = [line.strip() for line in request.form.get("requests", "").splitlines()]
        values["requests"] = "\n".join(dict.fromkeys([*filter(None, there), *values["requests"]]))
    return {name: str(value) for name, value in values.items()}


def _shown(found: Offers, made: Draft) -> Shown:
    """Each source with a chip for each thing that the form does not say yet."""
    groups = {
        source: {
            "title": title, "about": about, "all": source + ALL,
            "chips": [chip for name, value in found.values[source].items()
                      if (chip := _chip(source, name, value, made))],
        } for source, (title, about) in found.titles.items()
    }  # fmt: skip
    return {source: group for source, group in groups.items() if group["chips"]}


def _chip(source: str, name: str, value: Any, made: Draft) -> dict[str, Any] | None:
    if name == people.COMPANY:
        firm = employers.told(value)
        known = str(value) == made.people.company.value or not (firm and firm.takes_guests)
        label, words = _("Company"), firm.name if firm else ""
    else:
        there = str(made.form[name].data or "")
        lines = value if isinstance(value, list) else [str(value)]
        known = set(lines) <= {there, *there.splitlines()}
        label, words = made.form[name].label.text, said(_column(name), value)
    return None if known else {"do": source + name, "label": label, "words": words}


def _column(name: str) -> str:
    return next((column for column, of in ON_FORM.items() if of == name), name)
