"""Levels given and lifted by hand, with a reason."""

import uuid
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import audit
from app.core.actor import Actor
from app.core.clock import today
from app.core.errors import Conflict, Invalid
from app.customers import services as guests
from app.customers import vip
from app.customers.models import Customer, VipChange
from app.customers.vocabulary import VIP_LEVELS
from app.extensions import db
from app.loyalty.vip import evaluation, rules
from app.loyalty.vip.criteria import NONE, Verdict, concerns, reached


def grant(
    guest: Customer, level: str, until: date | None, reason: str, *, by: Actor,
    change_id: uuid.UUID | None = None,
) -> VipChange:  # fmt: skip
    """Give a held guest a level to a last day, or until it is lifted.

    Sent twice with one `change_id` it is given once. Raises Invalid for a day that is over,
    Conflict for a guest who has just that.
    """
    by.must("guests.vip")
    if known := _made(guest, change_id):
        return known
    if until is not None and until < today():
        raise Invalid({"expires_on": _l("This day is over.")})
    if level not in vip.LEVELS[1:]:
        raise Invalid({"level": _l("Choose one of the list.")})
    _refuse_less(guest, level)
    changes = guests.assign(guest, {"vip_status": level, "vip_status_expiry": until})
    if not changes and guest.vip_source != vip.HAND:
        changes = {"vip_status": (level, level)}  # earned so far: from now on it is kept
        vip.settle(guest, changes)
    if not changes:
        raise Conflict(_l("This guest has that level already, to the same day."))
    guests.store(guest)
    row = vip.note(guest, changes, by=by, reason=reason, change_id=change_id)
    _record("vip.granted", guest, changes, reason, by)
    assert row is not None
    return row


def _refuse_less(guest: Customer, level: str) -> None:
    there, _met = reached(guest, rules.current())
    if concerns(guest) and vip.rank(level) < vip.rank(there):
        sentence = _l("The figures reach %(level)s already, and would raise it again at once.")
        raise Invalid({"level": str(sentence) % {"level": VIP_LEVELS[there]}})


def lift(
    guest: Customer, reason: str, *, by: Actor, change_id: uuid.UUID | None = None
) -> VipChange | None:
    """Take back what a hand gave a held guest; what the figures reach holds from then on.

    Raises Conflict where nothing was given.
    """
    by.must("guests.vip")
    if known := _made(guest, change_id):
        return known
    if guest.vip_source != vip.HAND and not evaluation.granted([guest.id], today()):
        raise Conflict(_l("Nothing was given to this guest by hand."))
    own = rules.current()
    level, met = reached(guest, own) if concerns(guest) else (NONE, None)
    until = None if level == NONE else today() + timedelta(days=own.days)
    verdict = Verdict("lifted", level, None if level == NONE else vip.EARNED, until, met)
    said: dict[str, Any] = {"reason": reason, "changed_by": by.user_id, "changed_name": by.name}
    if change_id:
        said["id"] = change_id
    return evaluation.apply(guest, verdict, by=by, **said)


def _made(guest: Customer, change_id: uuid.UUID | None) -> VipChange | None:
    """What the same form has done already; a form of another guest's does nothing here."""
    if change_id is None:
        return None
    known = db.session.scalar(select(VipChange).where(VipChange.id == change_id))
    if known is not None and known.customer_id != guest.id:
        raise Conflict(_l("This form belongs to another guest."))
    return known


def _record(action: str, guest: Customer, changes: audit.Changes, reason: str, by: Actor) -> None:
    audit.record(
        action, ("customer", guest.id), by=by, version=guest.version,
        changes=dict(changes) | {"vip_reason": (None, reason)},
    )  # fmt: skip
