"""The form on the page, derived from an Input: labels, widgets and choices; it holds no rule."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import wtforms
from flask_babel import get_locale
from flask_babel import gettext as _
from marshmallow import fields as m
from werkzeug.datastructures import MultiDict
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.countries import country_choices, language_choices
from app.core.errors import Invalid
from app.core.i18n import ungrouped
from app.core.inputs import (
    SENTENCES,
    Amount,
    Choice,
    Country,
    Day,
    Email,
    Input,
    Language,
    Phone,
    Several,
    Text,
    Truth,
)  # fmt: skip

Values = Mapping[str, Any]


class Checks(wtforms.SelectMultipleField):
    """Several of a few: one check box each."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def form_for(
    schema: type[Input],
    names: Iterable[str] | None = None,
    *,
    values: Values | None = None,
    posted: MultiDict[str, str] | None = None,
    errors: Mapping[str, list[str]] | None = None,
) -> wtforms.Form:
    """A form of the Input's fields: filled with stored `values`, or with what was `posted`.

    `errors` are sentences by field, as `Invalid` carries them; nothing typed is lost with them.
    """
    declared = schema().fields
    chosen = [name for name in (names or declared) if name in declared]
    made = type("Form", (wtforms.Form,), {name: _control(declared[name]) for name in chosen})
    form: wtforms.Form = made(formdata=posted, data=_shown(values or {}))
    for name in chosen:
        if declared[name].required:
            form[name].flags.required = True
    for name, sentences in (errors or {}).items():
        if name in form:
            form[name].errors = list(sentences)
    return form


def posted_values(
    schema: type[Input], posted: MultiDict[str, str], names: Iterable[str] | None = None
) -> dict[str, Any]:
    """What a form post says, shaped like a JSON body, ready for `Input.read`.

    A box that is not checked is False, since browsers leave it out. Unknown fields stay in, so
    that the Input refuses them. Raises Invalid for text that arrived broken.
    """
    declared = schema().fields
    chosen = [name for name in (names or declared) if name in declared]
    found: dict[str, Any] = {k: posted[k] for k in posted if k not in ("csrf_token", "version")}
    if broken := [name for name in found if any("\ufffd" in v for v in posted.getlist(name))]:
        raise Invalid(dict.fromkeys(broken, SENTENCES["unicode"]))  # bytes that were no UTF-8
    for name in chosen:
        field = declared[name]
        if isinstance(field, Truth):
            found[name] = name in posted
        elif isinstance(field, m.List):
            found[name] = [item for item in posted.getlist(name) if item]
        elif isinstance(field, Amount) and name in found:
            found[name] = ungrouped(found[name])
    return found


def _control(field: m.Field[Any]) -> Any:
    label, hint = field.metadata.get("label", ""), field.metadata.get("hint", "")
    options: dict[str, Any] = {"label": label, "description": hint}
    render: dict[str, Any] = dict(field.metadata.get("render", {}))
    if field.required and not isinstance(field, Several):  # its boxes are not all to be ticked
        options["render_kw"] = render | {"required": True}
    elif render:
        options["render_kw"] = render
    if isinstance(field, Truth):
        return wtforms.BooleanField(**options)
    if isinstance(field, Several):
        return Checks(choices=_options(_choices(field.inner)), validate_choice=False, **options)
    if choices := _choices(field):
        nothing = str(field.metadata.get("nothing") or _("not given"))
        empty = [("", nothing)] if field.allow_none else []
        listed = _options([*empty, *choices])
        return wtforms.SelectField(choices=listed, validate_choice=False, **options)
    return _text_control(field)(**options)


def _options(choices: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, word) for value, word in choices]


def _text_control(field: m.Field[Any]) -> Any:
    kinds: tuple[tuple[type, Any], ...] = (
        (Text, wtforms.TextAreaField), (Day, wtforms.DateField), (Email, wtforms.EmailField),
        (Phone, wtforms.TelField), (Amount, wtforms.StringField),
    )  # fmt: skip
    return next(
        (control for kind, control in kinds if isinstance(field, kind)), wtforms.StringField
    )


def _choices(field: Any) -> list[tuple[str, str]]:
    locale = str(get_locale() or "en")
    if isinstance(field, Choice):
        return [(value, str(word)) for value, word in field.choices.items()]
    if isinstance(field, Country):
        return country_choices(locale)
    return language_choices(locale) if isinstance(field, Language) else []


def _shown(values: Values) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    """Amounts without zeros at the end: 100.000 would be read as a hundred thousand dong."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else value
