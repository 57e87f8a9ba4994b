"""Tiers: figures of a period, what they reach, and how a tier goes up, down, or is given."""

from datetime import timedelta

from app.core.actor import HOUSE
from app.core.clock import today
from app.extensions import db
from app.loyalty import memberships, points, tiers


def ago(days):
    return today() - timedelta(days=days)


def test_figures_count_what_was_earned_and_stayed_within_the_period_since_joining(member, past):
    an = member()
    account = memberships.of(an.id)
    account.joined_on = ago(300)
    for days in (400, 301, 200, 10):  # each for two nights; the second ends the day after joining
        past(an, days)
    held = memberships.hold(an.id)
    row = points.earn(held, 70, source="dining", by=HOUSE)
    points.earn(held, 500, source="spa", by=HOUSE, earned_on=ago(320))
    points.earn(held, 900, source="spa", by=HOUSE, earned_on=ago(250))
    points.credited(held, 40, by=HOUSE, source="welcome", expires_on=None)
    points.adjust(held, 1000, "a gift", by=HOUSE)
    points.adjust(held, -100, "charges put right", by=HOUSE, source="stay", earned_date=ago(3))
    points.redeem(held, 300, "amenity", by=HOUSE)
    db.session.commit()
    found = tiers.progress(account, today())
    assert (found.tier, found.next.name, found.figures) == ("bronze", "silver", (870, 3, 6))
    assert found.needed == {"points": 1130, "stays": 2, "nights": 9}
    points.reverse(memberships.hold(an.id), row, "another guest’s", by=HOUSE)
    assert tiers.progress(account, today()).points == 800
    assert tiers.progress(account, ago(100)).figures == (900, 2, 4)
