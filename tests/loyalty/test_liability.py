"""What is owed in points: page, file and API tell the same, and that it agrees with the ledger."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, select, update

from app.core import clock
from app.core.actor import HOUSE
from app.core.clock import today
from app.core.errors import NotAllowed
from app.customers.models import Customer
from app.extensions import db
from app.loyalty import commands, expiry, ledger, liability, points
from app.loyalty.models import Lot, Membership, TierStep
from tests.loyalty.test_expiry import JOB, earn, held


def test_page_file_and_api_say_what_is_owed_by_tier_and_month(
    member, may, may_read, as_role, machine, pass_days, count_statements
):
    an, chi = member(), member(name="Trần Chi")
    earn(an, 3, 1)
    earn(an, 400, 40)
    points.earn(held(chi), 50, source="spa", by=HOUSE, expires_on=None)
    db.session.execute(
        update(Membership).where(Membership.customer_id == chi.id).values(tier="gold")
    )
    db.session.commit()
    end = today() + timedelta(days=40)
    pass_days(5)  # three points are over, and no run has noted it
    told = machine("loyalty.report").get("/api/loyalty/liability").get_json()
    assert (told["outstanding_points"], told["over_points"], told["members"]) == (450, 3, 2)
    assert (told["outstanding_value"], told["currency"], told["reconciled"]) == (45000, "VND", True)
    assert told["by_month"] == [
        {"month": end.isoformat()[:7], "points": 400, "value": 40000},
        {"month": None, "points": 50, "value": 5000},
    ]
    assert [(t["tier"], t["members"], t["points"]) for t in told["by_tier"]] == [
        ("bronze", 1, 403), ("silver", 0, 0), ("gold", 1, 50), ("platinum", 0, 0),
    ]  # fmt: skip
    assert "Lots and balances agree" in may.get("/loyalty/liability").text
    with count_statements() as said:
        may.get("/loyalty/liability")
    assert len([each for each in said if "loyalty_lots" in each]) == 1, "of one moment"
    assert len(said) <= 5, "\n".join(said)
    lines = may_read.get("/loyalty/liability/points.csv").text.splitlines()
    assert f"month,{end.isoformat()[:7]},,400,40000" in lines
    assert as_role("front_desk").get("/loyalty/liability", status=403)
    assert machine("loyalty.read").get("/api/loyalty/liability").status_code == 403
    expiry.run(JOB, today())
    assert liability.report(by=HOUSE).over == 0


def test_a_day_ends_at_midnight_where_the_house_stands(member, holds, monkeypatch):
    an, end = member(), today()
    points.earn(held(an), 10, source="spa", by=HOUSE, expires_on=end)
    db.session.commit()
    midnight = datetime.combine(end + timedelta(days=1), time(), clock.zone()).astimezone(UTC)
    assert midnight.date() == end, "in Việt Nam the next day begins while it is the old one in UTC"
    for moment, left in ((midnight - timedelta(seconds=1), 10), (midnight, 0)):
        monkeypatch.setattr(clock, "now", lambda at=moment: at)
        owed = liability.report(by=HOUSE)
        assert (owed.points, owed.over, ledger.spendable(held(an)[1])) == (left, 10 - left, left)
        expiry.run(JOB, today())
        assert holds(an).balance == left


def test_it_says_when_balances_and_lots_disagree_and_who_may_not_read_is_refused(
    member, may, actor_of
):
    an = member(100)
    db.session.execute(update(Lot).where(Lot.customer_id == an.id).values(remaining=90))
    db.session.commit()
    assert "Balances exceed what lots have left by 10 points" in may.get("/loyalty/liability").text
    with pytest.raises(NotAllowed):
        liability.report(by=actor_of("front_desk"))


def test_copies_are_counted_anew_and_what_no_copy_explains_is_only_told(app, member, holds):
    an, chi, dung = member(100), member(100, name="Trần Chi"), member(name="Lê Dung")
    row = points.redeem(held(an), 30, "amenity", by=HOUSE)
    points.reverse(held(an), row, "never given", by=HOUSE)
    db.session.execute(delete(TierStep).where(TierStep.customer_id == chi.id))
    mine = update(Membership).where(Membership.customer_id == chi.id)
    db.session.execute(mine.values(lifetime_earned=4000))  # before the ledger began, so of no row
    db.session.commit()
    run = app.test_cli_runner().invoke
    assert "3 accounts checked, 0 were wrong" in run(commands.loyalty, ["recount"]).output
    db.session.execute(update(Membership).where(Membership.customer_id == an.id).values(balance=7))
    db.session.execute(update(Customer).where(Customer.id == dung.id).values(loyalty_points=9))
    db.session.execute(update(Lot).where(Lot.customer_id == chi.id).values(remaining=90))
    db.session.commit()
    dry = run(commands.loyalty, ["recount", "--dry-run"])
    assert "balance 7 -> 100" in dry.output
    assert "loyalty_points 9 -> 0" in dry.output
    assert "lots 90 -> 100" in dry.output
    wet = run(commands.loyalty, ["recount"])
    assert (wet.exit_code, "3 were wrong, 1 still are" in wet.output) == (1, True)
    assert (holds(an).balance, holds(dung).balance) == (100, 0)
    assert db.session.scalar(select(Lot.remaining).where(Lot.customer_id == chi.id)) == 90
    assert "0 points in 0 lots" in run(commands.loyalty, ["expire"]).output
    assert liability.report(by=HOUSE).point_value == Decimal(100)
