"""What managers change of the lists: options added in both languages, retired, brought back."""

import re

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import audit
from app.core.actor import Actor
from app.core.database import whole_table
from app.core.errors import Invalid
from app.core.text import fold
from app.extensions import db
from app.preferences import lists
from app.preferences.catalogue import FIELDS, Field
from app.preferences.models import PreferenceOption

RIGHT = "preferences.options"
LONGEST_VALUE = 50
MOST = 100


def field_of(name: str) -> Field:
    """A field whose list may be changed. Raises Invalid for another one."""
    field = FIELDS.get(name)
    if field is None or not lists.extensible(field):
        raise Invalid({"field": _l("This list cannot be changed.")})
    return field


def add(field: Field, label_en: str, label_vi: str, *, by: Actor) -> PreferenceOption:
    """A new option of a list. Raises Invalid for one that is there, retired or not."""
    by.must(RIGHT)
    whole_table(PreferenceOption)
    known, value = lists.load(), value_of(label_en)
    if not value:
        raise Invalid({"label_en": _l("This needs letters.")})
    listed = len([name for name, _ in known.rows if name == field.name]) + len(field.options)
    if listed >= MOST:
        raise Invalid({"label_en": _l("A list has at most %(most)s options.", most=MOST)})
    for name, label in (("label_en", label_en), ("label_vi", label_vi)):
        if known.match(field, label):
            raise Invalid({name: _l("“%(label)s” is on this list already.", label=label)})
    if value in field.options or (field.name, value) in known.rows:
        raise Invalid({"label_en": _l("This option was taken off the list. Bring it back.")})
    row = PreferenceOption(
        field=field.name, value=value, label_en=label_en, label_vi=label_vi, retired=False,
        created_by=by.user_id,
    )  # fmt: skip
    db.session.add(row)
    _settle("option.added", row, by)
    return row


def set_retired(field: Field, value: str, wanted: bool, *, by: Actor) -> bool:
    """Take an option off its list, or put it back; guests who have it keep it. True on a change.

    Raises Invalid for what was never on it.
    """
    by.must(RIGHT)
    whole_table(PreferenceOption)
    row = _row(field, value)
    if row is None and value not in field.options:
        raise Invalid({"value": _l("This is not one of the listed values.")})
    if (row is not None and row.retired) == wanted:
        return False
    if row is None:
        row = PreferenceOption(field=field.name, value=value, created_by=by.user_id)
        db.session.add(row)
    row.retired = wanted
    _settle("option.retired" if wanted else "option.restored", row, by)
    return True


def value_of(label: str) -> str:
    """The code of a new option: `Near the pool` is `near_the_pool`."""
    return re.sub(r"[^a-z0-9]+", "_", fold(label)).strip("_")[:LONGEST_VALUE]


def _row(field: Field, value: str) -> PreferenceOption | None:
    query = select(PreferenceOption).where(
        PreferenceOption.field == field.name, PreferenceOption.value == value
    )
    return db.session.scalar(query)


def _settle(action: str, row: PreferenceOption, by: Actor) -> None:
    db.session.flush()
    lists.forget()
    audit.record(
        action, ("preference_option", row.id), by=by, field=row.field, value=row.value,
        label_en=row.label_en, label_vi=row.label_vi,
    )  # fmt: skip
