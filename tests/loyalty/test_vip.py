"""VIP levels: reached by figures, given by hand, and the same for one guest as for all."""

import itertools
import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import false, func, or_, select, update

from app.core import audit, house_settings
from app.core.actor import HOUSE
from app.core.audit import AuditEntry
from app.core.clock import today
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.jobs import Claim, LeaseLost
from app.core.types import new_id
from app.customers import edits, search, services
from app.customers import vip as levels
from app.customers.models import Customer, VipChange
from app.customers.search.rank import rank_key
from app.extensions import db
from app.imports import stages
from app.loyalty.models import Notice
from app.loyalty.vip import criteria, evaluation, grants, rules, run
from tests.dying import killed_at_commit

MILLION = 1_000_000
JOB = Claim(new_id(), run.KIND, {})


def history(guest):
    rows = select(VipChange).where(VipChange.customer_id == guest.id)
    return [
        (r.kind, r.from_level, r.to_level)
        for r in db.session.scalars(rows.order_by(VipChange.changed_at, VipChange.id))
    ]


def notices(guest, state="waiting"):
    rows = select(Notice).where(Notice.customer_id == guest.id, Notice.state == state)
    return [(n.kind, n.facts["from"], n.facts["to"]) for n in db.session.scalars(rows)]


REACHED = {
    "nothing": ((0, 0, 0), "none", None),
    "just below silver": ((19_999_999, 4, 1_999), "none", None),
    "silver by money": ((20 * MILLION, 0, 0), "silver", "total_spent"),
    "silver by stays": ((0, 5, 0), "silver", "total_stays"),
    "silver by points": ((0, 0, 2_000), "silver", "loyalty_points"),
    "gold by stays over silver by money": ((30 * MILLION, 12, 0), "gold", "total_stays"),
    "platinum by points": ((0, 0, 19_999), "platinum", "loyalty_points"),
    "diamond by money": ((200 * MILLION, 1, 0), "diamond", "total_spent"),
}


def test_any_one_figure_reaches_a_level(having):
    for what, ((spent, stays, points), level, met) in REACHED.items():
        an = having(what, spent=spent, stays=stays, points=points)
        assert criteria.reached(an, rules.current()) == (level, met), what
        change = evaluation.evaluate(an, by=HOUSE)
        assert an.vip_status == level
        if level == "none":
            assert (change, an.vip_source, an.vip_status_expiry) == (None, None, None)
            continue
        assert (change.kind, change.figures["met"]) == ("upgrade", met)
        assert an.vip_status_expiry == today() + timedelta(days=365)
        assert an.vip_source == "earned"
        assert notices(an) == [("vip_upgrade", "none", level)]
        assert evaluation.evaluate(an, by=HOUSE) is None


def test_from_gold_to_silver_is_a_downgrade_and_what_was_not_told_yet_is_dropped(having):
    an = having(stays=12)
    evaluation.evaluate(an, by=HOUSE)
    db.session.execute(update(Notice).values(state="told"))
    an.total_stays = 7
    change = evaluation.evaluate(an, by=HOUSE)
    assert (change.kind, change.from_level, change.to_level) == ("downgrade", "gold", "silver")
    assert notices(an) == [("vip_downgrade", "gold", "silver")]
    an.total_stays = 0
    assert evaluation.evaluate(an, by=HOUSE).to_level == "none"
    assert notices(an) == [("vip_downgrade", "gold", "none")]  # of silver nobody had told
    assert notices(an, "dropped") == [("vip_downgrade", "gold", "silver")]
    assert (an.vip_source, an.vip_status_expiry) == (None, None)
    an.total_stays = 12
    assert evaluation.evaluate(an, by=HOUSE).to_level == "gold"
    assert notices(an) == []  # the guest knows no better
    assert [kind for kind, *_ in history(an)] == ["upgrade", "downgrade", "downgrade", "upgrade"]


