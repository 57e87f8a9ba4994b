"""A guest's preferences: read, and changed in one place.

`_write` alone changes them: the wide row, where each value comes from, the short form on the
guest's own row, and the entry in the audit log; so they always agree.
"""

import dataclasses
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select

from app.core import audit
from app.core.actor import Actor
from app.core.clock import now
from app.core.database import PREPARED
from app.core.errors import Conflict, Invalid, NotAllowed
from app.customers.models import Customer
from app.extensions import db
from app.preferences import denials, lists, origins
from app.preferences.catalogue import FIELDS, Field
from app.preferences.checks import checked
from app.preferences.models import Preferences, PreferenceSuggestion
from app.preferences.origins import Origin, Source
from app.preferences.values import Codes, State, codes_of, put, state_of, summary_of, value_of

ONE = (
    select(Preferences)
    .where(Preferences.customer_id == bindparam("guest_id"))
    .execution_options(**PREPARED)
)
Given = Callable[[Field, str], Origin]
"""The origin of a value that is new."""


@dataclass(frozen=True)
class Touch:
    """What one change did to one field; enough to take it back.

    former: the origins of the codes that were taken away. state, sources, suggestions: all that is
    known of the guest from then on, as long as the guest is held; None for what was not read.
    """

    name: str
    before: Codes
    after: Codes
    former: dict[str, Origin] = field(default_factory=dict)
    state: State = field(default_factory=dict, compare=False, repr=False)
    sources: origins.Rows = field(default_factory=dict, compare=False, repr=False)
    suggestions: list[PreferenceSuggestion] | None = field(default=None, compare=False, repr=False)

    @property
    def gone(self) -> Codes:
        """What was there and is not any more."""
        return [code for code in self.before if code not in self.after]

    @property
    def added(self) -> Codes:
        """What is there now and was not before."""
        return [code for code in self.after if code not in self.before]


def of(guest_id: uuid.UUID) -> Preferences | None:
    """What the guest likes and needs; None where nobody ever told."""
    return db.session.scalar(ONE, {"guest_id": guest_id})


def many(guest_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Preferences]:
    """Those of several guests in one statement, by guest; who never told is left out."""
    if not guest_ids:
        return {}
    rows = db.session.scalars(select(Preferences).where(Preferences.customer_id.in_(guest_ids)))
    return {row.customer_id: row for row in rows}


def field_of(name: str) -> Field:
    """The preference of this name. Raises Invalid for none."""
    if name not in FIELDS:
        raise Invalid({name: _l("This preference is not known here.")})
    return FIELDS[name]


def set_on(guest: Customer, name: str, code: str, *, source: Source, by: Actor) -> Touch | None:
    """Give a held guest a value: the only one, or one more of several. None when it is there.

    Raises NotAllowed, and Invalid for what is not listed.
    """
    wanted = field_of(name)
    _permit([wanted], by)

    def grown(before: Codes) -> Codes:
        new = checked(wanted, [code], lists.known(), before)
        return [*before, *(c for c in new if c not in before)] if wanted.several else new

    return _touch(guest, wanted, grown, source, by)


def set_off(guest: Customer, name: str, code: str, *, source: Source, by: Actor) -> Touch | None:
    """Take a value away from a held guest. None when it is not there."""
    wanted = field_of(name)
    _permit([wanted], by)
    return _touch(guest, wanted, lambda before: [c for c in before if c != code], source, by)


def unset(guest: Customer, name: str, *, source: Source, by: Actor) -> Touch | None:
    """Forget a field of a held guest altogether. None when nothing was told."""
    wanted = field_of(name)
    _permit([wanted], by)
    return _touch(guest, wanted, lambda _before: [], source, by)


def replace(
    guest: Customer, wanted: Mapping[str, Sequence[Any]], *, source: Source, by: Actor
) -> list[Touch]:
    """Make these the codes of a held guest's fields; other fields stay. What changed.

    Raises NotAllowed, and Invalid for what is not listed, at the field's name.
    """
    _permit([field_of(name) for name in wanted], by)
    return write(guest, wanted, source=source, by=by)


def write(
    guest: Customer, wanted: Mapping[str, Sequence[Any]], *, source: Source, by: Actor
) -> list[Touch]:
    """Like `replace`, for callers who may change the guest by another right."""
    known = lists.known()
    held = _hold(guest)
    faults: dict[str, list[str]] = {}
    codes: State = {}
    for name, given in wanted.items():
        try:
            codes[name] = checked(FIELDS[name], given, known, codes_of(held, FIELDS[name]))
        except Invalid as fault:
            faults |= fault.errors
    if faults:
        raise Invalid(faults)
    return _write(guest, held, codes, lambda _f, _c: Origin.new(source, by), by, source=source)


