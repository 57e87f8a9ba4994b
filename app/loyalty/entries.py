"""Entries that somebody asks for, by a form or through the API: what belongs to which, and how an
amount, a stay or a multiplier becomes points.
"""

import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from app.core.actor import Actor
from app.core.clock import today
from app.core.errors import Conflict, Invalid
from app.customers import services as guests
from app.extensions import db
from app.loyalty import earning, enrolment, ledger, memberships, points, programme
from app.loyalty.memberships import Held
from app.loyalty.models import Membership, Transaction
from app.loyalty.points import UNSET
from app.stays.models import Stay

Values = Mapping[str, Any]
FITS = {
    "earn": {"base_amount", "multiplier", "source", "source_reference", "expiry_date"},
    "redeem": {"redemption_type", "source_reference"},
    "adjust": {"expiry_date", "notes"},
}
"""What goes with which type, beside points and description."""


class Worked(NamedTuple):
    """Points for what was sent, and what the ledger keeps of how they came."""

    points: int
    facts: dict[str, Any]


def make(held: Held, values: Values, *, by: Actor, **facts: Any) -> Transaction:
    """The entry that an `EntryInput` asks for. `facts` are further columns of its row.

    Raises NotAllowed, Invalid and Conflict, as the services do.
    """
    kind = values["type"]
    by.must(f"loyalty.{kind}")
    kept = {"type", "points", "description", *FITS[kind]}
    stray = [n for n, value in values.items() if value is not None and n not in kept]
    if stray:
        sentence = _l("This does not go with such an entry.")
        raise Invalid(dict.fromkeys(stray, sentence))
    return WRITERS[kind](held, values, by, facts)


def earn(held: Held, values: Values, by: Actor, facts: Values) -> Transaction:
    """Points earned: as many as were sent, or as an amount or a stay makes."""
    by.must("loyalty.earn")
    source = _needed(values, "source")
    stay = stay_meant(held[0].id, values)
    worked = work(held[1], values, stay)
    reference = str(stay.booking_id) if stay else _reference(held[0].id, values)
    told: dict[str, Any] = {"description": values.get("description") or ""}
    if stay and stay.booking:
        told = {"description": stay.booking.reference, "notes": values.get("description"),
                "earned_on": stay.check_out_date}  # fmt: skip
    return points.earn(
        held, worked.points, source=source, reference=reference, by=by,
        expires_on=_end(values, stay), **worked.facts, **told, **facts,
    )  # fmt: skip


def _reference(guest_id: uuid.UUID, values: Values) -> str | None:
    """The invoice or booking that was named; Conflict for a booking of somebody else."""
    reference: str | None = values.get("source_reference")
    if reference is not None:
        earning.refuse_anothers(guest_id, reference)
    return reference


def work(member: Membership, values: Values, stay: Stay | None) -> Worked:
    """How many points it makes; raises Invalid where it says nothing, or too much."""
    sent, amount = values.get("points"), values.get("base_amount")
    if sent is not None and amount is not None:
        raise Invalid({"points": _l("Either an amount or points, not both.")})
    if sent is not None:
        return _multiplied(sent, values.get("multiplier"))
    if values.get("multiplier") is not None:
        raise Invalid({"multiplier": _l("An amount is multiplied by the programme’s rules.")})
    if amount is None and stay is None:
        raise Invalid({"points": _l("Say how many points, or the amount spent.")})
    return _reckoned(member, amount, values["source"], stay)


def _multiplied(sent: int, times: Decimal | None) -> Worked:
    if times is None:
        return Worked(sent, {})
    ledger.positive(sent)
    working = {"points": sent, "multiplier": str(times)}
    return Worked(points.whole(sent * times), {"multiplier": times, "working": working})


def _reckoned(member: Membership, amount: Decimal | None, source: str, stay: Stay | None) -> Worked:
    rules = programme.current()
    if amount is None:
        assert stay is not None
        amount = earning.charges_of(stay, rules)
    day = stay.check_out_date if stay else today()
    found = earning.reckon(amount, member.tier, source, day, rules)
    if found.points + found.bonus == 0:
        raise Invalid({"base_amount": _l("This amount makes less than one point.")})
    facts = {
        "base_amount": amount, "multiplier": found.multiplier, "working": found.working,
    }  # fmt: skip
    return Worked(found.points + found.bonus, facts)


def stay_meant(guest_id: uuid.UUID, values: Values) -> Stay | None:
    """The guest's own finished stay that an earning is for; None for another source."""
    if values.get("source") != "stay":
        return None
    return earning.stay_for(guest_id, _needed(values, "source_reference", _l("Say which booking.")))


def _end(values: Values, stay: Stay | None) -> Any:
    if values.get("expiry_date"):
        return values["expiry_date"]
    return points.lot_end(programme.current(), stay.check_out_date) if stay else UNSET


def _needed(values: Values, name: str, sentence: Any = None) -> Any:
    found = values.get(name)
    if found is None:
        raise Invalid({name: sentence or _l("Please fill this in.")})
    return found


def redeem(held: Held, values: Values, by: Actor, facts: Values) -> Transaction:
    """Points spent."""
    by.must("loyalty.redeem")
    return points.redeem(
        held, _needed(values, "points"), _needed(values, "redemption_type"), by=by,
        source_reference=values.get("source_reference"),
        description=values.get("description") or "", **facts,
    )  # fmt: skip


def adjust(held: Held, values: Values, by: Actor, facts: Values) -> Transaction:
    """Points put right, with a reason."""
    by.must("loyalty.adjust")
    reason, change = _needed(values, "notes", _l("Say why.")), _needed(values, "points")
    if change < 0 and values.get("expiry_date"):
        raise Invalid({"expiry_date": _l("Only points that are added have a last day.")})
    return points.adjust(
        held, change, reason, by=by,
        expires_on=values.get("expiry_date") or UNSET,
        description=values.get("description") or "", **facts,
    )  # fmt: skip


Writer = Callable[[Held, Values, Actor, Values], Transaction]
WRITERS: dict[str, Writer] = {"earn": earn, "redeem": redeem, "adjust": adjust}


def transfer(giver: uuid.UUID, values: Values, by: Actor, facts: Values) -> Transaction:
    """Points handed on to another guest of the household."""
    by.must("loyalty.redeem")
    taker = values["taker"]
    if taker == giver:
        raise Invalid({"taker": _l("Choose another guest.")})
    mine, theirs = memberships.hold_both(giver, taker)
    if "id" in facts and (done := ledger.sent_before(mine[1], facts["id"])):
        return done
    return points.transfer(
        mine, theirs, values["points"], by=by,
        description=values.get("description") or "", **facts,
    )  # fmt: skip


def enrol(customer_id: uuid.UUID, values: Values, *, by: Actor) -> tuple[Membership, bool]:
    """The guest's membership, and whether it is new."""
    guest = guests.hold(customer_id)
    known = memberships.of(guest.id)
    try:
        member = enrolment.enrol(guest, by=by, number=values.get("number"))
    except IntegrityError as fault:
        db.session.rollback()
        if "number" not in str(fault.orig):
            raise
        raise Conflict(memberships.NUMBER_TAKEN) from None
    return member, known is None
