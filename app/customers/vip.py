"""What whoever sets a guest's VIP level leaves behind: that it is by hand, and a row of history.

`services` calls this for each level that staff, a machine or an import sets. What figures reach is
`loyalty.vip`'s, which writes rows of the same table.
"""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Invalid
from app.core.types import new_id
from app.customers.models import Customer, VipChange
from app.extensions import db

EARNED, HAND = "earned", "hand"
LEVELS = ("none", "silver", "gold", "platinum", "diamond")
"""From the lowest."""
BY_HAND = ("granted", "lifted")
Changes = dict[str, tuple[Any, Any]]

followers: list[Callable[[Customer, VipChange], None]] = []
"""Whom a change by hand concerns, such as who writes notices."""


def rank(level: str) -> int:
    """0 for none; the higher the better."""
    return LEVELS.index(level)


def settle(guest: Customer, changes: Changes) -> None:
    """Note in the guest, and in what changed, what follows from a level or its day being set.

    It is by hand then. A day goes where there is no level, or where it was over before the level
    was given.
    """
    if changes.keys().isdisjoint(("vip_status", "vip_status_expiry")):
        return
    guest.vip_source = HAND if guest.vip_status != "none" else None
    until = guest.vip_status_expiry
    left_over = until is not None and until < today() and "vip_status_expiry" not in changes
    if until is None or not (left_over or guest.vip_status == "none"):
        return
    before = changes.pop("vip_status_expiry", (until, None))[0]
    guest.vip_status_expiry = None
    if before is not None:
        changes["vip_status_expiry"] = (before, None)


def note(
    guest: Customer, changes: Mapping[str, tuple[Any, Any]], *, by: Actor,
    reason: str | None = None, change_id: uuid.UUID | None = None,
) -> VipChange | None:  # fmt: skip
    """Write into history that a level was given or lifted by hand; None where neither was.

    Raises Invalid for a last day that is over.
    """
    old = changes.get("vip_status", (guest.vip_status,))[0] or "none"
    if "none" == old == guest.vip_status:
        return None
    if changes.keys().isdisjoint(("vip_status", "vip_status_expiry")):
        return None
    until = guest.vip_status_expiry
    if "vip_status_expiry" in changes and until is not None and until < today():
        raise Invalid({"vip_status_expiry": _l("This day is over.")})
    made = row_by_hand(guest, old, by, now())
    row = VipChange(**made, id=change_id or new_id(), reason=reason)
    db.session.add(row)
    for follow in followers:
        follow(guest, row)
    return row


def row_by_hand(guest: Customer, old: str, by: Actor, at: datetime) -> dict[str, Any]:
    """The columns of a change by hand, but for its id and reason."""
    return {
        "customer_id": guest.id, "kind": "lifted" if guest.vip_status == "none" else "granted",
        "from_level": old, "to_level": guest.vip_status, "expires_on": guest.vip_status_expiry,
        "changed_at": at, "changed_by": by.user_id, "changed_name": by.name,
    }  # fmt: skip