def confirm(guest: Customer, name: str, code: str, origin: Origin, *, by: Actor) -> Touch | None:
    """Set what a held guest's stays suggest, with all that is known of where it comes from."""
    wanted = field_of(name)
    _permit([wanted], by)
    held = _hold(guest)
    before = codes_of(held, wanted)
    after = [*before, code] if wanted.several and code not in before else before
    codes = {name: after if wanted.several else [code]}
    found = _write(guest, held, codes, lambda _f, _c: origin, by, source=origin.source)
    return found[0] if found else None


def restore(guest: Customer, touch: Touch, *, by: Actor) -> Touch | None:
    """Take a touch back: the former value with its former origin. None when it is back already.

    What others told of the same list meanwhile stays. Raises Conflict where the one value that a
    guest can have was changed again.
    """
    wanted = field_of(touch.name)
    _permit([wanted], by)
    held = _hold(guest)
    present = codes_of(held, wanted)
    if not wanted.several and present not in (touch.after, touch.before):
        raise Conflict(_l("This was changed again meanwhile; it stays as it is now."))
    codes = _taken_back(present, touch) if wanted.several else touch.before

    def origin(_field: Field, code: str) -> Origin:
        return touch.former.get(code) or Origin.new("staff", by)

    found = _write(guest, held, {touch.name: codes}, origin, by, undone=True)
    return found[0] if found else None


def _taken_back(present: Codes, touch: Touch) -> Codes:
    left = [code for code in present if code not in touch.added]
    return left + [code for code in touch.gone if code not in left]


def _permit(fields: Sequence[Field], by: Actor) -> None:
    by.must("preferences.update")
    refused = [each.name for each in fields if not by.may(each.see)]
    if refused:
        raise NotAllowed(", ".join(refused))


def _hold(guest: Customer) -> Preferences:
    """The guest's row as it is now, or a new one.

    The guest is held, so nobody else changes it or makes one too.
    """
    options = {"populate_existing": True, **PREPARED}
    found = db.session.scalar(ONE, {"guest_id": guest.id}, execution_options=options)
    if found is not None:
        return found
    made = Preferences(customer_id=guest.id)
    for each in FIELDS.values():
        put(made, each, [])
    return made


def _touch(
    guest: Customer, wanted: Field, change: Callable[[Codes], Codes], source: Source, by: Actor
) -> Touch | None:
    held = _hold(guest)
    codes = {wanted.name: change(codes_of(held, wanted))}
    found = _write(guest, held, codes, lambda _f, _c: Origin.new(source, by), by, source=source)
    return found[0] if found else None


def _write(
    guest: Customer, held: Preferences, wanted: State, given: Given, by: Actor, *,
    undone: bool = False, **facts: Any,
) -> list[Touch]:  # fmt: skip
    """Write the codes and everything that follows from them; what changed, nothing if nothing."""
    changed = {
        n: codes for n, codes in wanted.items() if not _same(codes_of(held, FIELDS[n]), codes)
    }
    if not changed:
        return []
    rows = origins.rows_of(guest.id)
    db.session.add(held)
    touches = [_put(guest, held, rows, FIELDS[n], codes, given) for n, codes in changed.items()]
    held.last_updated, held.updated_by = now(), by.user_id
    state = state_of(held)
    guest.preferences_summary = summary_of(state)
    guest.updated_at = now()
    if by.kind != "system":
        guest.updated_by = by.user_id
    gone = [] if undone else [(t.name, code) for t in touches for code in t.gone]
    read = denials.note(guest.id, gone, by=by)
    db.session.flush()
    facts |= {"undone": True} if undone else {}
    audit.record(
        "preferences.changed", ("customer", guest.id), by=by, version=guest.version,
        changes=audit.masked(Preferences, {t.name: _told(t) for t in touches}), **facts,
    )  # fmt: skip
    known: dict[str, Any] = {"state": state, "sources": rows, "suggestions": read}
    return [dataclasses.replace(touch, **known) for touch in touches]


def _same(before: Codes, after: Codes) -> bool:
    """True for the same codes; their order says nothing."""
    return len(before) == len(after) and set(before) == set(after)


def _put(
    guest: Customer, held: Preferences, rows: origins.Rows, wanted: Field, codes: Codes,
    given: Given,
) -> Touch:  # fmt: skip
    before = codes_of(held, wanted)
    places = {code: origins.place_of(wanted, code) for code in before if code not in codes}
    former = {c: origins.of_row(rows[place]) for c, place in places.items() if place in rows}
    put(held, wanted, codes)
    origins.write(guest.id, rows, wanted, before, {c: given(wanted, c) for c in codes})
    return Touch(wanted.name, before, codes, former)


def _told(touch: Touch) -> tuple[Any, Any]:
    values = [value_of(FIELDS[touch.name], codes) for codes in (touch.before, touch.after)]
    old, new = (None if value == [] else value for value in values)
    return old, new
