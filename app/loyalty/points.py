"""What may happen to a member's points: earned, redeemed, adjusted, handed on, reversed.

Each takes a held guest with the membership (`memberships.hold`), asks for the right, writes the
ledger, and brings the guest's columns in step.
"""

import uuid
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from app.core.actor import Actor
from app.core.clock import today
from app.core.errors import Conflict, Invalid
from app.core.i18n import number
from app.core.types import MONEY_LIMIT
from app.customers import rights
from app.extensions import db
from app.loyalty import ledger, memberships, programme, steps
from app.loyalty.calendar import months_after
from app.loyalty.memberships import Held
from app.loyalty.models import Transaction
from app.loyalty.programme import REDEMPTIONS, Programme

SOURCES = ("stay", "dining", "spa", "referral", "promotion", "manual", "welcome")
GIVEN = _l("Points were given for this already.")
UNSET = date.min
"""For an expiry that follows from the programme."""


def earn(
    held: Held, points: int, *, source: str, by: Actor, reference: str | None = None,
    expires_on: date | None = UNSET, multiplier: Decimal = Decimal(1), **facts: Any,
) -> Transaction:  # fmt: skip
    """Points earned from a source; with a `reference` once. `points` are the final ones.

    The membership lasts its full time from then. Raises Invalid, or Conflict for a second earning
    of the same reference and for a membership that has run out.
    """
    by.must("loyalty.earn")
    memberships.refuse_over(held[1])
    refuse_second(source, reference)
    end = lot_end(programme.current()) if expires_on == UNSET else expires_on
    facts |= {"source": source, "expires_on": end, "multiplier": multiplier}
    if reference is None:
        return credited(held, points, by=by, **facts)
    try:
        with db.session.begin_nested():
            return credited(held, points, by=by, source_reference=reference, **facts)
    except IntegrityError as second:  # for another member, at the same moment
        raise Conflict(GIVEN) from second


def credited(
    held: Held, points: int, *, by: Actor, rules: Programme | None = None, **facts: Any
) -> Transaction:
    """Points earned, by whatever right the caller has; the membership lasts on from today, and
    the tier that the points reach is reached.
    """
    (guest, member), rules = held, rules or programme.current()
    memberships.extend(member, rules)
    row = ledger.credit(member, points, "earn", by=by, **facts)
    step = steps.settle(held, by=by, rules=rules)
    ends = memberships.next_end_with(guest, row.expiry_date)
    memberships.follow(
        guest, member, "points.earned", by=by, raised=step is not None, ends=ends,
        points=(None, points),
    )  # fmt: skip
    return row


def redeem(held: Held, points: int, kind: str, *, by: Actor, **facts: Any) -> Transaction:
    """Points given for something, of the value that the programme says. Raises Invalid."""
    by.must("loyalty.redeem")
    guest, member = held
    rules = programme.current()
    memberships.refuse_over(member)
    if kind not in REDEMPTIONS:
        raise Invalid({"redemption_type": _l("Choose one of the list.")})
    if ledger.positive(points) < (least := rules.least_redeemed):
        raise Invalid({"points": _l("At least %(least)s points.", least=number(least))})
    if (worth := rules.worth(points)) >= MONEY_LIMIT:
        raise Invalid({"points": _l("They would be worth more than can be noted.")})
    row, _taken = ledger.debit(
        member, points, "redeem", by=by, redemption_type=kind,
        redemption_value=worth, source=facts.pop("source", "manual"), **facts,
    )  # fmt: skip
    memberships.follow(guest, member, "points.redeemed", by=by, points=(None, -points))
    return row


def adjust(
    held: Held, points: int, reason: str, *, by: Actor, expires_on: date | None = UNSET,
    **facts: Any,
) -> Transaction:  # fmt: skip
    """Points put right by hand, up or down, with a reason. Raises Invalid."""
    by.must("loyalty.adjust")
    guest, member = held
    facts = {"source": "manual", "notes": reason, **facts}
    if points < 0:
        row, _taken = ledger.debit(member, -points, "adjust", by=by, **facts)
    else:
        end = lot_end(programme.current()) if expires_on == UNSET else expires_on
        row = ledger.credit(member, points, "adjust", by=by, expires_on=end, **facts)
    memberships.follow(guest, member, "points.adjusted", by=by, points=(None, points))
    return row


