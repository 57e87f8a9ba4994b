"""The ledger: rows that are only added, lots spent by age, sums that hold whatever happens."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm.attributes import set_committed_value

from app.core.actor import HOUSE
from app.core.clock import now, today
from app.core.errors import Conflict, Invalid, NotAllowed, Refusal
from app.core.jobs import Claim
from app.core.types import new_id
from app.customers import services as guests
from app.extensions import db
from app.loyalty import expiry, ledger, liability, memberships, points
from app.loyalty.models import MOST, Lot, LotUse, Membership, Transaction
from tests.loyalty.conftest import check


def held(guest):
    return memberships.hold(guest.id)


def lots_of(guest):
    return list(
        db.session.scalars(
            select(Lot).where(Lot.customer_id == guest.id).order_by(Lot.earned_on, Lot.id)
        )
    )


def rows_of(guest):
    mine = select(Transaction).where(Transaction.customer_id == guest.id)
    return list(db.session.scalars(mine.order_by(Transaction.serial)))


def test_the_oldest_points_are_spent_first_and_come_back_where_they_were(member, holds, pass_days):
    an = member(100)
    pass_days(10)
    points.earn(held(an), 50, source="dining", by=HOUSE)
    row = points.redeem(held(an), 120, "amenity", by=HOUSE)
    assert [lot.remaining for lot in lots_of(an)] == [0, 30]
    assert row.redemption_value == 12_000
    back = points.reverse(held(an), row, "the spa was closed", by=HOUSE)
    assert (back.points, back.reverses_id, row.status) == (120, row.id, "reversed")
    assert [lot.remaining for lot in lots_of(an)] == [100, 50]
    assert holds(an).lifetime_redeemed == 0


def test_points_end_with_the_last_day_of_their_lot_and_are_gone_before_any_run(member, pass_days):
    an = member()
    end = today() + timedelta(days=30)
    points.earn(held(an), 100, source="referral", by=HOUSE, expires_on=end)
    assert an.points_expiry_date == end
    pass_days(30)
    assert ledger.spendable(held(an)[1]) == 100
    pass_days(1)
    assert ledger.spendable(held(an)[1]) == 0
    with pytest.raises(Invalid, match="Only 0 points"):
        points.redeem(held(an), 1, "amenity", by=HOUSE)


def test_points_that_come_back_into_a_lot_that_is_over_live_for_thirty_days(
    member, holds, pass_days
):
    an = member()
    end = today() + timedelta(days=5)
    points.earn(held(an), 100, source="referral", by=HOUSE, expires_on=end)
    row = points.redeem(held(an), 60, "amenity", by=HOUSE)
    day = pass_days(20)
    points.reverse(held(an), row, "never given", by=HOUSE)
    (lot,) = lots_of(an)
    assert (lot.remaining, lot.expires_on) == (60, day + timedelta(days=30))
    assert [r.transaction_type for r in rows_of(an)] == ["earn", "redeem", "expire", "reverse"]
    assert holds(an).balance == 60


def test_taking_an_earning_back_spares_what_has_expired_of_it_and_never_goes_below_zero(
    member, holds, pass_days
):
    an = member()
    first = points.earn(
        held(an), 100, source="spa", by=HOUSE, expires_on=today() + timedelta(days=5)
    )
    points.redeem(held(an), 40, "amenity", by=HOUSE)
    pass_days(6)
    guest, account = held(an)
    ledger.expire(account)
    memberships.follow(guest, account, "points.expired", by=HOUSE)
    with pytest.raises(Conflict, match="only 0 of 40"):
        points.reverse(held(an), first, "wrong guest", by=HOUSE)
    second = points.earn(held(an), 70, source="dining", by=HOUSE)
    back = points.reverse(held(an), first, "wrong guest", by=HOUSE)
    assert (back.points, holds(an).balance) == (-40, 30)
    db.session.expunge_all()  # two forms at once: this one had looked before the other was sent
    looked = db.session.get(Transaction, first.id)
    set_committed_value(looked, "status", "active")
    with pytest.raises(Conflict, match="reversed already"):
        points.reverse(held(an), ledger.find(looked.membership_id, first.id), "again", by=HOUSE)
    back = db.session.get(Transaction, back.id)
    with pytest.raises(Conflict, match="Only what was earned"):
        points.reverse(held(an), back, "back again", by=HOUSE)
    assert second.status == "active"


def test_a_reference_earns_once_and_again_only_after_it_was_reversed(member, holds):
    an, chi = member(), member(name="Trần Chi")
    row = points.earn(held(an), 10, source="spa", reference="INV-1", by=HOUSE)
    for guest in (an, chi):
        with pytest.raises(Conflict, match="given for this already"):
            points.earn(held(guest), 10, source="spa", reference="INV-1", by=HOUSE)
    points.earn(held(an), 10, source="dining", reference="INV-1", by=HOUSE)
    points.reverse(held(an), row, "billed twice", by=HOUSE)
    points.earn(held(chi), 10, source="spa", reference="INV-1", by=HOUSE)
    assert (holds(an).balance, holds(chi).balance) == (10, 10)


BAD = {
    "nothing": (0, "At least one"), "less than nothing": (-5, "At least one"),
    "a part of a point": (1.5, "whole"), "more than can be kept": (MOST + 1, "So many"),
    "a truth": (True, "whole"), "more than there are": (101, "Only 100"),
}  # fmt: skip


@pytest.mark.parametrize(("number", "says"), BAD.values(), ids=BAD)
def test_points_that_cannot_be_leave_no_row(member, holds, number, says):
    an = member(100)
    with pytest.raises(Invalid, match=says):
        points.redeem(held(an), number, "amenity", by=HOUSE)
    if number != 101:
        with pytest.raises(Invalid, match=says):
            points.earn(held(an), number, source="spa", by=HOUSE)
    db.session.rollback()
    assert (holds(an).balance, len(rows_of(an))) == (100, 1)


def test_what_no_account_can_hold_and_a_clock_that_went_back_are_refused(member, holds):
    an = member(100)
    with pytest.raises(Invalid, match="beyond what can be kept"):
        points.earn(held(an), MOST - 50, source="spa", by=HOUSE)
    _guest, account = held(an)
    account.last_at = now() + timedelta(hours=1)
    with pytest.raises(Conflict, match="clock stands before"):
        points.redeem(held(an), 1, "amenity", by=HOUSE)
    with pytest.raises(Invalid, match="is over"):
        points.earn(held(an), 1, source="spa", by=HOUSE, expires_on=today() - timedelta(days=1))
    db.session.rollback()
    assert len(rows_of(an)) == 1
    assert holds(an).balance == 100


def test_who_is_no_member_or_has_run_out_neither_earns_nor_redeems(guest, member, pass_days):
    with pytest.raises(Conflict, match="not a member"):
        held(guest())
    an = member(100)
    pass_days(37 * 31)
    with pytest.raises(Conflict, match="run out"):
        points.redeem(held(an), 1, "amenity", by=HOUSE)
    memberships.renew(*held(an), by=HOUSE)
    assert an.loyalty_expiry_date > today()


def test_each_way_to_points_asks_for_its_right(member, actor_of):
    an, nobody = member(100), actor_of("marketing")
    (row,) = rows_of(an)
    for refused in (
        lambda: points.earn(held(an), 1, source="spa", by=nobody),
        lambda: points.redeem(held(an), 1, "amenity", by=nobody),
        lambda: points.adjust(held(an), 1, "why", by=nobody),
        lambda: points.reverse(held(an), row, "why", by=nobody),
        lambda: points.transfer(held(an), held(an), 1, by=nobody),
        lambda: memberships.enrol(an, by=nobody),
        lambda: memberships.renew(*held(an), by=nobody),
        lambda: memberships.close(*held(an), "why", by=nobody),
    ):
        with pytest.raises(NotAllowed):
            refused()


def raw(row, **changes):
    """The columns of a row, as somebody with a database shell would write them."""
    columns = {c.name: getattr(row, c.name) for c in Transaction.__table__.columns}
    return insert(Transaction).values(columns | {"id": new_id()} | changes)


def test_the_database_itself_refuses_what_must_not_be(member):
    an = member(100)
    (row,) = rows_of(an)
    after = {"serial": 2, "points_balance_before": 100, "source_reference": None}
    spent = {"transaction_type": "redeem"}
    wrong = {
        "a balance below zero": raw(row, **after, **spent, points=-101, points_balance_after=-1),
        "a sum that is none": raw(row, **after, points=5, points_balance_after=100),
        "a chain that is broken": raw(
            row, serial=2, points=5, points_balance_before=7, points_balance_after=12
        ),
        "the same number twice": raw(row, points_balance_before=0),
        "a redemption that brings points": raw(
            row, **after, **spent, points=5, points_balance_after=105
        ),
        "a row rewritten": update(Transaction).values(points=99),
        "a row deleted": delete(Transaction),
        "an account below zero": update(Membership).values(balance=-1),
        "a lot below zero": update(Lot).values(remaining=-1),
        "a lot that grew": update(Lot).values(remaining=101),
        "a use of nothing": insert(LotUse).values(
            transaction_id=row.id, lot_id=lots_of(an)[0].id, points=0
        ),
    }
    for what, statement in wrong.items():
        with pytest.raises(DatabaseError) as refused:
            db.session.execute(statement)
        assert refused, what
        db.session.rollback()
    db.session.execute(text("UPDATE loyalty_transactions SET description = '', notes = NULL"))
    db.session.commit()
    assert [r.points for r in rows_of(an)] == [100]


def test_sixteen_desks_redeem_at_once_and_never_below_zero(member, holds, at_once):
    an = member(1000)
    whose = an.id
    taken = at_once(
        *(
            lambda: points.redeem(memberships.hold(whose), 90, "amenity", by=HOUSE)
            for _ in range(16)
        )
    )
    refused = [each for each in taken if isinstance(each, Exception)]
    assert len(refused) == 5
    assert all(isinstance(each, Invalid) for each in refused), refused
    assert holds(an).balance == 10


def test_the_same_reference_at_once_for_two_members_earns_once(member, holds, at_once):
    two = [member(), member(name="Trần Chi")]
    told = at_once(*(
        lambda g=g: points.earn(memberships.hold(g), 10, source="spa", reference="INV-9", by=HOUSE)
        for g in [each.id for each in two] * 3
    ))  # fmt: skip
    refused = [each for each in told if isinstance(each, Exception)]
    assert (len(refused), {type(each) for each in refused}) == (5, {Conflict})
    assert sum(holds(g).balance for g in two) == 10


def test_sixteen_deeds_at_once_with_two_guests_break_no_sum(
    member, holds, at_once, pass_days, monkeypatch
):
    monkeypatch.setattr("app.customers.rights.holds", lambda *_who: True)
    two, spent = [member(100).id, member(100, name="Trần Chi").id], []
    for who in two:
        points.earn(memberships.hold(who), 40, source="spa", by=HOUSE, expires_on=today())
        spent.append(points.redeem(memberships.hold(who), 30, "amenity", by=HOUSE).id)
    db.session.commit()
    pass_days(1)

    def give_back(who, row_id):
        account = memberships.hold(who)
        return points.reverse(account, ledger.find(account[1].id, row_id), "never given", by=HOUSE)

    told = at_once(
        *(lambda w=w, r=r: give_back(w, r) for w, r in list(zip(two, spent, strict=True)) * 2),
        *(lambda: expiry.run(Claim(new_id(), expiry.KIND, {}), today()) for _ in range(2)),
        *(lambda w=w: points.redeem(memberships.hold(w), 45, "amenity", by=HOUSE) for w in two * 2),
        *(
            lambda a=a, b=b: points.transfer(*memberships.hold_both(a, b), 10, by=HOUSE)
            for a, b in [two, two[::-1]] * 3
        ),
    )
    assert all(isinstance(each, Refusal) for each in told if isinstance(each, Exception)), told
    assert [isinstance(each, Conflict) for each in told[:4]].count(True) == 2
    redeemed = sum(not isinstance(each, Exception) for each in told[6:10])
    left = [holds(guests.get(who)).balance for who in two]
    assert (sum(left), min(left) >= 0) == (200 - 45 * redeemed, True)


DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("earn"), st.integers(1, 500), st.integers(1, 60)),
        st.tuples(st.just("redeem"), st.integers(1, 600), st.just(0)),
        st.tuples(st.just("adjust"), st.integers(-300, 300), st.just(0)),
        st.tuples(st.just("reverse"), st.integers(0, 12), st.just(0)),
        st.tuples(st.just("expire"), st.just(0), st.just(0)),
        st.tuples(st.just("pass"), st.integers(1, 40), st.just(0)),
        st.tuples(st.just("transfer"), st.integers(1, 200), st.just(0)),
    ),
    min_size=3, max_size=14,
)  # fmt: skip


def do(deed, an, chi, pass_days):
    """One deed of a history; a refusal leaves things as they were."""
    what, number, days = deed
    if what == "pass":
        pass_days(number)
        return
    guest, account = held(an)
    if what == "earn":
        end = today() + timedelta(days=days)
        points.earn((guest, account), number, source="spa", by=HOUSE, expires_on=end)
    elif what == "redeem":
        points.redeem((guest, account), number, "upgrade", by=HOUSE)
    elif what == "adjust":
        points.adjust((guest, account), number, "by hand", by=HOUSE)
    elif what == "transfer":
        points.transfer((guest, account), held(chi), number, by=HOUSE)
    elif what == "expire":
        ledger.expire(account)
        memberships.follow(guest, account, "points.expired", by=HOUSE)
    else:
        rows = rows_of(an)
        points.reverse((guest, account), rows[number % len(rows)], "why not", by=HOUSE)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(deeds=DEEDS)
def test_whatever_happens_the_sums_hold(member, pass_days, monkeypatch, deeds):
    monkeypatch.setattr("app.customers.rights.holds", lambda *_who: True)
    an, chi = member(200), member(name="Trần Chi")
    for deed in deeds:
        try:
            do(deed, an, chi, pass_days)
            db.session.commit()
        except (Refusal, IndexError, ZeroDivisionError):
            db.session.rollback()
    owed = liability.report(by=HOUSE)
    lots, day = list(db.session.scalars(select(Lot))), today()
    over = sum(lot.remaining for lot in lots if lot.expires_on and lot.expires_on < day)
    assert (owed.over, owed.points) == (over, sum(lot.remaining for lot in lots) - over)
    assert owed.amiss == 0
    for guest in (an, chi):
        ledger.expire(held(guest)[1])  # as the daily run does
        memberships.follow(*held(guest), "points.expired", by=HOUSE)
        check(guest)
