"""Bringing one guest's level in step with the figures: at check-out, after a merge, when asked."""

import uuid
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import select

from app.core import audit
from app.core.actor import HOUSE, Actor
from app.core.bulk import among
from app.core.clock import now, today
from app.core.types import new_id
from app.customers import services as guests
from app.customers import vip
from app.customers.models import Customer, VipChange
from app.extensions import db
from app.loyalty.vip import notices, rules
from app.loyalty.vip.criteria import Grant, Verdict, concerns, judge
from app.loyalty.vip.rules import FACTS

ACTIONS = {
    "upgrade": "vip.upgraded", "downgrade": "vip.downgraded", "lapsed": "vip.lapsed",
    "renewed": "vip.renewed", "lifted": "vip.lifted",
}  # fmt: skip
COLUMNS = ("vip_status", "vip_source", "vip_status_expiry")


def evaluate(guest: Customer, *, by: Actor) -> VipChange | None:
    """Give a held guest the level that the figures reach; what changed, None for nothing."""
    day = today()
    verdict = judge(guest, rules.current(), day, lambda: granted([guest.id], day).get(guest.id))
    return None if verdict is None else apply(guest, verdict, by=by)


def apply(guest: Customer, verdict: Verdict, *, by: Actor, **said: Any) -> VipChange | None:
    """Write what was decided of a held guest: level, search, trail, history, notice.

    `said` are columns of the row of history that are not the house's, such as a reason. None where
    a level was only renewed, of which history tells nothing.
    """
    row, told = row_of(guest, verdict) | said, changed(guest, verdict)
    for name, value in zip(COLUMNS, (verdict.level, verdict.source, verdict.until), strict=True):
        setattr(guest, name, value)
    if said.get("reason"):
        told["vip_reason"] = (None, said["reason"])
    change = VipChange(**row) if verdict.kind != "renewed" else None
    action, about = ACTIONS[verdict.kind], ("customer", guest.id)
    audit.record(action, about, by=by, changes=told, version=guest.version + 1)  # as it is stored
    db.session.add_all([change] if change else [])
    guests.store(guest)
    if change is None:
        return None
    if concerns(guest):
        notices.tell([row])
    return change


def merged(survivor: Customer, other: Customer, *, by: Actor) -> VipChange | None:
    """After a merge, with both held and the figures counted: the survivor's level.

    The better of what was given by hand and is in force goes on to the survivor.
    """
    theirs = granted([other.id], today()).get(other.id)
    if theirs and vip.rank(theirs.level) > vip.rank(survivor.vip_status):
        taken_over = {"vip_status": theirs.level, "vip_status_expiry": theirs.until}
        changes = guests.assign(survivor, taken_over)
        guests.store(survivor)
        vip.note(survivor, changes, by=by)
        subject = ("customer", survivor.id)
        audit.record("vip.granted", subject, by=by, changes=changes, version=survivor.version)
    return evaluate(survivor, by=by)


def granted(guest_ids: Collection[uuid.UUID], day: date) -> dict[uuid.UUID, Grant]:
    """What was given by hand and is in force on a day, by guest: a hand's last deed counts."""
    asked = select(VipChange.customer_id, VipChange.kind, VipChange.to_level, VipChange.expires_on)
    asked = asked.where(among(VipChange.customer_id, guest_ids), VipChange.kind.in_(vip.BY_HAND))
    last = {row.customer_id: row for row in db.session.execute(
        asked.order_by(VipChange.changed_at, VipChange.id)
    )}  # fmt: skip
    return {
        guest: Grant(row.to_level, row.expires_on) for guest, row in last.items()
        if row.kind == "granted" and (row.expires_on is None or row.expires_on >= day)
    }  # fmt: skip


def row_of(guest: Any, verdict: Verdict) -> dict[str, Any]:
    """The row of history for a verdict; the house decided it, whoever brought it about."""
    figures: dict[str, Any] = {name: str(getattr(guest, name)) for name in FACTS}
    return {
        "id": new_id(), "customer_id": guest.id, "kind": verdict.kind,
        "from_level": guest.vip_status, "to_level": verdict.level, "expires_on": verdict.until,
        "figures": figures | {"met": verdict.met}, "reason": None, "changed_at": now(),
        "changed_by": None, "changed_name": HOUSE.name,
    }  # fmt: skip


def changed(guest: Any, verdict: Verdict) -> dict[str, tuple[Any, Any]]:
    """What the verdict changes, for the log."""
    pairs = {
        "vip_status": (guest.vip_status, verdict.level),
        "vip_status_expiry": (guest.vip_status_expiry, verdict.until),
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
