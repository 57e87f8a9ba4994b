"""Who is a member: enrolled, renewed, closed; and the guest's own columns, which follow."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, union_all, update
from sqlalchemy.orm.attributes import set_committed_value

from app.core import audit
from app.core.actor import HOUSE, Actor
from app.core.clock import now, today
from app.core.database import insert_missing
from app.core.errors import Conflict
from app.core.i18n import number
from app.customers import services as guests
from app.customers.models import Customer
from app.extensions import db
from app.loyalty import ledger, programme
from app.loyalty.calendar import months_after
from app.loyalty.models import Lot, Membership, NumberCounter, TierStep
from app.loyalty.programme import TIERS, Programme

Held = tuple[Customer, Membership]
FOLLOW = (
    "loyalty_member", "loyalty_number", "loyalty_tier", "loyalty_points", "lifetime_points",
    "loyalty_join_date", "loyalty_expiry_date", "points_expiry_date",
)  # fmt: skip
"""The guest's columns that are a copy of the membership."""
UNKNOWN = date.min
NUMBER_TAKEN = _l("Another guest has this membership number.")
FOUND_BY = ("loyalty_member", "loyalty_number")
"""Those among them for which the profile and its search row must be stored anew."""


def of(customer_id: uuid.UUID) -> Membership | None:
    """The guest's open membership; None for who is no member."""
    mine = select(Membership).where(Membership.customer_id == customer_id)
    return db.session.scalar(mine.where(Membership.status == "open"))


def hold(customer_id: uuid.UUID) -> Held:
    """Guest and membership for a change; other changes wait. Raises Conflict for a non-member."""
    guest = guests.hold(customer_id)
    member = hold_of(guest)
    if member is None:
        raise Conflict(_l("This guest is not a member of the loyalty programme."))
    return guest, member


def hold_of(guest: Customer) -> Membership | None:
    """The membership of a guest who is held already, for a change; None for a non-member."""
    mine = select(Membership).where(Membership.customer_id == guest.id)
    return db.session.scalar(
        mine.where(Membership.status == "open").with_for_update(),
        execution_options={"populate_existing": True},
    )


def hold_both(one: uuid.UUID, other: uuid.UUID) -> tuple[Held, Held]:
    """Like `hold` for two, always in the same order, so that no two desks wait for each other."""
    held = {each: hold(each) for each in sorted({one, other})}
    return held[one], held[other]


def refuse_over(member: Membership) -> None:
    """Raise Conflict for a membership that has run out."""
    if member.is_over(today()):
        raise Conflict(_l("This membership has run out. Renew it first."))


def enrol(
    guest: Customer, *, by: Actor, number: str | None = None, joined_on: date | None = None,
    tier: str = TIERS[0],
) -> Membership:  # fmt: skip
    """Make a held guest a member; who is one already stays as it is.

    `number` keeps one from an earlier system. Welcome points are `enrolment.enrol`'s.
    Raises Conflict for a number that somebody has.
    """
    by.must("loyalty.enrol")
    known = of(guest.id)
    if known is not None:
        return known
    if guest.is_blacklisted:
        raise Conflict(_l("This guest is on the blacklist and cannot be enrolled."))
    day, rules = joined_on or today(), programme.current()
    member = Membership(
        customer_id=guest.id, number=_free(number) if number else _next_number(), tier=tier,
        tier_since=day, joined_on=day, expires_on=_until(day, rules.member_months), balance=0,
        lifetime_earned=0, lifetime_redeemed=0, serial=0, status="open",
    )  # fmt: skip
    db.session.add(member)
    db.session.flush()
    step = TierStep(
        customer_id=guest.id, membership_id=member.id, kind="joined", to_tier=tier, state="done",
        decided_at=now(), decided_by=by.user_id, decided_name=by.name,
    )  # fmt: skip
    db.session.add(step)
    follow(guest, member, "loyalty.enrolled", by=by)
    return member


def renew(guest: Customer, member: Membership, *, by: Actor) -> None:
    """Let a held membership run its full time from today."""
    by.must("loyalty.enrol")
    extend(member)
    follow(guest, member, "loyalty.renewed", by=by)


def extend(member: Membership, rules: Programme | None = None) -> None:
    """The membership lasts its full time from today, unless it lasts longer already."""
    member.expires_on = full_time(member, rules)


def full_time(member: Membership, rules: Programme | None = None) -> date | None:
    """Until when it would last, extended today; None for ever."""
    until = _until(today(), (rules or programme.current()).member_months)
    if until is None or member.expires_on is None:
        return until
    return max(until, member.expires_on)


