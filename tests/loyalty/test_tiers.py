"""Tiers: figures of a period, what they reach, and how a tier goes up, down, or is given."""

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.core.actor import HOUSE
from app.core.clock import today
from app.core.crypto import vault
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.jobs import Claim
from app.customers import services as guests
from app.desk import news, parties
from app.extensions import db
from app.loyalty import (
    downgrades,
    enrolment,
    judging,
    memberships,
    points,
    programme,
    standings,
    steps,
    tiers,
)
from app.loyalty.models import Notice, TierStep

JOB = Claim(uuid.uuid4(), judging.KIND, {})


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


@pytest.fixture
def rules(app):
    """Sets rules of the programme, for one test: `rules(grace_days=0)`."""

    def put(**values):
        programme.change(replace(programme.current(), **values), by=HOUSE)
        db.session.commit()

    return put


def run():
    """One daily run."""
    judging.daily(JOB)
    db.session.expire_all()


def steps_of(guest):
    mine = select(TierStep).where(TierStep.customer_id == guest.id).order_by(TierStep.id)
    return [(s.kind, s.state, s.from_tier, s.to_tier) for s in db.session.scalars(mine)]


def notices_of(guest):
    mine = select(Notice).where(Notice.customer_id == guest.id).order_by(Notice.id)
    return [(n.kind, n.state, n.facts.get("to")) for n in db.session.scalars(mine)]


def gold(member, earned_on=None):
    """A gold member, by points of a day."""
    made = member()
    points.earn(
        memberships.hold(made.id), 4000, source="spa", by=HOUSE, earned_on=earned_on or today()
    )
    db.session.commit()
    return made


def test_a_tier_is_reached_at_once_whatever_brings_it_and_the_guest_is_to_be_told(
    member, past, audited
):
    an, chi, dung = gold(member), member(name="Trần Chi"), member(name="Lê Dung")
    assert (an.loyalty_tier, steps_of(an)[-1]) == ("gold", ("upgrade", "done", "bronze", "gold"))
    assert notices_of(an) == [("tier_upgrade", "waiting", "gold")]
    for guest in (chi, dung):
        memberships.of(guest.id).joined_on = ago(300)
        for days in (9, 19, 29, 39, 49):
            past(guest, days)
    db.session.commit()
    vault().destroy(dung.id)
    run()  # stays that were imported
    assert (chi.loyalty_tier, dung.loyalty_tier) == ("silver", "silver"), (
        "a broken key stops nobody"
    )
    assert audited("tier.raised") == ["done"] * 3
    run()
    assert len(steps_of(chi)) == 2


def test_who_falls_short_has_time_then_a_manager_decides_and_nothing_is_done_twice(
    member, pass_days, rules
):
    an = gold(member)
    pass_days(364)
    run()
    assert steps_of(an)[-1] == ("upgrade", "done", "bronze", "gold")
    pass_days(1)
    run(), run()
    assert steps_of(an)[2:] == [("downgrade", "grace", "gold", "bronze")]
    pass_days(60)
    run()
    assert steps_of(an)[-1][1] == "grace"
    pass_days(1)
    run(), run()
    assert steps_of(an)[2:] == [("downgrade", "proposed", "gold", "bronze")]
    assert an.loyalty_tier == "gold"


def proposal(member, pass_days, rules):
    """A gold member whose downgrade to bronze waits, and its step."""
    an = gold(member)
    rules(grace_days=0)
    pass_days(366)
    run()
    step = db.session.scalar(select(TierStep).where(TierStep.state == "proposed"))
    return an, step


