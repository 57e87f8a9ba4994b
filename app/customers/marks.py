"""Marks on a guest: notes, special attention, tags, warnings, blacklisting; placed and lifted.

The rows decide; `refresh` copies what is in force to the guest's own columns for lists and search.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select

from app.core import audit
from app.core.actor import HOUSE, Actor
from app.core.clock import now, today
from app.core.database import PREPARED
from app.core.errors import Conflict, Invalid, NotFound
from app.core.jobs import Claim, handles, progress
from app.core.text import fold
from app.customers.models import Customer, Mark
from app.extensions import db

PERMISSIONS = {
    "note": "guests.notes",
    "attention": "guests.warn",
    "tag": "guests.tag",
    "warning": "guests.warn",
    "blacklist": "guests.blacklist",
}
"""Kind of mark: the permission to place and lift it."""
ONLY_ONCE = {
    "tag": _l("This guest has this tag already."),
    "blacklist": _l("This guest is on the blacklist already."),
}
MOST_SHOWN = 500
BATCH = 100
NEWEST = (
    select(Mark)
    .where(Mark.customer_id == bindparam("guest_id"))
    .order_by(Mark.placed_at.desc(), Mark.id)
    .limit(MOST_SHOWN)
    .execution_options(**PREPARED)
)


def of(guest_id: uuid.UUID) -> list[Mark]:
    """The guest's marks, in force or not, the newest first; at most 500."""
    return list(db.session.scalars(NEWEST, {"guest_id": guest_id}))


def in_force(marks: Iterable[Mark], kind: str | None = None) -> list[Mark]:
    """Those neither lifted nor past their last day."""
    day = today()
    return [
        mark for mark in marks
        if mark.lifted_at is None and (mark.expires_on is None or mark.expires_on >= day)
        and kind in (None, mark.kind)
    ]  # fmt: skip


def find(guest: Customer, mark_id: uuid.UUID) -> Mark:
    """One mark of this guest. Raises NotFound, also for a mark of somebody else."""
    mark = db.session.get(Mark, mark_id)
    if mark is None or mark.customer_id != guest.id:
        raise NotFound(str(mark_id))
    return mark


def place(guest: Customer, kind: str, values: Mapping[str, Any], *, by: Actor) -> Mark:
    """Put a mark on the guest. `values` may have value, level, body, reason, expires_on.

    Raises NotAllowed, and Invalid without a reason, for a second tag of the same words, or a
    second blacklisting.
    """
    by.must(PERMISSIONS[kind])
    there = in_force(of(guest.id), kind)
    _check(kind, values, there)
    mark = Mark(
        customer_id=guest.id, kind=kind, value=values.get("value"), level=values.get("level"),
        body=values.get("body"), reason=values["reason"], expires_on=values.get("expires_on"),
        placed_by=by.user_id, placed_name=by.name,
    )  # fmt: skip
    db.session.add(mark)
    _settle(guest, by)
    _record("mark.placed", guest, mark, by=by, changes=_news(mark))
    return mark


def _check(kind: str, values: Mapping[str, Any], there: list[Mark]) -> None:
    wanted = {"note": "body", "attention": "body", "tag": "value", "warning": "level"}.get(kind)
    missing = [name for name in ("reason", wanted) if name and not values.get(name)]
    if missing:
        raise Invalid({name: _l("Please fill this in.") for name in missing})
    if kind == "warning" and values["level"] not in range(1, 6):
        raise Invalid({"level": _l("A warning has a level from 1 to 5.")})
    same = [m for m in there if fold(m.value or "") == fold(values.get("value") or "")]
    if same and kind in ONLY_ONCE:
        raise Invalid({"value" if kind == "tag" else "reason": ONLY_ONCE[kind]})


def lift(mark: Mark, reason: str, *, by: Actor) -> None:
    """End a mark; it stays as history. Raises Conflict when it is no longer in force."""
    by.must(PERMISSIONS[mark.kind])
    if not in_force([mark]):
        raise Conflict(_l("This has been lifted or has expired meanwhile."))
    mark.lifted_at, mark.lifted_name, mark.lift_reason = now(), by.name, reason
    _settle(mark.customer, by)
    changes: dict[str, tuple[Any, Any]] = {"lift_reason": (None, reason)}
    changes |= {name: (old, None) for name, (_, old) in _news(mark).items() if name != "reason"}
    _record("mark.lifted", mark.customer, mark, by=by, changes=changes)


