"""`/api/customers/{id}/loyalty`: section 3.5, with enrolment, transfers and reversals."""

import uuid
from typing import Any

from flask.views import MethodView

from app.auth.guard import actor, requires
from app.core import idempotency
from app.core.api import ApiBlueprint, writes
from app.core.clock import today, zone
from app.core.errors import NotFound
from app.core.inputs import Input
from app.core.paging import Whole
from app.customers import services as guests
from app.customers.api.profiles import seen
from app.loyalty import account, entries, ledger, memberships, points, programme, said, tiers
from app.loyalty.inputs import EnrolmentInput, EntryInput, ReversalInput, TransferInput, WhyInput
from app.loyalty.models import MOST, Membership, Transaction
from app.loyalty.programme import Programme
from app.loyalty.shapes import LoyaltyShape, TransactionList, TransactionShape

RECENT = 10
NOBODY: dict[str, Any] = {
    "membership": None, "tier_progress": None, "benefits": [], "recent_transactions": [],
    "points": {
        "current_balance": 0, "lifetime_earned": 0, "lifetime_redeemed": 0,
        "expiring_soon": {"amount": 0, "expiry_date": None},
    },
}  # fmt: skip
blueprint = ApiBlueprint(
    "loyalty_api", __name__, description="A guest’s membership, and the ledger of its points."
)  # fmt: skip


class PageInput(Input):
    """Which entries."""

    limit = Whole(1, 100, load_default=20)
    before = Whole(1, MOST, load_default=None, allow_none=True)


@blueprint.route("/customers/<uuid:guest_id>/loyalty")
class Loyalty(MethodView):
    """A guest's loyalty."""

    @requires("loyalty.read")
    @blueprint.answers(200, LoyaltyShape, also=(404,))
    def get(self, guest_id: uuid.UUID) -> dict[str, Any]:
        """Read the membership, its points, and how far the next tier is; this is logged.

        For a guest who is no member `membership` and `tier_progress` are null, points are zero and
        lists empty. `expiring_soon` is within the programme's days of warning.
        """
        return whole(memberships.of(seen(guest_id, parts=("loyalty",)).id))


def whole(member: Membership | None) -> dict[str, Any]:
    """The shape of section 3.5."""
    if member is None:
        return NOBODY
    rules, day = programme.current(), today()
    return {
        "membership": {
            "number": member.number, "tier": member.tier, "join_date": member.joined_on,
            "expiry_date": member.expires_on, "status": said.standing(member, day),
        },
        "points": _points(member, rules), "tier_progress": _progress(member, rules),
        "benefits": rules.tier(member.tier).brings,
        "recent_transactions": [_recent(row) for row in account.page(member.id, None, RECENT).rows],
    }  # fmt: skip


def _points(member: Membership, rules: Programme) -> dict[str, Any]:
    soon, ended = account.soon(account.endings(member.id), rules.warn_days)
    first = soon[0] if soon else account.Ending(None, 0)
    return {
        "current_balance": member.balance - ended, "lifetime_earned": member.lifetime_earned,
        "lifetime_redeemed": member.lifetime_redeemed,
        "expiring_soon": {"amount": first.points, "expiry_date": first.day},
    }  # fmt: skip


def _progress(member: Membership, rules: Programme) -> dict[str, Any]:
    found = tiers.progress(member, today(), rules)
    needed = {f"{name}_needed": found.needed.get(name) for name in ("points", "stays", "nights")}
    return {
        "current_tier": member.tier, "next_tier": found.next.name if found.next else None,
        "requirements": needed if found.next else None,
        "progress": {"points": found.points, "stays": found.stays, "nights": found.nights},
    }  # fmt: skip


def _recent(row: Transaction) -> dict[str, Any]:
    return {
        "date": row.created_at.astimezone(zone()).date(), "type": row.transaction_type,
        "points": row.points, "description": said.what(row),
        "balance_after": row.points_balance_after,
    }  # fmt: skip


