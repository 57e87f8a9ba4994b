"""Learning from stays: what they agree on is suggested, fades, and never speaks over the guest."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core.actor import HOUSE
from app.core.audit import AuditEntry
from app.core.errors import Conflict, NotAllowed, NotFound
from app.customers import services as guests
from app.extensions import db
from app.preferences import origins, services, suggestions
from app.preferences.learning import LEAST, StayFacts, learn

KING = {"room_type": "Deluxe King Ocean View", "room_number": "1204"}
TWIN = {"room_type": "Standard Twin City View", "room_number": "304"}


def found(rows):
    return {(row.field, row.option): (row.confidence, len(row.stays), len(row.against))
            for row in rows}  # fmt: skip


def test_four_of_five_stays_rated_eight_or_better_suggest_a_king_bed(held, stay):
    stays = [*(stay(n, 8, **KING) for n in range(4)), stay(5, 10, **TWIN), stay(6, 7, **TWIN)]
    rows = found(learn(held, stays, by=HOUSE))
    assert rows == {
        ("bed_type", "king"): (80, 4, 1), ("view_preference", "sea"): (80, 4, 1),
        ("floor_preference", "specific:12"): (80, 4, 1),
        ("room_type_preference", "Deluxe King Ocean View"): (80, 4, 1),
    }  # fmt: skip


def test_learning_twice_changes_nothing(held, stay):
    stays = [stay(n, 9, **KING, minibar=["Coke Zero"]) for n in range(3)]
    first = learn(held, stays, by=HOUSE)
    before = [(row.id, row.noted_at, row.confidence) for row in first]
    db.session.flush()
    count = len(list(db.session.scalars(select(AuditEntry.id))))
    again = learn(held, list(reversed(stays)), by=HOUSE)
    assert [(row.id, row.noted_at, row.confidence) for row in again] == before
    assert len(list(db.session.scalars(select(AuditEntry.id)))) == count


@pytest.mark.parametrize("score", [None, 1, 7])
def test_a_room_counts_only_when_the_guest_was_satisfied(held, stay, score):
    assert learn(held, [stay(n, score, **KING) for n in range(5)], by=HOUSE) == []


def test_one_stay_is_no_habit(held, stay):
    assert learn(held, [stay(0, 10, **KING, minibar=["beer"])], by=HOUSE) == []


@pytest.mark.parametrize(
    ("facts", "expected"),
    [({"minibar": ["Coke Zero", "Beer"]}, {("minibar_stock", "Coke Zero"),
                                           ("minibar_stock", "beer")}),
     ({"services_used": ["spa", "Airport transfer", "golf", "laundry"]},
      {("spa_interest", "yes"), ("airport_transfer", "required"),
       ("preferred_activities", "golf")}),
     ({"fulfilled_requests": ["A quiet room on a high floor, please"]},
      {("room_location", "quiet"), ("room_location", "high_floor")}),
     ({"fulfilled_requests": ["Cho thêm khăn tắm", "extra towels"]},
      {("bathroom_amenities", "extra_towels")}),
     ({"purpose": "business"}, {("work_desk_required", "yes")}),
     ({"purpose": "leisure"}, set()),
     ({"tasks_done": ["pillow_type:firm", "nonsense", "nothing:here"]}, {("pillow_type", "firm")}),
     ({"room_type": "King or Twin", "room_number": "Villa 3"},
      {("room_type_preference", "King or Twin")}),
     ({"room_type": "Viking Suite", "room_number": "12"},
      {("room_type_preference", "Viking Suite")}),
     ({"fulfilled_requests": ["peanut allergy", "vegan food", "wheelchair"],
       "tasks_done": ["food_allergies:peanuts", "notes:secret", "hearing_assistance:yes"]}, set())],
)  # fmt: skip
def test_each_kind_of_trace_speaks_for_what_it_shows(held, stay, facts, expected):
    rows = learn(held, [stay(n, 9, **facts) for n in range(3)], by=HOUSE)
    assert set(found(rows)) == expected


def test_the_same_drink_in_another_spelling_is_the_same_drink(held, stay):
    stays = [
        stay(n, minibar=[name]) for n, name in enumerate(["coke zero", "Coke Zero", "COKE ZERO"])
    ]
    learn(held, stays[:2], by=HOUSE)
    (row,) = learn(held, stays, by=HOUSE)
    assert (row.option, row.confidence) == ("Coke Zero", 100)


def test_a_suggestion_fades_with_later_stays_and_disappears(held, stay):
    stays = [stay(n, 9, **KING) for n in range(3)]
    seen = []
    for n in range(3, 7):
        rows = found(learn(held, stays, by=HOUSE))
        seen.append(rows.get(("bed_type", "king"), (0,))[0])
        stays.append(stay(n, 9, **TWIN))
    assert seen == [100, 75, 60, 0]
    assert ("bed_type", "king") not in {(r.field, r.option) for r in suggestions.of(held.id)}


def test_what_the_guest_said_otherwise_is_never_suggested(held, manager, stay):
    services.set_on(held, "bed_type", "twin", source="guest", by=manager)
    services.set_on(held, "spa_interest", "no", source="guest", by=manager)
    services.set_on(held, "minibar_remove", "beer", source="guest", by=manager)
    stays = [stay(n, 9, **KING, services_used=["spa"], minibar=["beer"]) for n in range(5)]
    fields = {row.field for row in learn(held, stays, by=HOUSE)}
    assert not fields & {"bed_type", "spa_interest", "minibar_stock"}
    assert "view_preference" in fields


def test_what_staff_saw_may_be_suggested_otherwise_but_stands_until_somebody_decides(
    held, manager, stay, told
):
    services.set_on(held, "bed_type", "twin", source="staff", by=manager)
    rows = learn(held, [stay(n, 9, **KING) for n in range(3)], by=HOUSE)
    assert ("bed_type", "king") in found(rows)
    assert told(held) == {"bed_type": ["twin"]}


def test_what_is_told_already_is_not_suggested(held, manager, stay):
    services.set_on(held, "bed_type", "king", source="staff", by=manager)
    services.set_on(held, "minibar_stock", "Coke Zero", source="guest", by=manager)
    rows = learn(held, [stay(n, 9, **KING, minibar=["coke zero"]) for n in range(3)], by=HOUSE)
    assert not {"bed_type", "minibar_stock"} & {row.field for row in rows}


def suggested(held, stay, count=3):
    rows = learn(held, [stay(n, 9, **KING) for n in range(count)], by=HOUSE)
    return next(row for row in rows if row.field == "bed_type")


def test_an_accepted_suggestion_becomes_a_preference_learned_from_those_stays(
    held, manager, stay, told
):
    row = suggested(held, stay)
    assert suggestions.accept(held, row, by=manager)
    assert told(held) == {"bed_type": ["king"]}
    kept = origins.rows_of(held.id)["bed_type", ""]
    assert (kept.source, kept.noted_name, kept.confidence) == ("learned", "Manager", 100)
    assert kept.stays == row.stays
    assert suggestions.accept(held, row, by=manager) is None


def test_an_accepted_one_that_was_taken_away_again_does_not_come_back_at_once(held, manager, stay):
    suggestions.accept(held, suggested(held, stay), by=manager)
    services.unset(held, "bed_type", source="guest", by=manager)
    rows = learn(held, [stay(n, 9, **KING) for n in range(4)], by=HOUSE)
    assert "bed_type" not in {row.field for row in rows}


def test_what_was_taken_away_counts_anew_from_that_day(held, manager, stay):
    done = {"tasks_done": ["room_location:quiet"]}
    services.set_on(held, "room_location", "quiet", source="guest", by=manager)
    services.set_off(held, "room_location", "quiet", source="guest", by=manager)
    old = [stay(n, 9, **done) for n in range(5)]
    assert learn(held, old, by=HOUSE) == []
    for later, back in ((2, False), (3, True)):
        new = [stay(1000 + n, 9, **done) for n in range(later)]
        rows = learn(held, [*old, *new], by=HOUSE)
        assert bool(rows) is back


def test_a_removal_that_is_taken_back_leaves_no_trace_in_what_is_learned(held, manager, stay):
    row = suggested(held, stay)
    touch = suggestions.accept(held, row, by=manager)
    services.restore(held, touch, by=manager)
    suggestions.reopen(held, row, by=manager)
    assert (row.state, row.confidence, len(row.stays)) == ("open", 100, 3)


def test_a_declined_one_comes_back_only_when_much_more_speaks_for_it(held, manager, stay):
    row = suggested(held, stay)
    assert suggestions.decline(held, row, by=manager)
    assert not suggestions.decline(held, row, by=manager)
    for count, back in ((4, False), (6, False), (7, True)):
        rows = learn(held, [stay(n, 9, **KING) for n in range(count)], by=HOUSE)
        assert ("bed_type" in {each.field for each in rows}) is back


def test_a_decision_can_be_taken_back(held, manager, stay):
    row = suggested(held, stay)
    suggestions.decline(held, row, by=manager)
    assert suggestions.reopen(held, row, by=manager)
    assert not suggestions.reopen(held, row, by=manager)
    assert (row.state, row.decided_name) == ("open", None)


def test_a_suggestion_that_the_guest_denied_meanwhile_cannot_be_accepted(held, manager, stay, told):
    row = suggested(held, stay)
    services.set_on(held, "bed_type", "twin", source="guest", by=manager)
    with pytest.raises(Conflict):
        suggestions.accept(held, row, by=manager)
    assert told(held) == {"bed_type": ["twin"]}


def test_only_who_may_change_preferences_decides(held, actor_of, stay):
    row = suggested(held, stay)
    for role in ("marketing", "administrator", "privacy_officer"):
        for act in (suggestions.accept, suggestions.decline, suggestions.reopen):
            with pytest.raises(NotAllowed):
                act(held, row, by=actor_of(role))


def test_a_suggestion_for_somebody_else_is_not_found(held, guest, stay):
    row = suggested(held, stay)
    with pytest.raises(NotFound):
        suggestions.find(guests.hold(guest("Đỗ Đức").id), row.id)


ROOMS = st.sampled_from(["Deluxe King", "Twin Garden View", "Queen Sea View", "Suite", None])
FACTS = st.fixed_dictionaries({
    "room_type": ROOMS, "room_number": st.sampled_from(["304", "1204", "Villa", None]),
    "minibar": st.sampled_from([None, [], ["beer"], ["Coke Zero", "beer"]]),
    "services_used": st.sampled_from([None, [], ["spa"], ["gym", "golf"]]),
    "fulfilled_requests": st.sampled_from([[], ["quiet room"], ["high floor, extra towels"]]),
})  # fmt: skip
STAYS = st.lists(st.tuples(st.integers(1, 10) | st.none(), FACTS), max_size=8)
SAID = st.lists(st.sampled_from([
    ("bed_type", "twin"), ("view_preference", "garden"), ("spa_interest", "no"),
    ("room_location", "quiet"), ("minibar_remove", "beer"), ("minibar_stock", "beer"),
]), max_size=3)  # fmt: skip


@settings(max_examples=25, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(STAYS, SAID)
def test_learning_is_sober_whatever_the_stays(guest, stay, told, facts, said):
    made = guests.hold(guest().id)
    for name, code in said:
        services.set_on(made, name, code, source="guest", by=HOUSE)
    before = told(made)
    stays: list[StayFacts] = [stay(n, score, **each) for n, (score, each) in enumerate(facts)]
    rows = learn(made, stays, by=HOUSE)
    assert told(made) == before
    for row in rows:
        agree, all_ = len(row.stays), len(row.stays) + len(row.against)
        assert row.confidence == round(100 * agree / all_)
        assert row.confidence >= LEAST
        assert agree >= 2
        assert not [stay for stay in row.stays if stay in row.against]
        assert row.option not in before.get(row.field, [])
        single = row.field in ("bed_type", "view_preference", "spa_interest")
        assert not (single and row.field in before)
    first = found(rows)
    assert found(learn(made, stays, by=HOUSE)) == first
    assert found(suggestions.still_open(
        suggestions.of(made.id), before, origins.rows_of(made.id))) == first  # fmt: skip
