"""A booking's form as it stands: fields, people, what the last stay suggests, what stops it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import Form

from app.auth.guard import actor
from app.core.errors import Invalid
from app.core.forms import form_for, posted_values
from app.customers.models import Customer
from app.customers.words import said
from app.stays import suggestions
from app.stays.inputs import BookingFormInput, BookingInput
from app.stays.models import Booking

NAMES = (
    "check_in", "check_out", "room_type", "room_number", "rate_type", "room_rate", "total_amount",
    "adults", "children", "purpose", "requests", "channel", "notes",
)  # fmt: skip
ON_FORM = {"purpose_of_visit": "purpose", "special_requests": "requests"}
"""Column of a booking: the form's field, where they differ."""
TAKE, MORE, DESPITE = "take:", "more", "despite"
MOST_PICKERS = 30
CHOOSE = _l("Choose the guest from the list; nobody is found by a name alone.")


@dataclass
class Person:
    """One picker: a guest's id with the name, or a name alone."""

    value: str = ""
    text: str = ""


@dataclass
class Draft:
    """What the form shows. `errors` of people stand here, those of fields in the form."""

    form: Form
    companions: list[Person]
    booker: Person = field(default_factory=Person)
    for_company: bool = False
    errors: dict[str, list[str]] = field(default_factory=dict)
    reason: Any = None
    """The field for an override's reason, where one is wanted."""


def names() -> list[str]:
    """The form's fields for this reader."""
    return [name for name in NAMES if name != "notes" or actor().may("guests.notes")]


def empty(values: Mapping[str, Any]) -> Draft:
    """A new booking's form."""
    form = form_for(BookingFormInput, names(), values={"adults": 1, "children": 0} | dict(values))
    return Draft(form, [])


def of(booking: Booking, booker: Customer | None) -> Draft:
    """The form of a booking on file."""
    columns = {name: BookingFormInput().fields[name].attribute or name for name in names()}
    values = {name: getattr(booking, column, None) for name, column in columns.items()}
    values["requests"] = "\n".join(booking.special_requests)
    people = [Person(str(each.companion_id or ""), each.name) for each in booking.companions]
    by = Person(str(booker.id), booker.full_name) if booker else Person()
    form = form_for(BookingFormInput, names(), values=values)
    return Draft(form, people, by, booking.company_id is not None)


def posted(fault: Invalid | None = None, taken: Mapping[str, str] | None = None) -> Draft:
    """The form as it was typed, with what is wrong, and with suggestions that were `taken`."""
    typed = MultiDict((name, request.form[name]) for name in fields() if name in request.form)
    for name, value in (taken or {}).items():
        typed[name] = value
    errors: dict[str, list[str]] = {}
    for path, sentences in (fault.errors if fault else {}).items():
        errors.setdefault(path.split(".")[0], []).extend(sentences)
    form = form_for(BookingFormInput, fields(), posted=typed, errors=errors)
    form.form_errors = [s for name, said in errors.items() if name not in form for s in said]
    *companions, booker = _people()
    if request.form.get("do") == MORE:
        companions.append(Person())
    reason = form._fields.get("override_reason")
    return Draft(form, companions, booker, "for_company" in request.form, errors, reason)


def ask_reason(made: Draft) -> None:
    """Put the field for an override's reason on the form, with what was typed and is wrong."""
    if made.reason is None:
        made.reason = form_for(BookingFormInput, ["override_reason"])["override_reason"]


def fields() -> list[str]:
    """The form's fields, and the reason for an override where that was asked for."""
    return [*names(), *(["override_reason"] if "override_reason" in request.form else [])]


def _people() -> list[Person]:
    """The companions, then who booked, as their pickers stand; all pickers call their text `q`."""
    texts = (request.form.getlist("q") or [""])[: MOST_PICKERS + 1]
    values = [request.form.get(f"companion-{n}", "") for n in range(len(texts) - 1)]
    values.append(request.form.get("booked_by", ""))
    return [Person(v, " ".join(t.split())) for v, t in zip(values, texts, strict=True)]


def read(guest: Customer) -> dict[str, Any]:
    """The checked values of the form. Raises Invalid with all that is wrong."""
    errors: dict[str, list[str]] = {}
    sent = MultiDict((name, request.form[name]) for name in fields() if name in request.form)
    values = _gathered(errors, BookingFormInput, posted_values(BookingFormInput, sent, fields()))
    *companions, booker = _people()
    if booker.text and not booker.value:
        errors["booked_by_id"] = [str(CHOOSE)]
    people: dict[str, Any] = {
        "companions": [_person(each) for each in companions if each.text],
        "booked_by_id": (booker.text and booker.value) or None,
    }
    values |= _gathered(errors, BookingInput, people, partial=True)
    if errors:
        raise Invalid(errors)
    if "for_company" in request.form or "may_company" in request.form:
        values["company_id"] = guest.company_id if "for_company" in request.form else None
    return values


def _gathered(
    errors: dict[str, list[str]], schema: type[BookingInput], data: Any, *, partial: bool = False
) -> dict[str, Any]:
    try:
        return schema.read(data, partial=partial)
    except Invalid as fault:
        errors.update(fault.errors)
        return {}


def _person(each: Person) -> dict[str, str]:
    return {"customer_id": each.value} if each.value else {"name": each.text}


def offered(past: suggestions.Past | None, draft: Draft) -> list[dict[str, Any]]:
    """What the last stay suggests and the form does not say yet: field, label, words, value."""
    found = []
    for column, value in (past.values if past else {}).items():
        name = ON_FORM.get(column, column)
        text = "\n".join(value) if isinstance(value, list) else str(value)
        there = str(draft.form[name].data or "")
        if text in (there, "") or (name == "requests" and set(value) <= set(there.splitlines())):
            continue
        label = draft.form[name].label.text
        found.append({"name": name, "label": label, "words": said(column, value), "value": text})
    return found


def taken(past: suggestions.Past | None) -> dict[str, str]:
    """The suggestions that a touch accepted, as the form's values; requests join what is typed."""
    wanted = request.form.get("do", "").removeprefix(TAKE)
    values = {ON_FORM.get(column, column): v for column, v in (past.values if past else {}).items()}
    chosen = {name: v for name, v in values.items() if wanted in (name, "all")}
    if "requests" in chosen:
        there = [line.strip() for line in request.form.get("requests", "").splitlines()]
        both = dict.fromkeys([*filter(None, there), *chosen["requests"]])
        chosen["requests"] = "\n".join(both)
    return {name: str(value) for name, value in chosen.items()}


def form_id() -> uuid.UUID | None:
    """The id that the form was given for its booking: sent twice, it cannot make two."""
    try:
        found = uuid.UUID(request.form.get("form_id", ""))
    except ValueError:
        return None
    return found if found.version == 7 else None


def version() -> int:
    """The version of the booking that the form showed. Raises Invalid for nonsense."""
    typed = request.form.get("version", "")
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 10):
        raise Invalid({"": _("This form is incomplete. Load the page again before you save.")})
    return int(typed)
