"""Section 3.5 and its neighbours: the exact shape, who may, and what is refused."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.auth.permissions import SCOPES
from app.core.actor import HOUSE
from app.core.clock import now, today
from app.core.types import new_id
from app.customers import services as guests
from app.extensions import db
from app.loyalty import memberships, points
from app.loyalty.models import MOST, Transaction


@pytest.fixture
def clerk(machine):
    return machine(*SCOPES)


def path(guest, rest=""):
    return f"/api/customers/{guest.id}/loyalty{rest}"


def count():
    db.session.expire_all()
    return db.session.scalar(select(func.count()).select_from(Transaction))


def test_loyalty_is_told_in_the_specifications_shape(clerk, member, past):
    an = member()
    for ago in (30, 90):
        past(an, ago=ago)
    held = memberships.hold(an.id)
    held[1].joined_on = today() - timedelta(days=300)
    end = today() + timedelta(days=20)
    points.earn(held, 500, source="referral", by=HOUSE, expires_on=end,
                description="Referral bonus - John Smith")  # fmt: skip
    points.redeem(held, 100, "room_discount", by=HOUSE)
    day = today().isoformat()
    assert clerk.get(path(an)).json == {
        "membership": {
            "number": an.loyalty_number, "tier": "bronze",
            "join_date": held[1].joined_on.isoformat(),
            "expiry_date": held[1].expires_on.isoformat(), "status": "active",
        },
        "points": {
            "current_balance": 400, "lifetime_earned": 500, "lifetime_redeemed": 100,
            "expiring_soon": {"amount": 400, "expiry_date": end.isoformat()},
        },
        "tier_progress": {
            "current_tier": "bronze", "next_tier": "silver",
            "requirements": {"points_needed": 1500, "stays_needed": 3, "nights_needed": 11},
            "progress": {"points": 500, "stays": 2, "nights": 4},
        },
        "benefits": ["Member rate"],
        "recent_transactions": [
            {"date": day, "type": "redeem", "points": -100, "description": "Room discount",
             "balance_after": 400},
            {"date": day, "type": "earn", "points": 500,
             "description": "Referral bonus - John Smith", "balance_after": 500},
        ],
    }  # fmt: skip
    profile = clerk.get(f"/api/customers/{an.id}").json["customer"]["loyalty"]
    assert profile["tier_progress"] == {
        "current": "bronze", "next": "silver", "points_to_next": 1500,
    }  # fmt: skip


def test_who_is_no_member_has_nulls_zeros_and_empty_lists(clerk, guest):
    an = guest("Nguyễn Văn An")
    assert clerk.get(path(an)).json == {
        "membership": None,
        "points": {
            "current_balance": 0, "lifetime_earned": 0, "lifetime_redeemed": 0,
            "expiring_soon": {"amount": 0, "expiry_date": None},
        },
        "tier_progress": None, "benefits": [], "recent_transactions": [],
    }  # fmt: skip
    assert clerk.get(path(an, "/transactions")).json == {"data": [], "before": None}
    made = clerk.post(path(an, "/enrolments"), json={})
    again = clerk.post(path(an, "/enrolments"), json={"number": "OTHER"})
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json == again.json
    assert made.json["membership"]["number"].startswith("LY")
    assert clerk.post(path(an, "/renewals")).json["membership"]["status"] == "active"
    assert clerk.post(path(an, "/closures"), json={"reason": "Asked"}).status_code == 204
    assert clerk.get(path(an)).json["membership"] is None
    assert clerk.post(path(an, "/closures"), json={"reason": "Asked"}).status_code == 409


def test_an_entry_is_made_as_the_specification_sends_it_and_once(clerk, member, holds):
    an = member()
    sent = {
        "type": "earn", "points": 333, "source": "referral",
        "description": "Referral bonus - John Smith", "multiplier": 2.25,
        "expiry_date": (today() + timedelta(days=90)).isoformat(),
    }  # fmt: skip
    key = {"Idempotency-Key": "one"}
    first, again = (clerk.post(path(an, "/transactions"), json=sent, headers=key) for _ in "ab")
    assert first.status_code == 201, first.text
    assert first.json == again.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (first.json["points"], first.json["multiplier"]) == (749, 2.25)
    assert first.json["expiry_date"] == sent["expiry_date"]
    spent = {"type": "redeem", "points": 49, "redemption_type": "free_night"}
    row = clerk.post(path(an, "/transactions"), json=spent).json
    assert (row["points"], row["redemption_value"], row["balance_after"]) == (-49, 4900, 700)
    put_right = {"type": "adjust", "points": -100, "notes": "Counted twice"}
    assert clerk.post(path(an, "/transactions"), json=put_right).json["balance_after"] == 600
    back = {"transaction_id": row["id"], "reason": "Not given"}
    made = clerk.post(path(an, "/reversals"), json=back)
    assert (made.status_code, made.json["reverses_id"], made.json["points"]) == (201, row["id"], 49)
    assert clerk.post(path(an, "/reversals"), json=back).status_code == 409
    page = clerk.get(path(an, "/transactions?limit=2")).json
    assert [each["number"] for each in page["data"]] == [4, 3]
    older = clerk.get(path(an, f"/transactions?limit=2&before={page['before']}")).json
    assert [each["number"] for each in older["data"]] == [2, 1]
    assert older["data"][0]["status"] == "reversed"
    assert older["before"] is None
    assert holds(an).balance == 649


WRONG = {
    "nothing": ({"points": 0}, "At least one point."),
    "less than nothing": ({"points": -5}, "At least one point."),
    "a part of a point": ({"points": 1.5}, "Points are whole numbers"),
    "a text": ({"points": "5"}, "kind of value"),
    "more than can be": ({"points": MOST + 1}, "So many points"),
    "more than 64 bits": ({"points": 10**30}, "too large"),
    "no points at all": ({}, "Say how many points"),
    "a product that overflows": ({"points": MOST, "multiplier": 2}, "So many points"),
    "a product below one": ({"points": 1, "multiplier": 0.5}, "At least one point."),
    "a multiplier of zero": ({"points": 1, "multiplier": 0}, "Above 0"),
    "a finer multiplier": ({"points": 1, "multiplier": 1.005}, "At most two decimals."),
    "an amount with decimals": ({"base_amount": 10000.5}, "VND has no decimals."),
    "a multiplied amount": ({"base_amount": 10000, "multiplier": 2}, "programme’s rules"),
    "a day that is over": ({"points": 5, "expiry_date": "2024-01-31"}, "would be, too"),
    "no source": ({"points": 5, "source": None}, "Please fill this in."),
    "a source of the house": ({"points": 5, "source": "welcome"}, "listed values"),
    "a stay without a booking": ({"points": 5, "source": "stay"}, "Say which booking."),
    "a type that is none": ({"type": "expire", "points": 5}, "listed values"),
    "what belongs elsewhere": ({"points": 5, "redemption_type": "upgrade"}, "does not go with"),
    "more than the balance": (
        {"type": "redeem", "points": 101, "redemption_type": "upgrade", "source": None},
        "Only 100 points can be spent.",
    ),
    "a redemption of nothing": ({"type": "redeem", "points": 5, "source": None}, "fill this in"),
    "an adjustment without a reason": ({"type": "adjust", "points": 5, "source": None}, "Say why"),
    "a description of 5,000": ({"points": 5, "description": "x" * 5000}, "At most 200"),
    "a last day of what goes": (
        {"type": "adjust", "points": -5, "notes": "x", "source": None, "expiry_date": "2099-01-31"},
        "Only points that are added",
    ),
    "NUL": ({"points": 5, "description": "a\0b"}, "control characters"),
}  # fmt: skip


def test_what_cannot_be_is_named_and_leaves_no_row(clerk, member, guest, stayed, pass_days):
    an, post = member(100), path
    for what, (values, says) in WRONG.items():
        sent = {"type": "earn", "source": "referral"} | values
        answer = clerk.post(post(an, "/transactions"), json=sent)
        assert answer.status_code == 422, (what, answer.text)
        assert says in answer.json["errors"][0]["detail"], (what, answer.text)
    earn = {"type": "earn", "points": 5, "source": "spa", "source_reference": "INV-1"}
    theirs = stayed(guest("Trần Chi")).booking
    conflicts = {
        "not a member": (guest("Ngô Bảo"), earn),
        "another guest’s": (an, earn | {"source": "stay", "source_reference": str(theirs.id)}),
        "That booking": (an, earn | {"source": "spa", "source_reference": theirs.reference}),
    }
    for says, (who, sent) in conflicts.items():
        answer = clerk.post(post(who, "/transactions"), json=sent)
        assert (answer.status_code, says in answer.json["title"]) == (409, True), answer.text
    assert clerk.post(post(an, "/transactions"), json=earn).status_code == 201
    again = clerk.post(post(member(name="Lê Minh"), "/transactions"), json=earn)
    assert (again.status_code, "already" in again.json["title"]) == (409, True)
    memberships.of(an.id).last_at = now() + timedelta(hours=1)
    turned = clerk.post(post(an, "/transactions"), json=earn | {"source_reference": "INV-2"})
    assert "clock stands before" in turned.json["title"]
    pass_days(37 * 31)
    over = {"type": "redeem", "points": 1, "redemption_type": "upgrade"}
    assert "run out" in clerk.post(post(an, "/transactions"), json=over).json["title"]
    gone = {"transaction_id": str(new_id()), "reason": "x"}
    assert clerk.post(post(an, "/reversals"), json=gone).status_code == 404
    assert count() == 2


def test_points_go_within_a_household_alone(clerk, member, tie, holds):
    an, chi, minh = member(300), member(name="Trần Chi"), member(name="Lê Minh")
    tie(an, "spouse", chi, share_loyalty_benefits=True)
    sent = {"taker": str(chi.id), "points": 50}
    made = clerk.post(path(an, "/transfers"), json=sent)
    assert (made.status_code, made.json["points"], made.json["source"]) == (201, -50, "transfer")
    wrong = ((minh.id, 409), (an.id, 422), (new_id(), 404))
    for whom, status in wrong:
        answer = clerk.post(path(an, "/transfers"), json=sent | {"taker": str(whom)})
        assert answer.status_code == status, answer.text
    assert (
        clerk.post(path(chi, "/transfers"), json={"taker": str(an.id), "points": 1}).status_code
        == 409
    ), "what An gives, Chi has not given"
    assert (holds(an).balance, holds(chi).balance) == (250, 50)


def test_each_entry_asks_for_its_right(machine, client, member):
    an = member(100)
    row = db.session.scalar(select(Transaction))
    calls = {
        "loyalty.earn": ("/transactions", {"type": "earn", "points": 1, "source": "spa"}),
        "loyalty.redeem": (
            "/transactions", {"type": "redeem", "points": 1, "redemption_type": "upgrade"},
        ),
        "loyalty.adjust": ("/transactions", {"type": "adjust", "points": 1, "notes": "x"}),
        "loyalty.enrol": ("/enrolments", {}),
    }  # fmt: skip
    for scope, (rest, sent) in calls.items():
        without = machine(*(s for s in SCOPES if s != scope))
        assert without.post(path(an, rest), json=sent).status_code == 403, scope
        assert machine(scope, "loyalty.read").post(path(an, rest), json=sent).status_code in (
            200, 201,
        ), scope  # fmt: skip
        assert machine(scope).post(path(an, rest), json=sent).status_code == 403, "answers are read"
    reader = machine("loyalty.read")
    back = {"transaction_id": str(row.id), "reason": "x"}
    for rest, sent in (("/reversals", back), ("/renewals", None), ("/closures", {"reason": "x"}),
                       ("/transfers", {"taker": str(an.id), "points": 1})):  # fmt: skip
        assert reader.post(path(an, rest), json=sent).status_code == 403, rest
    notes = reader.get(path(an, "/transactions")).json["data"][0]
    assert "notes" not in notes
    client.get(path(an), 401)


def test_the_merged_lead_to_the_survivor_and_the_erased_nowhere(clerk, member, guest):
    an, double, gone = member(100), guest("An again"), guest("Gone")
    double.status, double.merged_into, gone.status = "merged", an.id, "erased"
    db.session.commit()
    assert clerk.get(path(double)).json["points"]["current_balance"] == 100
    sent = {"type": "earn", "points": 1, "source": "spa"}
    assert clerk.post(path(double, "/transactions"), json=sent).status_code == 409
    assert clerk.post(path(gone, "/transactions"), json=sent).status_code == 404
    assert clerk.get(path(gone)).status_code == 404
    assert guests.get(double.id).id == an.id
