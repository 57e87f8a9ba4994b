"""Relationships: two sides, rights of their own, and what cannot be."""

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import audit
from app.core.actor import HOUSE
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.customers import edits, rights
from app.customers import services as guests
from app.extensions import db
from app.relationships import lineage, services
from app.relationships.inputs import RelationshipInput
from app.relationships.models import Relationship
from app.relationships.vocabulary import INVERSE, TYPES


@pytest.fixture
def an(guest):
    return guest("Nguyễn Văn An")


@pytest.fixture
def duc(guest):
    return guest("Đỗ Đức")


@pytest.mark.parametrize("kind", TYPES)
def test_the_other_side_shows_the_inverse(an, duc, tie, kind):
    tie(an, kind, duc)
    (mine,), (theirs,) = services.of(an.id), services.of(duc.id)
    assert (mine.relationship_type, theirs.relationship_type) == (kind, INVERSE[kind])
    assert (mine.related, theirs.related) == (duc, an)


def test_an_inverse_turned_round_is_the_type_itself():
    assert all(INVERSE[INVERSE[kind]] == kind for kind in TYPES)


def test_rights_are_given_by_one_side_alone(an, duc, tie):
    tie(an, "spouse", duc, can_make_bookings=True, share_preferences=True)
    assert rights.holds(duc.id, an.id, "bookings")
    assert rights.holds(duc.id, an.id, "preferences")
    assert not rights.holds(duc.id, an.id, "loyalty_benefits")
    assert not rights.holds(an.id, duc.id, "bookings")
    assert rights.holds(an.id, an.id, "loyalty_benefits")


def test_rooms_are_wanted_by_both(an, duc, tie):
    tie(an, "spouse", duc, same_room_preference=True)
    (theirs,) = services.of(duc.id)
    assert theirs.same_room_preference
    services.change(duc.id, theirs.id, {"same_room_preference": False}, by=HOUSE)
    assert not services.of(an.id)[0].same_room_preference


def test_nobody_is_related_to_oneself(an):
    with pytest.raises(Invalid) as fault:
        services.add(an.id, {"related_customer_id": an.id, "relationship_type": "friend"}, by=HOUSE)
    assert list(fault.value.errors) == ["related_customer_id"]


@pytest.mark.parametrize("turned", [False, True])
def test_a_relationship_stands_once_from_whichever_side_it_is_told(an, duc, tie, turned):
    tie(an, "parent", duc)
    with pytest.raises(Conflict):
        tie(duc, "child", an) if turned else tie(an, "parent", duc)


def test_two_may_be_two_things_to_each_other(an, duc, tie):
    tie(an, "spouse", duc)
    tie(an, "colleague", duc)
    assert len(services.of(duc.id)) == 2


def test_a_name_without_a_profile_stands_once_too(an, tie):
    tie(an, "child", "Bé Na")
    with pytest.raises(Conflict):
        tie(an, "child", "Bé Na")


def test_a_ring_of_ancestors_is_refused(guest, tie):
    first, second, third = (guest(f"Guest {n}") for n in range(3))
    tie(first, "child", second)
    tie(second, "child", third)
    with pytest.raises(Conflict):
        tie(third, "child", first)
    db.session.rollback()
    with pytest.raises(Conflict):
        tie(first, "parent", third)


def test_a_type_that_would_close_a_ring_is_refused_and_a_turn_round_is_not(guest, tie):
    first, second, third = (guest(f"Guest {n}") for n in range(3))
    row = tie(first, "child", second)
    tie(second, "child", third)
    friend = tie(first, "friend", third)
    with pytest.raises(Conflict):
        services.change(first.id, friend.id, {"relationship_type": "parent"}, by=HOUSE)
    db.session.rollback()
    services.change(first.id, row.id, {"relationship_type": "parent"}, by=HOUSE)
    assert services.of(second.id)[0].related in (first, third)
    assert lineage.ancestors(third.id) == {second.id}


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12))
def test_nobody_ever_becomes_an_ancestor_of_oneself(guest, edges):
    people = [guest(f"Guest {n}") for n in range(5)]
    for child, parent in edges:
        values = {"related_customer_id": people[parent].id, "relationship_type": "parent"}
        try:
            services.add(people[child].id, values, by=HOUSE)
            db.session.commit()
        except (Conflict, Invalid):
            db.session.rollback()
    assert not any(each.id in lineage.ancestors(each.id) for each in people)
    for one in db.session.scalars(select(Relationship)).all():
        back = [r.relationship_type for r in services.of(one.related_customer_id)
                if r.related_customer_id == one.customer_id]  # fmt: skip
        assert INVERSE[one.relationship_type] in back


def test_a_merged_guest_leads_to_the_survivor(an, duc, guest, tie):
    double = guest("Đỗ Đức 2")
    double.status, double.merged_into = "merged", duc.id
    db.session.commit()
    assert tie(an, "friend", double).related_customer_id == duc.id
    with pytest.raises(Conflict):
        tie(double, "friend", an)


def test_a_guest_merged_into_oneself_is_oneself(an, guest, tie):
    double = guest("An again")
    double.status, double.merged_into = "merged", an.id
    db.session.commit()
    with pytest.raises(Invalid):
        tie(an, "sibling", double)


def test_an_erased_guest_is_not_known(an, duc, tie):
    duc.status = "erased"
    db.session.commit()
    with pytest.raises(Invalid):
        tie(an, "friend", duc)
    with pytest.raises(NotFound):
        tie(duc, "friend", an)


