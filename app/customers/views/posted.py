"""Reading a guest's form: which fields were on it, what stays sealed, which version it shows."""

import re
from collections.abc import Iterable
from typing import Any

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import Form

from app.core.errors import Invalid
from app.core.forms import form_for, posted_values
from app.customers import parts
from app.customers.inputs import GROUPS, CustomerInput
from app.customers.words import SENSITIVE

CONTROLS = {"csrf_token", "version", "fields", "form_id", "anyway", "fill"}
CHOICE, REMOVE = "choose_", "remove_"
KEPT = tuple(name for name in SENSITIVE if name != "medical_notes")
"""Sealed numbers: a form shows them empty, and an empty one keeps what is stored."""
HIGHEST_VERSION = 2**31


def own_fields(posted: MultiDict[str, str]) -> MultiDict[str, str]:
    """What was posted, without the form's own controls."""
    skipped = {CHOICE + n for n in CustomerInput().fields} | {REMOVE + n for n in KEPT}
    skipped |= CONTROLS | parts.carried.keys()
    pairs = [(k, v) for k, v in posted.items(multi=True) if k not in skipped]
    return MultiDict(pairs)


def names_on_form(groups: Iterable[str]) -> list[str]:
    """The fields that the form carried: those of its groups, or fewer where it says so."""
    names = [name for group in groups for name in GROUPS[group][2]]
    said = request.form.get("fields")
    return [name for name in names if name in said.split()] if said is not None else names


def typed(names: list[str]) -> dict[str, Any]:
    """The checked values of the form. Raises Invalid with a sentence at each wrong field."""
    values = posted_values(CustomerInput, own_fields(request.form), names)
    unknown = {name: _("This field is not known here.") for name in values if name not in names}
    if unknown:
        raise Invalid(unknown)
    for name in KEPT:
        if name in values and not values[name].strip() and REMOVE + name not in request.form:
            del values[name]
    values = {n: v for n, v in values.items() if request.form.get(CHOICE + n) != "1"}
    return CustomerInput.read(values)


def version() -> int:
    """The version of the profile that the form showed. Raises Invalid for nonsense."""
    found = request.form.get("version", "")
    if not re.fullmatch(r"[0-9]{1,10}", found) or not 0 < int(found) < HIGHEST_VERSION:
        raise Invalid({"": _("This form is incomplete. Load the page again before you save.")})
    return int(found)


def again(names: list[str], fault: Invalid) -> Form:
    """The form as it was typed, with the sentences of what is wrong."""
    errors: dict[str, list[str]] = {}
    for path, said in fault.errors.items():
        errors.setdefault(path.split(".")[0], []).extend(said)  # `languages_spoken.0`
    form = form_for(CustomerInput, names, posted=own_fields(request.form), errors=errors)
    homeless = [s for name, said in errors.items() if name not in form for s in said]
    form.form_errors = homeless
    return form
