"""One definition, two ways to reckon: Python for one guest, SQL for the whole base."""

import uuid
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import delete, func, select, update

from app.core.clock import today
from app.core.jobs import Claim
from app.core.types import new_id
from app.customers import services as guests
from app.customers.models import Customer
from app.extensions import db
from app.segments import counting, facts, finding, keeping, report, run
from app.segments.definition import COLUMNS, NOBODY, QUESTION_OF, QUESTIONS, answers, names_in
from app.segments.models import GuestSegments
from app.segments.rules import RUN, current, usual
from app.stays.models import Stay
from app.stays.vocabulary import PURPOSES
from tests.dying import killed_at_commit

JOB = Claim(new_id(), RUN, {})


def stored() -> dict[uuid.UUID, dict[str, object]]:
    rows = db.session.execute(select(GuestSegments.__table__)).mappings()
    return {row["customer_id"]: {name: row[name] for name in COLUMNS} for row in rows}


def of(guest_id: uuid.UUID) -> list[str]:
    return list(names_in(stored()[guest_id]))


def test_python_and_sql_agree_on_ten_thousand_random_guests(crowd, count_statements):
    crowd(10_000)
    assert run.run(JOB) == len(stored())
    rules, day, kept = current(), today(), stored()
    rows = db.session.execute(select(Stay.__table__)).all()
    by_guest: dict[uuid.UUID, list[object]] = {}
    for row in rows:
        by_guest.setdefault(row.customer_id, []).append(row)
    for guest in db.session.execute(select(Customer.__table__)):
        if guest.status != "active":
            assert guest.id not in kept
            continue
        known = facts.Facts(
            *(getattr(guest, name) for name in facts.KEPT),
            purpose=plainly(by_guest.get(guest.id, [])),
            open_complaint=any(stay.has_open_complaint for stay in by_guest.get(guest.id, [])),
        )
        assert kept[guest.id] == answers(known, rules, day)
    for name, question in QUESTION_OF.items():
        source = finding.members([name])
        others = [] if source is None else [Customer.id.in_(source)]
        asked = finding.narrow([name])(Customer) + others
        ids = db.session.scalars(select(Customer.id).where(Customer.status == "active", *asked))
        wanted = {k for k, row in kept.items() if row[question.name] in (name, True)}
        assert set(ids) == wanted, name
    found = {name for row in kept.values() for name in names_in(row)}
    assert {each.name for question in QUESTIONS for each in question.cases if each.name} == found
    with count_statements() as said:
        assert run.run(JOB) == 0
    assert not [each for each in said if "guest_segments" in each and "INSERT" in each]


def plainly(stays) -> str | None:
    """The most frequent purpose, by trying each against all others."""
    purposes = [stay.purpose_of_visit for stay in stays if stay.purpose_of_visit]
    ranked = sorted(
        set(purposes),
        key=lambda purpose: (
            -purposes.count(purpose),
            -max(s.check_in_date for s in stays if s.purpose_of_visit == purpose).toordinal(),
            list(PURPOSES).index(purpose),
        ),
    )
    return ranked[0] if ranked else None


def test_every_threshold_begins_where_the_specification_says(app):
    rules, day = usual(), today()
    million = Decimal(1_000_000)
    table = [
        ({"total_spent": 100 * million}, "high_value"),
        ({"total_spent": 100 * million - Decimal("0.001")}, "medium_value"),
        ({"total_spent": 50 * million}, "medium_value"),
        ({"total_spent": 50 * million - 1}, "low_value"),
        ({"total_stays": 10}, "frequent_guest"), ({"total_stays": 9}, "regular_guest"),
        ({"total_stays": 5}, "regular_guest"), ({"total_stays": 4}, "returning_guest"),
        ({"total_stays": 2}, "returning_guest"), ({"total_stays": 1}, "new_guest"),
        ({"last_stay_date": day}, "recent_guest"),
        ({"last_stay_date": day - timedelta(days=30)}, "recent_guest"),
        ({"last_stay_date": day - timedelta(days=31)}, "active_guest"),
        ({"last_stay_date": day - timedelta(days=90)}, "active_guest"),
        ({"last_stay_date": day - timedelta(days=91)}, "lapsed_guest"),
        ({"last_stay_date": day - timedelta(days=365)}, "lapsed_guest"),
        ({"last_stay_date": day - timedelta(days=366)}, "dormant_guest"),
        ({"average_stay_length": Decimal(7)}, "long_stay"), ({"no_show_count": 1}, "risky"),
        ({"total_cancellations": 3}, "risky"), ({"open_complaint": True}, "requires_attention"),
        ({"loyalty_member": True, "loyalty_tier": "gold"}, "loyalty_gold"),
        ({"loyalty_member": True}, "loyalty_bronze"), ({"purpose": "event"}, "event_traveler"),
    ]  # fmt: skip
    for values, name in table:
        assert name in names_in(answers(NOBODY._replace(**values), rules, day)), values
    near = {"total_cancellations": 2, "average_stay_length": Decimal("6.9"), "loyalty_tier": "gold"}
    nothing = ["low_value", "new_guest"]
    assert list(names_in(answers(NOBODY._replace(**near), rules, day))) == nothing
    assert list(names_in(answers(NOBODY, rules, day))) == nothing