def test_a_manager_lowers_a_tier_or_keeps_it_and_the_second_word_changes_nothing(
    member, pass_days, rules, actor_of
):
    an, step = proposal(member, pass_days, rules)
    with pytest.raises(NotAllowed):
        downgrades.decide(step.id, lower=True, reason="", by=actor_of("guest_relations"))
    for wrong in (today(), date(2199, 1, 1)):
        with pytest.raises(Invalid):
            downgrades.decide(step.id, lower=False, reason="", by=HOUSE, kept_until=wrong)
    until = today() + timedelta(days=90)
    boss = actor_of("manager")
    said = {"lower": False, "reason": "a regular", "by": boss, "kept_until": until}
    assert downgrades.decide(step.id, **said) == "kept"
    assert downgrades.decide(step.id, **said) == "decided"
    db.session.commit()
    run()
    assert steps_of(an)[2:] == [("downgrade", "refused", "gold", "bronze")]
    pass_days(91)
    run()  # what was promised is over, so there is no further grace
    step = db.session.scalar(select(TierStep).where(TierStep.state == "proposed"))
    assert downgrades.decide(step.id, lower=True, reason="", by=boss) == "lowered"
    db.session.commit()
    assert (an.loyalty_tier, memberships.of(an.id).tier_kept_until) == ("bronze", None)
    assert notices_of(an) == [
        ("tier_upgrade", "dropped", "gold"), ("tier_downgrade", "waiting", "bronze")
    ]  # fmt: skip


def test_a_proposal_that_no_longer_holds_lapses_and_one_that_changed_is_looked_at_again(
    member, pass_days, rules
):
    an, step = proposal(member, pass_days, rules)
    points.earn(memberships.hold(an.id), 2000, source="spa", by=HOUSE)
    assert downgrades.decide(step.id, lower=True, reason="", by=HOUSE) == "changed"
    assert (step.to_tier, step.progress["points"]) == ("silver", 2000)
    assert [row.guest.id for row in downgrades.waiting(9)] == [an.id]
    points.earn(memberships.hold(an.id), 2000, source="dining", by=HOUSE)
    assert downgrades.decide(step.id, lower=True, reason="", by=HOUSE) == "lapsed"
    db.session.commit()
    assert an.loyalty_tier == "gold"
    points.earn(memberships.hold(an.id), 4000, source="dining", by=HOUSE)
    assert an.loyalty_tier == "platinum"


def test_nothing_is_left_to_decide_about_who_is_no_member_any_more(member, pass_days, rules):
    an, step = proposal(member, pass_days, rules)
    points.adjust(memberships.hold(an.id), -4000, "leaves", by=HOUSE)
    memberships.close(*memberships.hold(an.id), "leaves", by=HOUSE)
    db.session.commit()
    assert downgrades.waiting(9) == []
    run()
    assert step.state == "lapsed"


def test_a_tier_by_hand_holds_to_the_end_of_its_day_and_only_such_a_one_is_lowered_by_hand(
    member, pass_days, rules, actor_of
):
    an, chi = member(), gold(member)
    until, boss = today() + timedelta(days=30), actor_of("manager")
    rules(grace_days=60)
    with pytest.raises(NotAllowed):
        steps.grant(memberships.hold(an.id), "gold", until, "why", by=actor_of("front_desk"))
    for wrong, when in (("diamond", until), ("gold", ago(1)), ("gold", ago(-9999))):
        with pytest.raises(Invalid):
            steps.grant(memberships.hold(an.id), wrong, when, "why", by=boss)
    with pytest.raises(Conflict, match="earned a higher tier"):
        steps.grant(memberships.hold(chi.id), "silver", until, "why", by=boss)
    for tier in ("platinum", "gold", "gold"):  # the first was a mistake
        steps.grant(memberships.hold(an.id), tier, until, "from a partner hotel", by=boss)
    db.session.commit()
    assert (an.loyalty_tier, memberships.of(an.id).tier_kept_until) == ("gold", until)
    assert notices_of(an)[-1] == ("tier_downgrade", "waiting", "gold")
    pass_days(30)
    run()
    assert steps_of(an)[-1][:2] == ("granted", "done")
    pass_days(1)
    run()
    assert steps_of(an)[-1] == ("downgrade", "proposed", "gold", "bronze")