def test_what_a_hand_gave_is_kept_to_its_last_day_and_figures_may_raise_it(having, pass_days):
    an, end = having(stays=6), today() + timedelta(days=30)
    grants.grant(an, "gold", end, "Owner’s friend", by=HOUSE)
    assert evaluation.evaluate(an, by=HOUSE) is None
    an.total_stays = 16
    assert evaluation.evaluate(an, by=HOUSE).to_level == "platinum"
    an.total_stays = 6  # three stays moved to another guest: the grant is still in force
    change = evaluation.evaluate(an, by=HOUSE)
    assert (change.kind, change.to_level, change.expires_on) == ("downgrade", "gold", end)
    assert an.vip_source == "hand"
    pass_days(30)
    assert evaluation.evaluate(an, by=HOUSE) is None
    pass_days(1)
    change = evaluation.evaluate(an, by=HOUSE)
    assert (change.kind, change.from_level, change.to_level) == ("lapsed", "gold", "silver")
    assert (an.vip_source, an.vip_status_expiry) == ("earned", today() + timedelta(days=365))


def test_an_earned_level_is_looked_at_anew_after_a_year_and_kept_for_it_where_a_house_says_so(
    having, pass_days
):
    an = having(points=5_000)
    evaluation.evaluate(an, by=HOUSE)
    pass_days(366)
    assert evaluation.evaluate(an, by=HOUSE) is None
    assert an.vip_status_expiry == today() + timedelta(days=365)
    assert [kind for kind, *_ in history(an)] == ["upgrade"]
    usual = rules.usual()
    rules.change(rules.VipRules(usual.levels, keeps_earned=True), by=HOUSE)
    an.loyalty_points = 10
    assert evaluation.evaluate(an, by=HOUSE) is None
    pass_days(366)
    assert evaluation.evaluate(an, by=HOUSE).to_level == "none"


def test_who_sets_a_level_in_the_profile_or_by_the_api_gives_it_by_hand(having, actor_of, person):
    an, chi = having(stays=1), person("guest_relations", name="Lê Chi").actor
    services.update(an, {"vip_status": "gold"}, by=chi)
    assert (an.vip_source, history(an)) == ("hand", [("granted", "none", "gold")])
    assert notices(an) == [("vip_upgrade", "none", "gold")]
    services.update(an, {"city": "Huế"}, by=HOUSE)
    end = today() + timedelta(days=9)
    services.update(an, {"vip_status_expiry": end}, by=chi)
    assert (history(an)[-1], an.vip_status_expiry) == (("granted", "gold", "gold"), end)
    changes = services.update(an, {"vip_status": "none"}, by=chi)
    assert changes["vip_status_expiry"] == (end, None)
    assert (an.vip_source, history(an)[-1]) == (None, ("lifted", "gold", "none"))
    assert services.update(an, {"vip_status_expiry": None}, by=chi) == {}
    made = services.create({"full_name": "Bình", "vip_status": "silver"}, by=chi)
    assert (made.vip_source, history(made)) == ("hand", [("granted", "none", "silver")])
    with pytest.raises(NotAllowed):
        services.update(an, {"vip_status": "gold"}, by=actor_of("front_desk"))
    gone = {"vip_status": "gold", "vip_status_expiry": today() - timedelta(days=1)}
    with pytest.raises(Invalid, match="over"):
        services.update(an, gone, by=chi)


def test_a_grant_says_why_and_is_given_once_however_often_it_is_sent(having, actor_of):
    an, form = having(stays=6), new_id()
    for _ in range(2):
        grants.grant(an, "gold", None, "Wedding of 80", by=HOUSE, change_id=form)
    assert history(an) == [("granted", "none", "gold")]
    refused = {
        "the same again": (("gold", None), Conflict, "has that level"),
        "less than figures reach": (("none", None), Invalid, "reach"),
        "a day that is over": (("gold", today() - timedelta(days=1)), Invalid, "over"),
        "no level at all": (("emerald", None), Invalid, "list"),
    }
    for what, ((level, until), kind, says) in refused.items():
        if level == "none":
            level, an.total_stays = "gold", 17
        with pytest.raises(kind, match=says):
            grants.grant(an, level, until, "x", by=HOUSE)
        an.total_stays = 6
        assert history(an) == [("granted", "none", "gold")], what
    with pytest.raises(Conflict, match="another guest"):
        grants.grant(having("Bình"), "gold", None, "x", by=HOUSE, change_id=form)
    for deed in (lambda by: grants.grant(an, "gold", None, "x", by=by),
                 lambda by: grants.lift(an, "x", by=by)):  # fmt: skip
        with pytest.raises(NotAllowed):
            deed(actor_of("front_desk"))


