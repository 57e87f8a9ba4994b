"""The paper of somebody who is no guest yet: read, it fills the form of a new guest."""

from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.auth.guard import actor, requires
from app.core.clock import today
from app.core.database import apart
from app.core.errors import Invalid
from app.customers.views import creation
from app.documents.reading import compare, filing, words
from app.documents.reading.reading import Reading
from app.documents.views.reading import form_page, others_with, read_sent

blueprint = Blueprint("newcomers", __name__, url_prefix="/customers/new/reading")


@blueprint.get("")
@requires("documents.update", also="guests.create")
def new() -> Response:
    """The field for a scanner, and the one for a photo."""
    return _form_page()


def _form_page(errors: dict[str, list[str]] | None = None, status: int = 200) -> Response:
    return form_page({
        "called": _("New guest"), "action": url_for("newcomers.create"),
        "back": url_for("customers.new"),
        "about": _("What is read fills the form of a new guest. Nothing is saved before you create "
                   "the guest, and the photo is not kept."),
    }, errors, status)  # fmt: skip


@blueprint.post("")
@requires("documents.update", also="guests.create")
def create() -> Response:
    """Read what was sent into the form of a new guest, and say who has this paper already."""
    try:
        reading, text = read_sent()
    except Invalid as fault:
        return _form_page(fault.errors, 422)
    return _filled(reading, text)


def _filled(reading: Reading, text: str) -> Response:
    with apart():
        others, missed = others_with(reading)
    nobody = compare.nobody(reading)
    lines = filing.permitted(reading, nobody, by=actor())
    values: dict[str, Any] = {}
    for line in lines:
        values |= line.values
    findings = [*missed, *compare.findings(reading, nobody, others, today())]
    findings += compare.unsure(lines)
    carries = {filing.CARRIED: text} if reading.number else {}
    return creation.filled(values, carries, words.alerts(findings))