def test_somebody_known_by_name_gets_a_profile_later(an, duc, tie):
    row = tie(an, "child", "Đức", same_room_preference=True)
    services.change(an.id, row.id, {"related_customer_id": duc.id}, by=HOUSE)
    (theirs,) = services.of(duc.id)
    assert (theirs.relationship_type, theirs.related) == ("parent", an)
    assert theirs.same_room_preference
    assert row.related_name is None
    with pytest.raises(Invalid):
        services.change(an.id, row.id, {"related_customer_id": an.id}, by=HOUSE)


def test_removing_takes_both_sides_and_every_right(an, duc, tie):
    tie(an, "spouse", duc, can_make_bookings=True)
    services.remove(duc.id, services.of(duc.id)[0].id, by=HOUSE)
    assert services.of(an.id) == services.of(duc.id) == []
    assert not rights.holds(duc.id, an.id, "bookings")


def test_one_is_first_to_call(an, duc, guest, tie):
    tie(an, "spouse", duc, is_primary=True)
    tie(an, "assistant", guest("王小明"), is_primary=True)
    assert [row.is_primary for row in services.of(an.id)] == [True, False]
    assert services.of(an.id)[0].relationship_type == "assistant"


def test_setting_twice_is_one_change(an, duc, tie):
    row, version = tie(an, "spouse", duc), an.version
    for _ in range(2):
        services.change(an.id, row.id, {"share_preferences": True}, by=HOUSE)
    assert an.version == version + 1
    assert duc.version == 2, "a right changes the giver's profile alone"


def test_both_trails_tell_of_it_and_explain_the_version(an, duc, tie):
    before = an.version
    tie(an, "parent", duc)
    for profile in (an, duc):
        entry = db.session.scalars(audit.trail("customer", profile.id)).first()
        assert entry.action == "relationship.added"
        body = audit.payloads([entry])[entry.id]
        assert body["version"] == profile.version
        assert profile.customer_code not in str(body)
        assert "Đức" not in str(body), "no name of another guest"
    assert edits.since(an, before).complete


def test_notes_are_for_those_who_write_notes(an, duc, actor_of):
    values = {"related_customer_id": duc.id, "relationship_type": "friend", "notes": "Met in Huế"}
    with pytest.raises(NotAllowed):
        services.add(an.id, values, by=actor_of("administrator"))
    db.session.rollback()
    assert services.add(an.id, values, by=actor_of("front_desk")).notes == "Met in Huế"


def test_who_may_only_read_changes_nothing(an, duc, tie, actor_of):
    row, reader = tie(an, "friend", duc), actor_of("marketing")
    for act in (
        lambda: services.add(an.id, {"relationship_type": "friend"}, by=reader),
        lambda: services.change(an.id, row.id, {"is_primary": True}, by=reader),
        lambda: services.remove(an.id, row.id, by=reader),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_the_relationship_of_somebody_else_is_not_found(an, duc, guest, tie):
    row = tie(an, "friend", duc)
    with pytest.raises(NotFound):
        services.remove(guest("Lê Lan").id, row.id, by=HOUSE)


BOTH = {"related_customer_id": "0190b0a0-0000-7000-8000-000000000000", "related_name": "Bé Na"}


@pytest.mark.parametrize("sent", [{}, BOTH])
def test_a_relationship_is_with_a_guest_or_with_a_name(app, sent):
    with pytest.raises(Invalid):
        RelationshipInput.read(sent | {"relationship_type": "child"})


def test_four_people_tied_at_once_close_no_ring(app, guest, tie):
    people = [guest(f"Guest {n}") for n in range(4)]
    tie(people[1], "child", people[2])
    tie(people[3], "child", people[0])
    ids = [each.id for each in people]
    outcomes, start = [], threading.Barrier(2)

    def make(parent, child):
        with app.app_context():
            start.wait()
            try:
                values = {"related_customer_id": ids[child], "relationship_type": "child"}
                services.add(ids[parent], values, by=HOUSE)
                db.session.commit()
                outcomes.append("made")
            except Conflict:
                db.session.rollback()
                outcomes.append("refused")
            finally:
                db.session.remove()

    db.session.remove()
    threads = [threading.Thread(target=make, args=pair) for pair in ((0, 1), (2, 3))]
    [each.start() for each in threads]
    [each.join() for each in threads]
    assert sorted(outcomes) == ["made", "refused"]


def test_two_people_at_once_make_one_relationship(app, an, duc):
    ids, outcomes, start = (an.id, duc.id), [], threading.Barrier(2)

    def make(first, second):
        with app.app_context():
            start.wait()
            try:
                values = {"related_customer_id": second, "relationship_type": "spouse"}
                services.add(first, values, by=HOUSE)
                db.session.commit()
                outcomes.append("made")
            except Conflict:
                db.session.rollback()
                outcomes.append("refused")
            finally:
                db.session.remove()

    db.session.remove()
    pairs = [ids, ids[::-1]]
    threads = [threading.Thread(target=make, args=pair) for pair in pairs]
    [each.start() for each in threads]
    [each.join() for each in threads]
    assert sorted(outcomes) == ["made", "refused"]
    assert [len(services.of(each)) for each in ids] == [1, 1]


def test_reading_is_one_statement_however_many(an, guest, tie, count_statements):
    for n in range(6):
        tie(an, "colleague", guest(f"Guest {n}"))
    db.session.expire_all()
    guests.get(an.id)
    with count_statements() as said:
        names = [services.name_of(row) for row in services.of(an.id)]
    assert (len(said), len(names)) == (1, 6)
