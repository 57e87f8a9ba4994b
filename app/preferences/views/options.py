"""The lists of options, for managers: add in both languages, retire, bring back."""

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.auth.guard import actor, requires
from app.core.errors import Invalid, NotFound
from app.core.forms import posted_values
from app.extensions import db
from app.preferences import lists, options
from app.preferences.catalogue import FIELDS, GROUPS, Field
from app.preferences.inputs import OptionInput
from app.preferences.lists import Lists
from app.preferences.views import lists_blueprint as blueprint

LABELS = ("label_en", "label_vi")


@blueprint.get("")
@requires("preferences.options")
def index() -> Response:
    """The first group's lists."""
    return _page("room")


@blueprint.get("/<group>")
@requires("preferences.options")
def show(group: str) -> Response:
    """The lists of one group."""
    return _page(group)


@blueprint.post("/<group>")
@requires("preferences.options")
def create(group: str) -> Response:
    """Add an option."""
    _group(group)
    try:
        values = OptionInput.read(posted_values(OptionInput, request.form))
        field = options.field_of(values["field"])
        row = options.add(field, values["label_en"], values["label_vi"], by=actor())
    except Invalid as fault:
        db.session.rollback()
        return _page(group, fault.errors, 422)
    db.session.commit()
    flash(_("“%(word)s” can be chosen now.", word=row.label_en), "good")
    return _back(group, field)


@blueprint.post("/<group>/retirements")
@requires("preferences.options")
def retire(group: str) -> Response:
    """Take an option off its list, or put it back, as `retired` says."""
    _group(group)
    field = options.field_of(request.form.get("field", ""))
    value, wanted = request.form.get("value", ""), request.form.get("retired") == "yes"
    word = lists.known().word(field, value)
    if options.set_retired(field, value, wanted, by=actor()):
        said = _("“%(word)s” can no longer be chosen; guests who have it keep it.", word=word)
        flash(said if wanted else _("“%(word)s” can be chosen again.", word=word), "good")
    db.session.commit()
    return _back(group, field)


def _group(group: str) -> None:
    if group not in groups():
        raise NotFound(group)


def groups() -> list[str]:
    """The groups that have lists."""
    return [g for g in GROUPS if any(f.group == g and lists.extensible(f) for f in FIELDS.values())]


def _back(group: str, field: Field) -> Response:
    href = url_for("preference_options.show", group=group, _anchor=f"list-{field.name}")
    return redirect(href, 303)


def _page(group: str, faults: dict[str, list[str]] | None = None, status: int = 200) -> Response:
    _group(group)
    known = lists.load()
    fields = [f for f in FIELDS.values() if f.group == group and lists.extensible(f)]
    tabs = [
        {"label": str(GROUPS[name][0]), "current": name == group,
         "href": url_for("preference_options.show", group=name)}
        for name in groups()
    ]  # fmt: skip
    context = {
        "tabs": tabs, "group": group, "group_title": str(GROUPS[group][0]),
        "lists": [_list(field, known, faults or {}) for field in fields],
    }  # fmt: skip
    return make_response(render_template("preferences/options.html", **context), status)


def _list(field: Field, known: Lists, faults: dict[str, list[str]]) -> dict[str, Any]:
    added = [value for name, value in known.rows if name == field.name]
    values = list(dict.fromkeys([*field.options, *added]))
    mine = request.form.get("field") == field.name
    return {
        "name": field.name, "label": str(field.label),
        "options": [
            {"value": value, "word": known.word_of(field, value), "own": value not in field.options}
            for value in values if not known.retired(field, value)
        ],
        "retired": [
            {"value": value, "word": known.word_of(field, value)}
            for value in values if known.retired(field, value)
        ],
        "errors": {name: faults.get(name, []) if mine else [] for name in LABELS},
        "fault": [s for n, said in faults.items() if mine and n not in LABELS for s in said],
        "typed": request.form if mine and faults else {},
    }  # fmt: skip