def set_tags(guest: Customer, wanted: Iterable[str], *, by: Actor, reason: str) -> bool:
    """Make these the guest's tags, whatever they were; True when anything changed."""
    by.must(PERMISSIONS["tag"])
    names = {fold(tag): tag for tag in wanted}
    there = {fold(mark.value or ""): mark for mark in in_force(of(guest.id), "tag")}
    gone = [mark for key, mark in there.items() if key not in names]
    fresh = [tag for key, tag in names.items() if key not in there]
    for mark in gone:
        lift(mark, reason, by=by)
    for tag in fresh:
        place(guest, "tag", {"value": tag, "reason": reason}, by=by)
    return bool(gone or fresh)


def set_note(guest: Customer, body: str | None, *, by: Actor, reason: str) -> bool:
    """Make this the guest's one internal note, or take all away; True when anything changed."""
    by.must(PERMISSIONS["note"])
    there = in_force(of(guest.id), "note")
    if _joined(there) == (body or None):
        return False
    for mark in there:
        lift(mark, reason, by=by)
    if body:
        place(guest, "note", {"body": body, "reason": reason}, by=by)
    return True


def refresh(guest: Customer) -> None:
    """Copy the marks in force to the guest's columns; the one place that writes them."""
    live = in_force(of(guest.id))
    kinds = {kind: [m for m in live if m.kind == kind] for kind in PERMISSIONS}
    guest.internal_notes = _joined(kinds["note"])
    guest.special_attention = _joined(kinds["attention"])
    warnings = sorted(kinds["warning"], key=lambda m: -(m.level or 0))
    guest.warning_level = warnings[0].level or 0 if warnings else 0
    guest.warning_notes = "\n\n".join(m.reason for m in warnings if m.reason) or None
    banned = kinds["blacklist"][0] if kinds["blacklist"] else None
    guest.is_blacklisted = banned is not None
    guest.blacklist_reason = banned.reason if banned else None
    guest.blacklisted_date = banned.placed_at if banned else None
    guest.blacklisted_by = banned.placed_by if banned else None


def _joined(marks: list[Mark]) -> str | None:
    return "\n\n".join(mark.body for mark in marks if mark.body) or None


def _settle(guest: Customer, by: Actor) -> None:
    """Bring the guest's columns up to date, under a new version: the profile did change."""
    db.session.flush()
    refresh(guest)
    guest.updated_at = now()
    if by.kind != "system":
        guest.updated_by = by.user_id
    db.session.flush()


def _news(mark: Mark) -> dict[str, tuple[Any, Any]]:
    facts = {"tag": mark.value, "level": mark.level, "body": mark.body, "reason": mark.reason,
             "expires_on": mark.expires_on}  # fmt: skip
    return {name: (None, value) for name, value in facts.items() if value is not None}


def _record(action: str, guest: Customer, mark: Mark, *, by: Actor, changes: audit.Changes) -> None:
    audit.record(
        action, ("customer", guest.id), by=by, changes=changes, kind=mark.kind,
        mark=str(mark.id), version=guest.version,
    )  # fmt: skip


@handles("marks.expire", every=timedelta(minutes=30))
def expire(job: Claim) -> None:
    """Close marks whose last day is over, so that lists and tags forget them; commits in batches.

    What is read never waits for this: `in_force` looks at the day itself.
    """
    over = select(Mark).where(Mark.lifted_at.is_(None), Mark.expires_on < today())
    done = job.done
    while batch := list(db.session.scalars(over.order_by(Mark.id).limit(BATCH))):
        for mark in batch:
            mark.lifted_at, mark.lifted_name = now(), HOUSE.name
            guest = db.session.get_one(Customer, mark.customer_id, with_for_update=True)
            _settle(guest, HOUSE)
            ended = {"expires_on": (mark.expires_on, None)}
            _record("mark.expired", guest, mark, by=HOUSE, changes=ended)
        done += len(batch)
        progress(job, done)
        db.session.commit()
