"""Section 3.7: the shape, who may, and what is refused."""

import pytest

from app.auth.permissions import SCOPES
from app.extensions import db
from app.relationships import services


@pytest.fixture
def clerk(machine):
    return machine(*SCOPES)


@pytest.fixture
def an(guest):
    return guest("Nguyễn Văn An", email="an@example.vn")


@pytest.fixture
def duc(guest):
    return guest("Đỗ Đức", email="duc@example.vn")


def path(guest, row=None):
    return f"/api/customers/{guest.id}/relationships" + (f"/{row.id}" if row else "")


def test_a_relationship_is_made_as_the_specification_sends_it(clerk, an, duc):
    sent = {
        "related_customer_id": str(duc.id), "relationship_type": "spouse", "is_primary": True,
        "can_make_bookings": True, "share_preferences": True, "same_room_preference": True,
    }  # fmt: skip
    made = clerk.post(path(an), json=sent)
    assert made.status_code == 201
    assert made.json["customer"] == {
        "id": str(duc.id), "name": "Đỗ Đức", "email": "duc@example.vn",
        "customer_code": duc.customer_code,
    }  # fmt: skip
    (listed,) = clerk.get(path(an)).json["relationships"]
    assert listed == made.json
    (theirs,) = clerk.get(path(duc)).json["relationships"]
    assert (theirs["relationship_type"], theirs["can_make_bookings"]) == ("spouse", False)


def test_the_example_of_the_specification_wants_all_three(clerk, an, duc, guest, tie):
    tie(an, "spouse", duc, same_room_preference=True)
    tie(an, "child", guest("Đỗ Mai"))
    assert clerk.get(path(an)).json["family_preferences"] == {
        "connecting_rooms": True, "same_floor": True, "family_dining": True,
    }  # fmt: skip


def test_the_profile_lists_relationships_in_short(clerk, an, duc, tie):
    row, named = tie(an, "spouse", duc), tie(an, "child", "Bé Na")
    listed = clerk.get(f"/api/customers/{an.id}").json["customer"]["relationships"]
    assert listed == [
        {"id": str(row.id), "name": "Đỗ Đức", "relationship": "spouse", "is_customer": True,
         "customer_id": str(duc.id)},
        {"id": str(named.id), "name": "Bé Na", "relationship": "child", "is_customer": False,
         "customer_id": None},
    ]  # fmt: skip


def test_a_profile_asks_one_statement_for_its_relationships(
    clerk, an, duc, guest, tie, count_statements
):
    clerk.get(f"/api/customers/{an.id}")
    tie(an, "spouse", duc)
    with count_statements() as one:
        clerk.get(f"/api/customers/{an.id}")
    for n in range(4):
        tie(an, "friend", guest(f"Guest {n}"))
    with count_statements() as five:
        clerk.get(f"/api/customers/{an.id}")
    assert len(five) == len(one)


def test_a_name_gets_its_profile_by_put(clerk, an, duc, tie):
    row = tie(an, "child", "Đức")
    changed = clerk.put(path(an, row), json={"related_customer_id": str(duc.id)})
    assert changed.status_code == 200, changed.text
    assert changed.json["is_customer"] is True
    assert clerk.get(path(duc)).json["relationships"][0]["relationship_type"] == "parent"


def test_put_changes_only_what_is_sent(clerk, an, duc, tie):
    row = tie(an, "friend", duc, share_preferences=True)
    changed = clerk.put(path(an, row), json={"relationship_type": "spouse"}).json
    assert (changed["relationship_type"], changed["share_preferences"]) == ("spouse", True)


def test_deleting_takes_both_sides(clerk, an, duc, tie):
    gone = path(an, tie(an, "friend", duc))
    assert clerk.delete(gone).status_code == 204
    assert clerk.get(path(duc)).json["relationships"] == []
    assert clerk.delete(gone).status_code == 404


@pytest.mark.parametrize(("sent", "status", "field"), [
    ({"related_name": "Bé Na"}, 422, "relationship_type"),
    ({"related_name": "Bé Na", "relationship_type": "uncle"}, 422, "relationship_type"),
    ({"relationship_type": "child"}, 422, "related_customer_id"),
    ({"related_customer_id": "0190b0a0-0000-7000-8000-000000000000",
      "relationship_type": "child"}, 422, "related_customer_id"),
])  # fmt: skip
def test_what_is_wrong_is_named(clerk, an, sent, status, field):
    answer = clerk.post(path(an), json=sent)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (status, field)


def test_a_doubled_one_and_a_ring_are_conflicts(clerk, an, duc, tie):
    tie(an, "child", duc)
    for kind in ("child", "parent"):
        sent = {"related_customer_id": str(duc.id), "relationship_type": kind}
        assert clerk.post(path(an), json=sent).status_code == 409


def test_sent_again_with_its_key_it_is_made_once(clerk, an, duc):
    sent = {"related_customer_id": str(duc.id), "relationship_type": "friend"}
    key = {"Idempotency-Key": "one"}
    first, again = (clerk.post(path(an), json=sent, headers=key) for _ in range(2))
    assert first.json == again.json
    assert again.headers["Idempotency-Replayed"] == "true"


def test_notes_are_shown_to_those_who_may_read_notes(machine, clerk, an, duc, tie):
    tie(an, "friend", duc, notes="Met in Huế")
    assert clerk.get(path(an)).json["relationships"][0]["notes"] == "Met in Huế"
    assert "notes" not in machine("guests.read").get(path(an)).json["relationships"][0]


def test_who_may_only_read_changes_nothing(machine, client, an, duc, tie):
    row, reader = tie(an, "friend", duc), machine("guests.read")
    assert reader.get(path(an)).status_code == 200
    assert reader.post(path(an), json={}).status_code == 403
    assert reader.put(path(an, row), json={}).status_code == 403
    assert reader.delete(path(an, row)).status_code == 403
    writer = machine("relationships.update")
    sent = {"related_name": "Bé Na", "relationship_type": "child"}
    assert writer.post(path(an), json=sent).status_code == 403, "the answer is read, too"
    assert writer.delete(path(an, row)).status_code == 204
    client.get(path(an), 401)


def test_the_merged_lead_to_the_survivor(clerk, an, duc, guest, tie):
    double = guest("An again")
    double.status, double.merged_into = "merged", an.id
    db.session.commit()
    tie(an, "friend", duc)
    assert len(clerk.get(path(double)).json["relationships"]) == 1
    sent = {"related_customer_id": str(double.id), "relationship_type": "colleague"}
    assert clerk.post(path(duc), json=sent).json["customer"]["id"] == str(an.id)
    assert len(services.of(an.id)) == 2
