"""Points of stays: given at check-out, and following when its charges are put right."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.core.actor import HOUSE
from app.core.clock import today
from app.core.errors import Conflict
from app.customers.models import Customer
from app.desk import services
from app.extensions import db
from app.loyalty import earning, memberships, points, programme, steps
from app.loyalty.models import Promotion, Transaction
from app.stays import aftercare, bookings


def leave(booking, **outcome):
    stay = services.check_out(bookings.hold(booking.id), outcome, by=HOUSE)
    db.session.commit()
    return stay


def put_right(stay, **charges):
    held = aftercare.hold(stay.id)
    changes = aftercare.correct(held, charges, by=HOUSE)
    said = aftercare.follow(held, changes, by=HOUSE)
    db.session.commit()
    return " ".join(said)


def rows_of(guest):
    mine = select(Transaction).where(Transaction.customer_id == guest.id)
    rows = db.session.scalars(mine.order_by(Transaction.serial))
    return [(row.transaction_type, row.source, row.points) for row in rows]


def gold(an):
    steps.grant(memberships.hold(an.id), "gold", today(), "", by=HOUSE)
    db.session.commit()


def test_a_stay_earns_by_rate_tier_and_the_best_promotion_rounded_down_once(member, staying, holds):
    an = member()
    gold(an)
    for code, multiplier in (("LESS", "1.5"), ("MORE", "2")):
        db.session.add(
            Promotion(
                code=code, name=code, starts_on=today(), ends_on=today(),
                multiplier=Decimal(multiplier), bonus=7, sources=["stay"], tiers=[], version=1,
            )
        )  # fmt: skip
    db.session.commit()
    programme.change(replace(programme.current(), charges=("room",)), by=HOUSE)
    booking = staying(an, arrive=-1, nights=1, total_amount=Decimal(1_234_567))
    stay = leave(booking, total_extras=Decimal(9_000_000))  # which earn nothing here
    row = earning.of_stay(stay)
    assert row.points == int(Decimal("123.4567") * Decimal("1.25") * 2) + 7 == 315
    assert (row.working["promotion"], row.multiplier) == ("MORE", Decimal("2.5"))
    assert earning.for_stay(stay, by=HOUSE).row is None
    assert holds(an).balance == 315


def test_stays_and_nights_raise_a_tier_at_check_out_and_who_is_no_member_gets_nothing(
    member, guest, staying, holds, past
):
    an, chi = member(), guest("Trần Chi")
    account = memberships.of(an.id)
    account.joined_on = memberships.months_after(today(), -11)
    for days in (9, 19, 29, 39):
        past(an, days)
    stay = leave(staying(an, total_amount=None, room_rate=None, arrive=-1, nights=1))
    assert (stay.total_amount, rows_of(an)) == (0, [])
    assert holds(an).tier == "silver"
    stranger = leave(staying(chi, arrive=-1, nights=1, total_amount=Decimal(1_000_000)))
    memberships.enrol(aftercare.guest_of(aftercare.hold(stranger.id)), by=HOUSE)
    account = memberships.of(chi.id)
    account.joined_on = memberships.months_after(today(), 1)
    db.session.commit()
    assert earning.for_stay(stranger, by=HOUSE) == (None, None)


def test_points_follow_charges_that_are_put_right_and_never_go_below_zero(member, staying, holds):
    an = member()
    stay = leave(staying(an, arrive=-1, nights=1, total_amount=Decimal(5_000_000)))
    assert put_right(stay, total_extras=Decimal(1_000_000)) == "Given in addition: 100 points."
    assert put_right(stay, staff_notes="Tips well") == ""
    points.redeem(memberships.hold(an.id), 500, "amenity", by=HOUSE)
    said = put_right(stay, total_room_charge=Decimal(2_000_000))
    assert said == ("Taken back: 100 points. Spent already and not taken back: 200 points.")
    assert holds(an).balance == 0
    put_right(stay, total_room_charge=Decimal(5_000_000))  # the 200 were never taken
    assert rows_of(an) == [
        ("earn", "stay", 500), ("adjust", "stay", 100), ("redeem", "manual", -500),
        ("adjust", "stay", -100), ("adjust", "stay", 100),
    ]  # fmt: skip
    assert holds(an).balance == 100
    account, first = memberships.hold(an.id), earning.of_stay(stay)
    with pytest.raises(Conflict, match="Entry 5 put this one right since"):
        points.reverse(account, first, "never stayed", by=HOUSE)


def test_a_day_put_right_raises_the_tier_at_once(member, staying):
    an = member()
    memberships.of(an.id).joined_on = memberships.months_after(today(), -2)
    booking = staying(an, arrive=-15, nights=15, total_amount=Decimal(10_000))
    stay = leave(booking, check_out_date=today() - timedelta(days=1))
    assert put_right(stay, check_out_date=today()) == "The guest has reached the tier Silver."
    assert an.loyalty_tier == "silver"


def test_a_stay_that_brought_nothing_earns_when_its_charges_are_known_unless_it_was_reversed(
    member, staying, holds
):
    an = member()
    stay = leave(staying(an, arrive=-1, nights=1, room_rate=None, total_amount=None))
    put_right(stay, total_room_charge=Decimal(3_000_000))
    (row,) = db.session.scalars(select(Transaction).where(Transaction.customer_id == an.id))
    assert row.points == 300
    points.reverse(memberships.hold(an.id), row, "a friend of the house", by=HOUSE)
    db.session.commit()
    assert put_right(stay, total_room_charge=Decimal(4_000_000)) == ""
    assert holds(an).balance == 0


def test_a_check_out_that_raises_tier_and_level_stays_within_its_statements(
    member, past, staying, count_statements
):
    an = member()
    guest_id = an.id
    memberships.of(guest_id).joined_on = memberships.months_after(today(), -11)
    for days in (9, 19, 29, 39):
        past(an, days)
    booking_id = staying(an, arrive=-1, nights=1, total_amount=Decimal(5_000_000)).id
    db.session.remove()
    with count_statements() as said:
        services.check_out(bookings.hold(booking_id), {"satisfaction_score": 9}, by=HOUSE)
        db.session.commit()
    assert len(said) <= 40, "\n".join(said)
    guest = db.session.get_one(Customer, guest_id)
    assert (guest.loyalty_tier, guest.vip_status) == ("silver", "silver")
