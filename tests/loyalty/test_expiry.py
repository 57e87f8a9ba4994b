"""The daily run: lots end once, whole portions at a time, and who is to be told is noted once."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, insert, select, update

from app.core.actor import HOUSE
from app.core.audit import AuditEntry
from app.core.clock import now, today
from app.core.crypto import vault
from app.core.jobs import Claim, Job
from app.core.types import new_id
from app.customers import services as guests
from app.customers.models import Customer
from app.extensions import db
from app.loyalty import commands, expiry, memberships, points
from app.loyalty.models import Lot, LotUse, Membership, Notice, Transaction
from app.loyalty.runs import LoyaltyRun
from tests.conftest import KEYS

ROOT = Path(__file__).resolve().parents[2]
JOB = Claim(new_id(), expiry.KIND, {})
LATE = timedelta(days=1)


def held(guest):
    return memberships.hold(guest.id)


def earn(guest, number, days, **more):
    """Points that end after so many days; commits."""
    points.earn(
        held(guest), number, source="spa", by=HOUSE,
        expires_on=today() + timedelta(days=days), **more,
    )  # fmt: skip
    db.session.commit()


def expired(guest):
    mine = select(Transaction).where(
        Transaction.customer_id == guest.id, Transaction.transaction_type == "expire"
    )
    return list(db.session.scalars(mine.order_by(Transaction.serial)))


def counts():
    """Everything a run writes, as numbers."""
    tables = (Transaction, LotUse, Notice, AuditEntry, LoyaltyRun)
    return [db.session.scalar(select(func.count()).select_from(t)) for t in tables]


def test_lots_end_in_one_row_an_account_and_a_second_or_a_late_run_changes_nothing(
    app, member, holds, pass_days
):
    an, chi, day = member(50), member(name="Trần Chi"), today()
    for number, days in ((100, 3), (70, 4), (30, 20)):
        earn(an, number, days)
    earn(chi, 5, 3)
    points.redeem(held(an), 60, "amenity", by=HOUSE)  # the oldest lot and ten more
    db.session.commit()
    pass_days(12)  # late by a week
    expiry.daily(JOB)
    (row,) = expired(an)
    assert (row.points, row.points_balance_after, row.source_reference) == (
        -160, 30, str(day + timedelta(days=4)),
    )  # fmt: skip
    uses = select(LotUse.points).where(LotUse.transaction_id == row.id)
    assert sorted(db.session.scalars(uses)) == [70, 90]
    assert (holds(an).balance, holds(chi).balance, an.points_expiry_date) == (
        30, 0, day + timedelta(days=20),
    )  # fmt: skip
    (ran,) = db.session.scalars(select(LoyaltyRun))
    assert (ran.accounts, ran.lots, ran.points, ran.skipped) == (2, 3, 165, 0)
    before = counts()
    expiry.daily(JOB)
    expiry.run(JOB, today())
    assert counts() == before
    pass_days(-5)
    expiry.daily(JOB)  # the calendar went back, so nothing is done
    by_hand = app.test_cli_runner().invoke(commands.loyalty, ["expire"])
    assert (by_hand.exit_code, "Set the clock" in by_hand.output) == (1, True)
    assert counts() == before


def test_accounts_that_do_not_fit_are_left_alone_and_told_and_a_broken_key_stops_nobody(
    member, holds, pass_days
):
    an, chi, dung = member(), member(name="Trần Chi"), member(name="Lê Dung")
    for guest in (an, chi, dung):
        earn(guest, 100, 1)
    _guest, account = held(an)
    account.last_at = now() + timedelta(hours=1)
    db.session.execute(update(Membership).where(Membership.customer_id == chi.id).values(balance=7))
    db.session.commit()
    vault().destroy(dung.id)
    pass_days(2)
    assert expiry.run(JOB, today()).skipped == 2
    assert expired(an) == expired(chi) == []
    assert holds(dung).balance == 0
    told = select(func.count()).where(AuditEntry.action == "points.expired")
    assert db.session.scalar(told) == 1


def test_who_is_to_be_told_is_noted_once_thirty_days_before(member, pass_days):
    an, bad, gone = member(), member(name="Trần Chi"), member(name="Lê Dung")
    for guest in (an, bad, gone):
        earn(guest, 100, 40)
        earn(guest, 20, 40)
    earn(an, 5, 45)
    guests.hold(bad.id).is_blacklisted = True
    guests.hold(gone.id).status = "merged"
    db.session.commit()
    expiry.daily(JOB)
    assert not db.session.scalar(select(func.count()).select_from(Notice))
    end = today() + timedelta(days=40)
    for days in (12, 1, 1):  # two days late
        pass_days(days)
        expiry.daily(JOB)
        expiry.run(JOB, today())
    (notice,) = db.session.scalars(select(Notice))
    assert (notice.customer_id, notice.kind, notice.state) == (an.id, "points_expiring", "waiting")
    assert notice.facts == {"points": 120, "ends": end.isoformat()}
    pass_days(1)
    expiry.daily(JOB)
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 2
    pass_days(40)
    expiry.daily(JOB)
    assert set(db.session.scalars(select(Notice.state))) == {"dropped"}


def test_points_spent_and_handed_on_while_the_run_goes_on_are_never_spent_twice(
    member, holds, pass_days, at_once, monkeypatch
):
    monkeypatch.setattr(expiry, "PORTION", 2)
    monkeypatch.setattr("app.customers.rights.holds", lambda *_who: True)
    some = [member(name=f"Trần Chi {number}") for number in range(6)]
    for guest in some:
        earn(guest, 50, 1)
        earn(guest, 100, 30)
    pass_days(2)
    deeds = [
        lambda g=guest.id: points.redeem(memberships.hold(g), 90, "amenity", by=HOUSE)
        for guest in some
    ]
    first, last, both = some[0].id, some[-1].id, memberships.hold_both
    for a, b in ((first, last), (last, first)):
        deeds.append(lambda a=a, b=b: points.transfer(*both(a, b), 5, by=HOUSE))
    told = at_once(lambda: expiry.run(JOB, today()), *deeds, lambda: expiry.run(JOB, today()))
    assert not [each for each in told if isinstance(each, Exception)]
    for guest in some:
        assert holds(guest).balance == 10
        assert [row.points for row in expired(guest)] == [-50]


def many(app, guest, number):
    """So many members with two lots each that are over, straight into the tables."""
    pattern, day = guest("Trần Chi"), today()
    columns = [c.name for c in Customer.__table__.columns if c.computed is None]
    plain = {n: getattr(pattern, n) for n in columns}
    rows = {Customer: [], Membership: [], Transaction: [], Lot: []}
    for place in range(number):
        ids = [new_id() for _ in range(4)]
        owner = {"customer_id": ids[0], "membership_id": ids[1]}
        rows[Customer].append(plain | {
            "id": ids[0], "number": 10**12 + place, "customer_code": f"T{place}",
            "loyalty_member": True, "loyalty_number": f"T{place}", "loyalty_points": 30,
        })  # fmt: skip
        rows[Membership].append({
            "id": ids[1], "customer_id": ids[0], "number": f"T{place}", "tier_since": day,
            "joined_on": day, "balance": 30, "serial": 2,
        })  # fmt: skip
        for serial, points_ in ((1, 10), (2, 20)):
            before = 10 if serial == 2 else 0
            rows[Transaction].append(owner | {
                "id": ids[1 + serial], "serial": serial, "transaction_type": "earn",
                "points": points_, "points_balance_before": before,
                "points_balance_after": before + points_, "source": "stay", "created_name": "test",
            })  # fmt: skip
            rows[Lot].append(owner | {
                "id": new_id(), "transaction_id": ids[1 + serial], "earned_on": day,
                "expires_on": day - LATE, "points": points_, "remaining": points_,
            })  # fmt: skip
    for model, several in rows.items():
        db.session.execute(insert(model), several)
    db.session.commit()


def worker(settings):
    told = KEYS | {
        "GUESTBOOK_MODE": "test", "GUESTBOOK_HOME": str(settings.home),
        "DATABASE_URL": settings.database_url, "KEYSTORE_URL": settings.keystore_url,
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker"], cwd=ROOT,
        env=os.environ | told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def gone():
    db.session.rollback()
    found = db.session.scalar(select(func.sum(LoyaltyRun.accounts))) or 0
    db.session.rollback()
    return found


def test_kill_nine_in_the_middle_expires_nothing_twice_and_leaves_nothing(app, guest, settings):
    several = 3000
    many(app, guest, several)
    process = worker(settings)
    try:
        until = time.monotonic() + 120
        while gone() < 500 and time.monotonic() < until:
            time.sleep(0.01)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    reached = gone()
    assert 500 <= reached < several, "killed too late to prove anything"
    ended = select(func.count()).where(Transaction.transaction_type == "expire")
    assert db.session.scalar(ended) == reached, "portions are whole"
    db.session.execute(update(Job).values(lease_until=now() - timedelta(seconds=1)))
    db.session.commit()
    expiry.daily(JOB)
    assert (db.session.scalar(ended), gone()) == (several, several)
    for figure in (Membership.balance, Lot.remaining, Customer.loyalty_points, Transaction.points):
        assert db.session.scalar(select(func.sum(figure))) == 0
    assert db.session.scalar(select(func.count(Notice.id))) == 0