def transfer(giver: Held, taker: Held, points: int, *, by: Actor, **facts: Any) -> Transaction:
    """Hand points on within a household; they keep the days on which they end.

    The giver must have given the taker a share in loyalty benefits. Raises Conflict otherwise.
    Each side's `source_reference` is the other guest's code; an `id` among `facts` is the giver's.
    """
    by.must("loyalty.redeem")
    (guest, member), (other, theirs) = giver, taker
    if guest.id == other.id:
        raise Invalid({"taker": _l("Choose another guest.")})
    if not rights.holds(other.id, guest.id, "loyalty_benefits"):
        raise Conflict(_l("These two do not share loyalty benefits. See their relationships."))
    for each in (member, theirs):
        memberships.refuse_over(each)
    own = {"id": facts.pop("id")} if "id" in facts else {}
    facts |= {"source": "transfer", "pair_id": uuid.uuid4()}
    own["source_reference"] = other.customer_code
    row, taken = ledger.debit(member, points, "adjust", by=by, **facts | own)
    for lot, part in taken:
        ledger.credit(
            theirs, part, "adjust", by=by, expires_on=lot.expires_on, earned_on=lot.earned_on,
            source_reference=guest.customer_code, **facts,
        )  # fmt: skip
    memberships.follow(guest, member, "points.handed_on", by=by, points=(None, -points))
    memberships.follow(other, theirs, "points.received", by=by, points=(None, points))
    return row


def reverse(held: Held, row: Transaction, reason: str, *, by: Actor, **facts: Any) -> Transaction:
    """Take a row back, with a reason. What `refuse_alone` names is refused."""
    by.must("loyalty.adjust")
    guest, member = held
    refuse_alone(row)
    back = ledger.reverse(member, row, reason, by=by, rules=programme.current(), **facts)
    memberships.follow(guest, member, "points.reversed", by=by, points=(row.points, back.points))
    return back


def refuse_alone(row: Transaction) -> None:
    """Raise Conflict for one side of a transfer, and for an earning that was put right since."""
    if row.pair_id is not None:
        raise Conflict(_l("What was handed on is handed back by the other guest, not reversed."))
    if row.transaction_type != "earn" or row.source_reference is None:
        return
    latest = corrections(row).order_by(Transaction.serial.desc()).limit(1)
    if number := db.session.scalar(latest.with_only_columns(Transaction.serial)):
        raise Conflict(
            _l("Entry %(number)s put this one right since. Reverse that one first.", number=number)
        )


def corrections(row: Transaction) -> Select[Transaction]:
    """The rows that put a stay's earning right, and still stand."""
    return select(Transaction).where(
        Transaction.membership_id == row.membership_id, Transaction.transaction_type == "adjust",
        Transaction.source == "stay", Transaction.source_reference == row.source_reference,
        Transaction.status != "reversed",
    )  # fmt: skip


def refuse_second(source: str, reference: str | None) -> None:
    """Raise Conflict where this source's reference has brought points already."""
    if reference is not None and has_earned(source, reference, reversed_too=False):
        raise Conflict(GIVEN)


def has_earned(source: str, reference: str, *, reversed_too: bool = True) -> bool:
    """True where a source's reference has brought points, whatever became of them."""
    rows = earnings(source, reference)
    if not reversed_too:
        rows = rows.where(Transaction.status != "reversed")
    return db.session.scalar(rows.with_only_columns(Transaction.id).limit(1)) is not None


def earnings(source: str, *references: str) -> Select[Transaction]:
    """The rows by which these references of a source brought points, reversed ones among them."""
    return select(Transaction).where(
        Transaction.transaction_type == "earn", Transaction.source == source,
        Transaction.source_reference.in_(references),
    )  # fmt: skip


def lot_end(rules: Programme, day: date | None = None) -> date | None:
    """The last day of points that are earned on a day; None for ever."""
    return months_after(day or today(), rules.lot_months) if rules.lot_months else None


def whole(points: Decimal) -> int:
    """The one rounding rule: down to whole points, once, after everything is multiplied."""
    return int(points.to_integral_value(ROUND_DOWN))
