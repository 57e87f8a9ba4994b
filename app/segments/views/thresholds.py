"""Where segments begin: the thresholds of the house, to read and to change."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import Form

from app.auth.guard import actor, requires
from app.core.clock import current_settings
from app.core.errors import Conflict, Invalid
from app.core.forms import form_for, posted_values
from app.core.i18n import money
from app.core.web import page_or_fragment
from app.extensions import db
from app.segments import rules as thresholds
from app.segments.inputs import RulesInput
from app.segments.rules import NAMES, Rules
from app.segments.views import blueprint, tabs

GROUPS = (
    ("value", ("high_value", "medium_value")),
    ("frequency", ("frequent_guest", "regular_guest", "returning_guest")),
    ("recency", ("recent_guest", "active_guest", "lapsed_guest")),
    ("behaviour", ("long_stay", "no_shows", "cancellations")),
)


@blueprint.get("/rules")
@requires("segments.rules")
def rules() -> Response:
    """The form with the thresholds in force."""
    present = thresholds.current()
    return _page(form_for(RulesInput, values=_shown(present)), present.version)


@blueprint.post("/rules")
@requires("segments.rules")
def update_rules() -> Response:
    """Set all thresholds; the guests follow within minutes."""
    sent = request.form
    try:
        values = RulesInput.read(posted_values(RulesInput, sent))
        thresholds.change(values, _version(), by=actor())
    except Invalid as fault:
        return _again(fault, sent.get("version", ""), 422)
    except Conflict as fault:
        return _again(Invalid({"": str(fault)}), str(thresholds.current().version), 409)
    db.session.commit()
    flash(_("Saved. All guests are counted anew in the background."), "good")
    return redirect(url_for("segments.rules"), 303)


def _version() -> int:
    said = request.form.get("version", "")
    if not (said.isascii() and said.isdecimal() and len(said) < 10):
        raise Invalid({"": _("This form is out of date. Load the page again.")})
    return int(said)


def _again(fault: Invalid, version: str, status: int) -> Response:
    db.session.rollback()
    form = form_for(RulesInput, posted=request.form, errors=fault.errors)
    form.form_errors = [s for n, said in fault.errors.items() if n not in form for s in said]
    return _page(form, version, status)


def _page(form: Form, version: Any, status: int = 200) -> Response:
    about = {
        "value": (_("Value"), _("What a guest has spent in all, in %(currency)s.",
                                currency=current_settings().currency)),
        "frequency": (_("Frequency"), _("How many stays a guest has had in all.")),
        "recency": (_("Recency"), _("Days since the last departure; after the last of these a"
                                    " guest is dormant.")),
        "behaviour": (_("Behaviour"), _("How long guests stay, and whether they come at all.")),
    }  # fmt: skip
    groups = [(*about[name], [form[each] for each in names]) for name, names in GROUPS]
    present, usual = thresholds.current(), thresholds.usual()
    return page_or_fragment(
        "segments/rules.html", "segments/rules.html", status, form=form, groups=groups,
        version=version, tabs=tabs("segments.rules"), action=url_for("segments.update_rules"),
        usual=_differences(present, usual), hints=_hints(present),
    )  # fmt: skip


def _shown(rules: Rules) -> dict[str, str]:
    return {name: f"{getattr(rules, name):f}" if name in thresholds.AMOUNTS
            else str(getattr(rules, name)) for name in NAMES}  # fmt: skip


def _hints(present: Rules) -> dict[str, str]:
    """Amounts as they are read, since long rows of digits are not."""
    return {
        name: _("In force: %(amount)s", amount=money(getattr(present, name)))
        for name in ("high_value", "medium_value")
    }


def _differences(present: Rules, usual: Rules) -> list[str]:
    """What the program would begin with, where the house chose otherwise."""
    mine, labels = _shown(present), RulesInput().fields
    return [
        f"{labels[name].metadata['label']}: {value}"
        for name, value in _shown(usual).items() if mine[name] != value
    ]  # fmt: skip