@blueprint.route("/customers/<uuid:guest_id>/loyalty/transactions")
class Transactions(MethodView):
    """The ledger of a guest's points."""

    @requires("loyalty.read")
    @blueprint.takes(PageInput, location="query")
    @blueprint.answers(200, TransactionList, also=(404,))
    def get(self, asked: dict[str, Any], guest_id: uuid.UUID) -> dict[str, Any]:
        """Read entries, the newest first; none for who is no member. This is logged."""
        member = memberships.of(seen(guest_id, parts=("loyalty",)).id)
        if member is None:
            return {"data": [], "before": None}
        page = account.page(member.id, asked["before"], asked["limit"])
        return {"data": page.rows, "before": page.before}

    @requires("loyalty.read")
    @writes
    @blueprint.takes(EntryInput)
    @blueprint.answers(201, TransactionShape, also=(404,), keyed=True)
    def post(self, values: dict[str, Any], guest_id: uuid.UUID) -> tuple[Transaction, int]:
        """Write an entry: points earned, redeemed or adjusted.

        Needs `loyalty.earn`, `loyalty.redeem` or `loyalty.adjust` as well. Points are whole;
        `multiplier` multiplies what was sent, and the product is rounded down. What is redeemed
        goes from the oldest points. A second earning of the same source and reference is 409, as
        is an entry for a guest who is no member, or whose membership has run out.
        """
        by = actor()
        by.must(f"loyalty.{values['type']}")
        held = memberships.hold(guest_id)
        idempotency.about(guest_id)
        return entries.make(held, values, by=by), 201


@blueprint.route("/customers/<uuid:guest_id>/loyalty/reversals")
class Reversals(MethodView):
    """Entries taken back."""

    @requires("loyalty.adjust", also="loyalty.read")
    @writes
    @blueprint.takes(ReversalInput)
    @blueprint.answers(201, TransactionShape, also=(404,), keyed=True)
    def post(self, values: dict[str, Any], guest_id: uuid.UUID) -> tuple[Transaction, int]:
        """Take an entry back by a new one, which is answered; needs `loyalty.read` as well.

        Points return to the very lots that they came from. 409 for an entry that was reversed, is
        a reversal, an expiry or a transfer, and where points that it brought are spent.
        """
        by = actor()
        held = memberships.hold(guest_id)
        idempotency.about(guest_id)
        row = ledger.find(held[1].id, values["transaction_id"])
        if row is None:
            raise NotFound(str(values["transaction_id"]))
        return points.reverse(held, row, values["reason"], by=by), 201


@blueprint.route("/customers/<uuid:guest_id>/loyalty/transfers")
class Transfers(MethodView):
    """Points handed on within a household."""

    @requires("loyalty.redeem", also="loyalty.read")
    @writes
    @blueprint.takes(TransferInput)
    @blueprint.answers(201, TransactionShape, also=(404,), keyed=True)
    def post(self, values: dict[str, Any], guest_id: uuid.UUID) -> tuple[Transaction, int]:
        """Hand points on to `taker`, a member with whom this guest shares loyalty benefits.

        The points keep the days on which they end. Answers the giver's entry; needs
        `loyalty.read` as well.
        """
        by = actor()
        guests.get(guest_id)
        idempotency.about(guest_id)
        return entries.transfer(guest_id, values, by, {}), 201


@blueprint.route("/customers/<uuid:guest_id>/loyalty/enrolments")
class Enrolments(MethodView):
    """Guests who become members."""

    @requires("loyalty.enrol", also="loyalty.read")
    @writes
    @blueprint.takes(EnrolmentInput)
    @blueprint.answers(201, LoyaltyShape, also=(404,), keyed=True)
    @blueprint.or_answers(200, LoyaltyShape, "The guest is a member already; nothing changed.")
    def post(self, values: dict[str, Any], guest_id: uuid.UUID) -> tuple[dict[str, Any], int]:
        """Make a guest a member, with the next free number or one from an earlier system.

        409 for a blacklisted guest and for a number that is taken.
        """
        by = actor()
        idempotency.about(guest_id)
        member, made = entries.enrol(guest_id, values, by=by)
        return whole(member), 201 if made else 200


@blueprint.route("/customers/<uuid:guest_id>/loyalty/renewals")
class Renewals(MethodView):
    """Memberships that run on."""

    @requires("loyalty.enrol", also="loyalty.read")
    @writes
    @blueprint.answers(200, LoyaltyShape, also=(404, 409))
    def post(self, guest_id: uuid.UUID) -> dict[str, Any]:
        """Let a membership last its full time from today; again is no change. No body."""
        by = actor()
        guest, member = memberships.hold(guest_id)
        if memberships.full_time(member) != member.expires_on:
            memberships.renew(guest, member, by=by)
        return whole(member)


@blueprint.route("/customers/<uuid:guest_id>/loyalty/closures")
class Closures(MethodView):
    """Memberships that end."""

    @requires("loyalty.adjust")
    @writes
    @blueprint.takes(WhyInput)
    @blueprint.answers(204, None, also=(404, 409))
    def post(self, values: dict[str, Any], guest_id: uuid.UUID) -> None:
        """Close a membership, with a reason; 409 while points are left, and for no member."""
        memberships.close(*memberships.hold(guest_id), values["reason"], by=actor())
