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
from app.stays.inputs import BookingFormInput, BookingInput
from app.stays.models import Booking
from app.stays.views import people
from app.stays.views.people import People, Picked

NAMES = (
    "check_in", "check_out", "room_type", "room_number", "rate_type", "room_rate", "total_amount",
    "adults", "children", "purpose", "requests", "channel", "notes",
)  # fmt: skip
MORE, DRAW, DESPITE = "more", "draw", "despite"
"""What a button asks for: one more companion, the form drawn anew, the booking all the same."""
CHOOSE = _l("Choose the guest from the list; nobody is found by a name alone.")
CHOOSE_COMPANY = _l("Choose the company from the list, or none.")


@dataclass
class Draft:
    """What the form shows. `errors` of people stand here, those of fields in the form."""

    form: Form
    people: People
    errors: dict[str, list[str]] = field(default_factory=dict)
    reason: Any = None
    """The field for an override's reason, where one is wanted."""


def names() -> list[str]:
    """The form's fields for this reader."""
    return [name for name in NAMES if name != "notes" or actor().may("guests.notes")]


def empty(values: Mapping[str, Any]) -> Draft:
    """A new booking's form."""
    form = form_for(BookingFormInput, names(), values={"adults": 1, "children": 0} | dict(values))
    return Draft(form, People())


def of(booking: Booking) -> Draft:
    """The form of a booking on file."""
    columns = {name: BookingFormInput().fields[name].attribute or name for name in names()}
    values = {name: getattr(booking, column, None) for name, column in columns.items()}
    values["requests"] = "\n".join(booking.special_requests)
    return Draft(form_for(BookingFormInput, names(), values=values), people.of(booking))


def posted(fault: Invalid | None = None, taken: Mapping[str, str] | None = None) -> Draft:
    """The form as it was typed, with what is wrong, and with suggestions that were `taken`."""
    typed = MultiDict((name, request.form[name]) for name in fields() if name in request.form)
    for name, value in (taken or {}).items():
        typed[name] = value
    there = people.posted()
    if people.COMPANY in typed:
        there.company = people.company(uuid.UUID(typed.pop(people.COMPANY)))
    errors: dict[str, list[str]] = {}
    for path, sentences in (fault.errors if fault else {}).items():
        errors.setdefault(path.split(".")[0], []).extend(sentences)
    form = form_for(BookingFormInput, fields(), posted=typed, errors=errors)
    form.form_errors = [s for name, said in errors.items() if name not in form for s in said]
    if request.form.get("do") == MORE:
        there.companions.append(Picked())
    return Draft(form, there, errors, form._fields.get("override_reason"))


def ask_reason(made: Draft) -> None:
    """Put the field for an override's reason on the form, with what was typed and is wrong."""
    if made.reason is None:
        made.reason = form_for(BookingFormInput, ["override_reason"])["override_reason"]


def fields() -> list[str]:
    """The form's fields, and the reason for an override where that was asked for."""
    return [*names(), *(["override_reason"] if "override_reason" in request.form else [])]


def read() -> dict[str, Any]:
    """The checked values of the form. Raises Invalid with all that is wrong."""
    errors: dict[str, list[str]] = {}
    sent = MultiDict((name, request.form[name]) for name in fields() if name in request.form)
    values = _gathered(errors, BookingFormInput, posted_values(BookingFormInput, sent, fields()))
    there = people.posted()
    errors |= {
        name: [str(sentence)] for name, picked, sentence in
        (("booked_by_id", there.booker, CHOOSE), (people.COMPANY, there.company, CHOOSE_COMPANY))
        if picked.is_open
    }  # fmt: skip
    if suspects := [each.text for each in there.companions if each.meant]:
        said = _("Say who comes along: a guest called %(name)s is blacklisted or under a warning.",
                 name=", ".join(suspects))  # fmt: skip
        errors["companions"] = [said]
    told: dict[str, Any] = {
        "companions": [_person(each) for each in there.companions if each.text],
        "booked_by_id": there.booker.value or None,
    }
    if people.COMPANY in request.form:
        told[people.COMPANY] = there.company.value or None
    values |= _gathered(errors, BookingInput, told, partial=True)
    if errors:
        raise Invalid(errors)
    return values


def _gathered(
    errors: dict[str, list[str]], schema: type[BookingInput], data: Any, *, partial: bool = False
) -> dict[str, Any]:
    try:
        return schema.read(data, partial=partial)
    except Invalid as fault:
        errors.update(fault.errors)
        return {}


def _person(each: Picked) -> dict[str, str]:
    return {"customer_id": each.value} if each.value else {"name": each.text}


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