def test_a_run_mends_what_changed_and_takes_away_who_is_gone(crowd, guest):
    crowd(300)
    run.run(JOB)
    before = stored()
    an = guest("Đỗ Đức")
    one, two, three = sorted(before)[:3]
    by_id = {"one": Customer.id == one, "two": Customer.id == two}
    db.session.execute(update(Customer).where(by_id["one"]).values(status="erased"))
    db.session.execute(update(Customer).where(by_id["two"]).values(total_spent=Decimal(10**9)))
    db.session.execute(delete(GuestSegments).where(GuestSegments.customer_id == three))
    db.session.commit()
    assert run.run(JOB) == 4
    after = stored()
    assert set(after) == set(before) - {one} | {an.id}
    assert (after[two]["value"], after[three]) == ("high_value", before[three])
    assert of(an.id) == ["low_value", "new_guest"]


def test_a_run_in_small_portions_comes_to_the_same(crowd, monkeypatch):
    crowd(100)
    run.run(JOB)
    whole = stored()
    db.session.execute(delete(GuestSegments))
    db.session.commit()
    monkeypatch.setattr(counting, "PORTION", 7)
    monkeypatch.setattr(run, "BATCH", 3)
    assert run.run(JOB) == len(whole)
    assert stored() == whole


def test_a_run_killed_between_is_ended_by_the_next_and_leaves_whole_portions(crowd, monkeypatch):
    crowd(60)
    active = select(func.count()).where(Customer.status == "active")
    number = db.session.scalar(active)
    monkeypatch.setattr(run, "BATCH", 10)
    killed_at_commit(3, lambda: run.daily(JOB))
    assert (len(stored()), keeping.kept()) == (20, None)
    rest = -(-(number - 20) // 10)
    killed_at_commit(rest + 3, lambda: run.daily(JOB))  # progress, trail, and the report's own
    assert (len(stored()), keeping.kept()) == (number, None)
    run.daily(JOB)
    assert run.run(JOB) == 0
    assert keeping.kept().report == report.report(usual(), today())


def test_one_guest_is_brought_up_to_date_by_few_statements(guest, past, count_statements):
    an = guest("Đỗ Đức")
    past(an, 40, purpose_of_visit="leisure")
    past(an, 20, purpose_of_visit="business", has_open_complaint=True)
    held = guests.hold(an.id)
    held.total_stays, held.last_stay_date = 2, today() - timedelta(days=18)
    held.total_spent = Decimal(60_000_000)
    db.session.flush()
    with count_statements() as said:
        counting.refresh(held)
    assert len(said) == 2
    assert of(an.id) == ["medium_value", "returning_guest", "recent_guest", "business_traveler",
                         "requires_attention"]  # fmt: skip
    held.total_spent = Decimal(0)
    counting.refresh(held)
    assert of(an.id)[0] == "low_value"


def test_a_day_has_one_run_which_keeps_its_report_and_whoever_asks_has_another(crowd, pass_days):
    crowd(50)
    run.daily(JOB)
    first = keeping.kept()
    assert (first.day, first.rules) == (today(), usual())
    assert first.report == report.report(usual(), today())
    assert first.worths == report.lifetime_values() != []
    db.session.execute(delete(Customer))
    db.session.commit()
    run.daily(JOB)
    assert keeping.kept() == first
    run.daily(Claim(new_id(), RUN, {"anew": True}))
    assert (keeping.kept().report.everybody, keeping.kept().worths) == (report.Group(), [])
    crowd(5)
    pass_days(1)
    run.daily(JOB)
    assert keeping.kept().day == first.day + timedelta(days=1)
    assert keeping.kept().report.everybody.guests > 0