def test_of_calendar_years_a_tier_is_kept_through_the_one_after_it_was_reached(member, rules):
    an, year = gold(member), today().year
    rules(period="calendar_year")
    account = memberships.of(an.id)
    found = [tiers.progress(account, date(year + n, 12, 31)) for n in (0, 1, 2)]
    assert [(each.reached, each.held) for each in found] == [
        ("gold", "gold"), ("bronze", "gold"), ("bronze", "bronze")
    ]  # fmt: skip
    judging.judge([account.id], date(year + 1, 12, 31))
    assert steps_of(an)[-1][0] == "upgrade"
    judging.judge([account.id], date(year + 2, 1, 1))
    assert steps_of(an)[-1] == ("downgrade", "grace", "gold", "bronze")


def test_all_members_are_searched_by_the_very_figures_that_one_is_judged_by(member, past, rules):
    an, chi, dung = member(), gold(member, earned_on=ago(200)), member(name="Lê Dung")
    for guest, days in ((an, 10), (an, 200), (an, 399), (chi, 20)):
        past(guest, days)
    for guest in (an, chi):
        memberships.of(guest.id).joined_on = ago(300)
    points.adjust(memberships.hold(an.id), 900, "a gift", by=HOUSE)
    points.adjust(memberships.hold(chi.id), -100, "", by=HOUSE, source="stay", earned_date=ago(3))
    steps.grant(memberships.hold(dung.id), "platinum", today(), "a friend", by=HOUSE)
    db.session.commit()
    every = [memberships.of(guest.id) for guest in (an, chi, dung)]
    for period in programme.PERIODS:
        rules(period=period)
        own = programme.current()
        found = {row.id: row[3:] for row in db.session.execute(standings.figures(own, today()))}
        one_by_one = tiers.figures(every, today(), own)
        assert found == {each.id: tuple(one_by_one[each.id]) for each in every}, period
    assert standings.find(own, today()) == [every[1].id], "3,900 points are less than gold"
    tomorrow = today() + timedelta(days=1)
    assert set(standings.find(own, tomorrow)) == {each.id for each in every[1:]}, "kept no longer"


def test_welcome_points_come_once_and_do_not_count_for_a_tier(guest, rules, holds, actor_of):
    rules(welcome_points=5000)
    an, chi = guests.hold(guest().id), guests.hold(guest("Trần Chi").id)
    with pytest.raises(NotAllowed):
        enrolment.enrol(an, by=actor_of("marketing"))
    for _ in range(2):
        enrolment.enrol(an, by=actor_of("front_desk"))
    enrolment.enrol(chi, by=HOUSE, number="OLD-77")
    db.session.commit()
    assert (holds(an).balance, an.loyalty_tier, holds(chi).balance) == (5000, "bronze", 0)
    assert [n[0] for n in notices_of(an)] == ["welcome"]
    points.adjust(memberships.hold(an.id), -5000, "leaves", by=HOUSE)
    memberships.close(*memberships.hold(an.id), "leaves", by=HOUSE)
    enrolment.enrol(an, by=HOUSE)
    assert holds(an).balance == 0


def test_the_desk_offers_what_a_higher_tier_brings_to_whom_it_is_shared_with(
    as_role, member, guest, tie, book
):
    chi, an, duc = gold(member), guest("Nguyễn Văn An"), member(name="Đỗ Đức")
    of_an, _, of_chi = [book(whose) for whose in (an, duc, chi)]
    shared, desk = f"Gold, shared by {chi.full_name}", as_role("front_desk")
    tie(chi, "spouse", an, share_loyalty_benefits=True)
    tie(chi, "parent", duc)  # who may not share them
    assert desk.get("/desk").text.count(shared) == 1
    concerned = news.concerned(news.News(guests={chi.id}), parties.places(today()))
    assert concerned == {of_an.id, of_chi.id}  # an open board learns of a new tier
    assert shared in desk.get(f"/desk/bookings/{of_an.id}/check-in").text
    chi = guests.hold(chi.id)
    chi.loyalty_tier = "bronze"
    enrolment.enrol(guests.hold(an.id), by=HOUSE)
    db.session.commit()
    assert "shared by" not in desk.get("/desk").text  # it brings no more than An's own