def test_lifting_gives_back_what_the_figures_reach_in_one_step(having):
    an = having(stays=6)
    grants.grant(an, "platinum", None, "Owner’s friend", by=HOUSE)
    change = grants.lift(an, "Moved away", by=HOUSE)
    assert (change.kind, change.to_level, change.reason) == ("lifted", "silver", "Moved away")
    assert notices(an) == [("vip_upgrade", "none", "silver")]  # nobody had told of platinum
    assert (an.vip_source, evaluation.evaluate(an, by=HOUSE)) == ("earned", None)
    with pytest.raises(Conflict, match="Nothing was given"):
        grants.lift(an, "again", by=HOUSE)


def test_after_a_merge_the_better_of_what_was_given_goes_on(having):
    an, other = having(stays=6), having("An Đỗ")
    grants.grant(other, "platinum", today(), "Owner’s friend", by=HOUSE)
    assert evaluation.merged(an, other, by=HOUSE) is None
    assert (an.vip_status, an.vip_source, an.vip_status_expiry) == ("platinum", "hand", today())
    assert evaluation.merged(other, having("Chi"), by=HOUSE) is None


def test_the_blacklisted_and_the_merged_stay_as_they_are(having):
    for columns in ({"is_blacklisted": True}, {"status": "merged"}):
        an = having(stays=30, **columns)
        assert evaluation.evaluate(an, by=HOUSE) is None
        run.run(JOB)
        db.session.refresh(an)
        assert (an.vip_status, history(an)) == ("none", [])


def random_guest(dice, number):
    """Figures on both sides of each threshold, with any level from any source to any day."""
    level = dice.choice(levels.LEVELS)
    source = dice.choice(("hand", "earned", None)) if level != "none" else None
    day = dice.choice((None, *(today() + timedelta(days=n) for n in (-400, -1, 0, 1, 200))))
    edge = dice.choice((0, -1, 1))
    return {
        "full_name": f"Guest {number}",
        "total_spent": Decimal(dice.choice((0, 20, 50, 100, 200)) * MILLION + edge),
        "total_stays": max(0, dice.choice((0, 0, 5, 10, 15, 20)) + edge),
        "loyalty_points": max(0, dice.choice((0, 0, 2_000, 5_000, 10_000, 20_000)) + edge),
        "vip_status": level, "vip_source": source,
        "vip_status_expiry": day if level != "none" else None,
        "is_blacklisted": dice.random() < 0.05,
        "status": dice.choice(("active",) * 9 + ("erased",)),
    }  # fmt: skip


def twins(dice, first, count):
    """So many random guests, each twice; commits."""
    numbers = itertools.count(first)
    pairs = []
    for _ in range(count):
        columns = random_guest(dice, len(pairs))
        pairs.append([
            Customer(customer_code=f"C2024{n}", number=n, version=1, **columns)
            for n in itertools.islice(numbers, 2)
        ])  # fmt: skip
    db.session.add_all(each for pair in pairs for each in pair)
    db.session.commit()
    return pairs


def told(model, *names):
    """What rows of a table say, by guest."""
    found = {}
    for row in db.session.scalars(select(model).order_by(model.id)):
        found.setdefault(row.customer_id, []).append([getattr(row, name) for name in names])
    return found


def test_the_run_over_all_decides_as_one_by_one_and_a_second_run_finds_nothing(app):
    dice = random.Random(20241213)
    run.run(JOB)  # the first of all, which tells nobody
    for first, count in ((1000, 60), (2000, 30)):
        if first == 2000:
            rules.change(rules.VipRules(rules.usual().levels, keeps_earned=True), by=HOUSE)
        pairs, own = twins(dice, first, count), rules.current()
        asked = select(Customer.id, criteria.reached_in_sql(own))
        sql = {row[0]: row[1] for row in db.session.execute(asked)}
        for one, _other in pairs:
            assert sql[one.id] == criteria.reached(one, own)[0]
            evaluation.evaluate(one, by=HOUSE)
        db.session.commit()
        run.run(JOB)
        db.session.expire_all()
        changes = told(VipChange, "kind", "from_level", "to_level", "expires_on", "figures")
        news = told(Notice, "kind", "state", "facts")
        for one, other in pairs:
            for name in (*evaluation.COLUMNS, "version"):
                assert getattr(one, name) == getattr(other, name), (one, name)
            assert changes.get(one.id) == changes.get(other.id)
            assert news.get(one.id) == news.get(other.id)
        again = run.run(JOB)
        assert (again.raised, again.lowered, again.renewed) == (0, 0, 0)