def close(guest: Customer, member: Membership, reason: str, *, by: Actor) -> None:
    """End a held membership, and with it points whose time is over.

    Raises Conflict while there are others: these are the guest's.
    """
    by.must("loyalty.adjust")
    if ended := ledger.expire(member):
        follow(guest, member, "points.expired", by=HOUSE, points=(None, ended.points))
    if member.balance:
        raise Conflict(
            _l("%(points)s points are left. Redeem or take them off first.",
               points=number(member.balance))
        )  # fmt: skip
    member.status = "closed"
    follow(guest, None, "loyalty.closed", by=by, reason=(None, reason))


def follow(
    guest: Customer, member: Membership | None, action: str, *, by: Actor, raised: bool = False,
    ends: date | None = UNKNOWN, **told: Any,
) -> dict[str, tuple[Any, Any]]:  # fmt: skip
    """Bring the guest's columns in step with the membership, and write down what happened.

    `told` are further changes for the log, as {field: (old, new)}. A tier that was `raised` by it
    has an entry of its own. `ends`: when the next of the points end, where that is known.
    """
    db.session.flush()
    values = _copy(member, ends)
    changes = {n: (old, v) for n, v in values.items() if (old := getattr(guest, n)) != v}
    if changes.keys() & set(FOUND_BY):
        for name, (_old, new) in changes.items():
            setattr(guest, name, new)
        guests.store(guest)
    elif changes:  # nobody edits these, so nobody's open form grows stale by them
        plain = update(Customer).where(Customer.id == guest.id)
        db.session.execute(
            plain.values({name: new for name, (_old, new) in changes.items()}),
            execution_options={"synchronize_session": False},
        )
        for name, (_old, new) in changes.items():
            set_committed_value(guest, name, new)
    apart = {"loyalty_tier"} & changes.keys() if raised else set()
    about, version = ("customer", guest.id), guest.version
    own = {name: pair for name, pair in changes.items() if name not in apart}
    audit.record(action, about, by=by, changes=own | told, version=version)
    if apart:
        tier = {name: changes[name] for name in apart}
        audit.record("tier.raised", about, by=by, changes=tier, version=version)
    return changes


def _copy(member: Membership | None, ends: date | None) -> Mapping[str, Any]:
    if member is None:
        return dict.fromkeys(FOLLOW) | {
            "loyalty_member": False, "loyalty_points": 0, "lifetime_points": 0,
        }  # fmt: skip
    return {
        "loyalty_member": True, "loyalty_number": member.number, "loyalty_tier": member.tier,
        "loyalty_points": member.balance, "lifetime_points": member.lifetime_earned,
        "loyalty_join_date": member.joined_on, "loyalty_expiry_date": member.expires_on,
        "points_expiry_date": next_end(member) if ends == UNKNOWN else ends,
    }  # fmt: skip


def next_end_with(guest: Customer, lot_end: date | None) -> date | None:
    """The same after points were added that end on a day; `UNKNOWN` where the copy is of a day that
    is over.
    """
    known = guest.points_expiry_date
    if known is not None and known < today():
        return UNKNOWN
    return min((day for day in (known, lot_end) if day), default=None)


def next_end(member: Membership) -> date | None:
    """The day on which the next of the points end."""
    ends = select(Lot.expires_on).where(Lot.membership_id == member.id, Lot.remaining > 0)
    return db.session.scalar(
        ends.where(Lot.expires_on >= today()).order_by(Lot.expires_on).limit(1)
    )


def _until(day: date, months: int) -> date | None:
    return months_after(day, months) if months else None


def _free(number: str) -> str:
    if _is_taken(number):
        raise Conflict(NUMBER_TAKEN)
    return number


def _is_taken(number: str) -> bool:
    """True where a guest has it, or had it on a card that is closed."""
    taken = select(Customer.id).where(Customer.loyalty_number == number)
    kept = select(Membership.id).where(Membership.number == number)
    return db.session.scalar(union_all(taken, kept).limit(1)) is not None


def _next_number() -> str:
    """`LY` and at least six digits, of which the last one checks the others."""
    taken = update(NumberCounter).values(last=NumberCounter.last + 1).returning(NumberCounter.last)
    while True:
        last = db.session.scalar(taken)
        if last is None:
            first = insert_missing(db.engine.dialect.name, NumberCounter)
            db.session.execute(first.values(id=1, last=10_000))
            last = db.session.scalar(taken)
        assert last is not None
        number = f"LY{last}{check_digit(str(last))}"
        if not _is_taken(number):
            return number


def check_digit(digits: str) -> int:
    """Luhn's: tells one mistyped digit, and most of two that changed places."""
    doubled = (int(d) * (2 if place % 2 == 0 else 1) for place, d in enumerate(reversed(digits)))
    return -sum(d - 9 if d > 9 else d for d in doubled) % 10