def test_a_run_killed_between_is_ended_by_the_next_and_changes_nothing_twice(having, monkeypatch):
    run.run(JOB)  # the first of all, which tells nobody
    several = [having(f"Riser {number}", stays=12).id for number in range(7)]
    monkeypatch.setattr(run, "PORTION", 2)
    killed_at_commit(3, lambda: run.run(JOB))

    def found():
        gold = [guest for guest in map(services.get, several) if guest.vip_status == "gold"]
        trail = select(func.count()).where(AuditEntry.action == "vip.upgraded")
        rows = [db.session.scalar(select(func.count(of.id))) for of in (VipChange, Notice)]
        ranked = [
            search.models.SearchRow.key == rank_key("gold", None, guest.number) for guest in gold
        ]
        keys = select(func.count(search.models.SearchRow.key)).where(or_(false(), *ranked))
        return [len(gold), *rows, db.session.scalar(trail), db.session.scalar(keys)]

    assert found() == [4] * 5
    assert run.run(JOB).raised == 3
    db.session.expire_all()
    assert found() == [7] * 5


def test_search_finds_by_the_new_rank_and_an_open_form_learns_of_the_run(having, count_statements):
    an = having(stays=12)
    version = an.version
    with pytest.raises(LeaseLost):  # a worker that lost its job writes nothing, nor that it ran
        run.run(Claim(new_id(), run.KIND, {}, worker="gone"))
    db.session.rollback()
    assert (history(an), run.last_ran()) == ([], None)
    run.run(JOB)
    db.session.refresh(an)
    assert notices(an) == []  # nobody is told of what a house's first run finds
    (key,) = db.session.scalars(
        select(search.models.SearchRow.key).where(search.models.SearchRow.customer_id == an.id)
    )
    assert key == rank_key("gold", None, an.number)
    meanwhile = edits.since(an, version)
    assert meanwhile.complete
    assert {change.field for change in meanwhile.changes} == {"vip_status", "vip_status_expiry"}
    (ran,) = db.session.scalars(
        select(audit.AuditEntry).where(audit.AuditEntry.action == "vip.ran")
    )
    assert audit.payloads([ran])[ran.id]["raised"] == 1
    with count_statements() as said:
        run.daily(JOB)  # the second of the day looks no further than that it is one
    assert len([s for s in said if not s.startswith("BEGIN")]) == 1


def test_thresholds_and_days_are_the_houses_and_kept_by_version(having, actor_of):
    usual = rules.usual()
    silver = rules.Level("silver", None, 1, None, ("A fruit basket",))
    own = rules.VipRules((silver, *usual.levels[1:]), days=30)
    with pytest.raises(NotAllowed):
        rules.change(own, by=actor_of("guest_relations"))
    rules.change(own, by=HOUSE)
    rules.change(own, by=HOUSE)  # sent twice
    with pytest.raises(Conflict, match="meanwhile"):
        rules.change(replace(own, days=60), by=HOUSE)
    assert rules.current() == own
    assert house_settings.stored("vip")[1] == rules.current().version == 1
    assert rules.benefits(own, "silver") == ["A fruit basket"]
    an = having(stays=1)
    assert evaluation.evaluate(an, by=HOUSE).expires_on == today() + timedelta(days=30)


def test_an_import_gives_levels_by_hand_and_takes_them_back_with_the_guests(imported, stage):
    batch = imported("guest_id,last_name,vip\n1,An,gold\n2,Bình,none\n3,Chi,0\n")
    rows = db.session.scalars(select(VipChange)).all()
    assert [(row.kind, row.to_level, row.changed_name) for row in rows] == [
        ("granted", "gold", HOUSE.name)
    ]
    an = services.hold(rows[0].customer_id)
    assert (an.vip_source, evaluation.evaluate(an, by=HOUSE)) == ("hand", None)
    assert stage(batch.id, stages.UNDO).counts["undone"] == 3
    assert db.session.scalars(select(VipChange)).all() == []
