"""`/api/customers/{id}`: the profile read as far as the caller may, and changed in parts."""

import uuid

import pytest
from sqlalchemy import func, select

from app.core.actor import HOUSE
from app.core.audit import AuditEntry
from app.customers import marks, services
from app.extensions import db

ALL = (
    "guests.read", "guests.update", "guests.notes", "guests.identity", "guests.consent",
    "guests.tag", "guests.vip", "guests.care",
)  # fmt: skip
SHAPE = {
    "personal_info": {"title", "first_name", "middle_name", "last_name", "display_name",
                      "date_of_birth", "age", "gender", "nationality"},
    "contact_info": {"email", "email_verified", "phone", "phone_verified", "whatsapp", "address"},
    "identification": {"type", "number", "expiry_date", "issuing_country"},
    "statistics": {"first_stay", "last_stay", "total_stays", "total_nights", "total_spent",
                   "average_spent_per_stay", "average_stay_length", "cancellation_rate",
                   "no_shows"},
    "loyalty": {"is_member", "number", "tier", "points", "lifetime_points", "tier_progress"},
    "preferences": {"room", "dietary", "amenities", "services"},
    "marketing": {"consent", "email_opt_in", "sms_opt_in", "last_campaign"},
}  # fmt: skip


@pytest.fixture
def clerk(machine):
    return machine(*ALL)


def path(guest):
    return f"/api/customers/{guest.id}"


def count(action):
    return db.session.scalar(select(func.count()).where(AuditEntry.action == action))


def test_the_profile_has_the_shape_of_the_specification(clerk, guest):
    made = guest("John Doe", id_type="passport", id_number="A12345678", country="USA",
                 date_of_birth="1985-06-15")  # fmt: skip
    marks.set_note(made, "Prefers early check-in", by=HOUSE, reason="test")
    db.session.commit()
    answer = clerk.get(path(made))
    shown = answer.json["customer"]
    for part, names in SHAPE.items():
        assert names <= set(shown[part]), part
    assert shown["relationships"] == shown["recent_stays"] == shown["tags"] == []
    assert shown["identification"]["number"] == "A12345678"
    assert shown["contact_info"]["address"]["country"] == "USA"
    assert shown["internal_notes"] == "Prefers early check-in"
    assert answer.headers["ETag"] == f'"{made.version}"'


def test_figures_are_json_numbers_and_whole_ones_are_integers(clerk, guest):
    made = guest("John Doe")
    made.total_stays, made.total_cancellations, made.total_spent = 15, 1, 45_000_000
    made.average_stay_length = "3.125"
    db.session.commit()
    shown = clerk.get(path(made)).json["customer"]
    assert shown["statistics"]["cancellation_rate"] == 6.7
    assert isinstance(shown["statistics"]["total_spent"], int)
    assert shown["statistics"]["average_stay_length"] == 3.125


def test_what_is_beyond_the_scopes_is_absent(machine, guest):
    made = guest("John Doe", id_number="A12345678", medical_notes="asthma")
    body = machine("guests.read").get(path(made)).get_data(as_text=True)
    assert "A12345678" not in body
    assert "asthma" not in body
    assert '"number"' not in body.split('"statistics"')[0]
    assert "internal_notes" not in body


def test_each_reading_is_on_record_and_the_number_apart(clerk, machine, guest):
    made = guest("John Doe", id_number="A12345678")
    machine("guests.read").get(path(made))
    assert count("customer.viewed") == 1
    clerk.get(path(made))
    assert count("customer.viewed") == 3


def test_a_reading_that_cannot_be_recorded_is_refused(clerk, guest, monkeypatch):
    made = guest("John Doe")

    def fail(*_args, **_more):
        raise RuntimeError("the log is full")

    monkeypatch.setattr(services, "record_view", fail)
    answer = clerk.get(path(made))
    assert answer.status_code == 500
    assert "John" not in answer.get_data(as_text=True)


def test_medical_notes_have_an_address_and_a_permission_of_their_own(clerk, machine, guest):
    made = guest("John Doe", medical_notes="asthma")
    assert clerk.get(f"{path(made)}/medical").status_code == 403
    nurse = machine("guests.medical")
    assert nurse.get(f"{path(made)}/medical").json == {"medical_notes": "asthma"}
    assert count("customer.viewed") == 1


def test_only_what_is_sent_is_changed(clerk, guest):
    made = guest("John Doe", city="New York", postal_code="10001", phone="+84901234567",
                 email="john@example.com")  # fmt: skip
    answer = clerk.put(
        path(made),
        json={
            "phone": "+84909876543",
            "address": {
                "line1": "456 New Street",
                "city": "Ho Chi Minh City",
                "country": "Vietnam",
            },
            "vip_status": "platinum",
            "preferences": {"room": ["high_floor", "corner_room"], "dietary": ["vegan"]},
            "tags": ["vip", "long_stay", "corporate"],
        },
    )
    assert answer.status_code == 200
    shown = answer.json["customer"]
    assert shown["contact_info"]["phone"] == "+84909876543"
    assert shown["contact_info"]["email"] == "john@example.com"
    assert shown["contact_info"]["address"] == {
        "line1": "456 New Street", "line2": None, "city": "Ho Chi Minh City", "state": None,
        "country": "VNM", "postal_code": "10001",
    }  # fmt: skip
    assert shown["tags"] == ["corporate", "long_stay", "vip"]
    assert shown["preferences"]["room"]["location"] == ["high_floor", "corner_room"]
    assert made.vip_status == "platinum"


def test_the_address_can_be_cleared_and_notes_be_taken_away(clerk, guest):
    made = guest("John Doe", city="New York", country="US")
    clerk.put(path(made), json={"internal_notes": "x"})
    shown = clerk.put(path(made), json={"address": None, "internal_notes": None}).json["customer"]
    assert set(shown["contact_info"]["address"].values()) == {None}
    assert shown["internal_notes"] is None


def test_preferences_that_are_not_sent_stay(clerk, guest):
    made = guest("John Doe")
    clerk.put(path(made), json={"preferences": {"bed": "king", "dietary": ["vegan"]}})
    shown = clerk.put(path(made), json={"preferences": {"dietary": []}}).json["customer"]
    assert shown["preferences"]["room"]["bed_type"] == "king"
    assert shown["preferences"]["dietary"] == []


@pytest.mark.parametrize(
    ("body", "lacking"), [({"vip_status": "gold"}, "guests.vip"), ({"tags": ["x"]}, "guests.tag"),
                          ({"id_number": "A123"}, "guests.identity"),
                          ({"internal_notes": "x"}, "guests.notes"),
                          ({"marketing_consent": True}, "guests.consent")],
)  # fmt: skip
def test_a_field_needs_its_own_permission(machine, guest, body, lacking):
    made = guest("John Doe")
    weak = machine(*[scope for scope in ALL if scope != lacking])
    assert weak.put(path(made), json=body).status_code == 403
    assert weak.put(path(made), json={"address": {"city": "Huế"}}).status_code == 200


def test_an_older_version_is_refused_with_what_changed_and_by_whom(clerk, guest, actor_of):
    made = guest("John Doe", city="New York")
    read = clerk.get(path(made)).headers["ETag"]
    services.update(made, {"city": "Đà Nẵng"}, by=actor_of("manager"))
    db.session.commit()
    answer = clerk.put(path(made), json={"address": {"city": "Huế"}}, headers={"If-Match": read})
    assert answer.status_code == 412
    (change,) = answer.json["changes"]
    assert (change["field"], change["old"], change["new"]) == ("city", "New York", "Đà Nẵng")
    assert change["by"] == "Manager"
    db.session.refresh(made)
    assert made.city == "Đà Nẵng"
    fresh = clerk.get(path(made)).headers["ETag"]
    answer = clerk.put(path(made), json={"address": {"city": "Huế"}}, headers={"If-Match": fresh})
    assert answer.status_code == 200
    assert answer.headers["ETag"] != fresh


def test_a_version_that_is_none_of_ours_is_refused(clerk, guest):
    made = guest("John Doe")
    for tag, status in (('"abc"', 412), ('"99999999999999999999"', 412), ("3", 422), ("\xb2", 422)):
        sent = {"address": {"city": "Huế"}}
        answer = clerk.put(path(made), json=sent, headers={"If-Match": tag})
        assert answer.status_code == status


def test_history_shows_values_only_to_whom_they_are_for(machine, guest):
    made = guest("John Doe", id_number="A12345678")
    services.update(made, {"city": "Huế", "id_number": "B999"}, by=HOUSE)
    marks.set_note(made, "secret note", by=HOUSE, reason="test")
    db.session.commit()
    reader = machine("guests.read", "guests.history")
    answer = reader.get(f"{path(made)}/history?limit=2")
    assert len(answer.json["data"]) == 2
    assert answer.json["before"]
    everything = reader.get(f"{path(made)}/history").get_data(as_text=True)
    assert "customer.updated" in everything
    assert "A12345678" not in everything
    assert "B999" not in everything
    assert "secret note" not in everything
    rest = reader.get(f"{path(made)}/history?before={answer.json['before']}").json["data"]
    assert "customer.created" in [entry["action"] for entry in rest]


def test_a_guest_who_is_unknown_or_erased_is_not_found(clerk, guest):
    made = guest("John Doe")
    made.status = "erased"
    db.session.commit()
    for each in (made.id, uuid.uuid4(), "1", "99999999999", "x%00"):
        for call in (clerk.get, lambda p: clerk.put(p, json={})):
            answer = call(f"/api/customers/{each}")
            assert answer.status_code == 404
            assert answer.content_type == "application/problem+json"


def test_a_merged_guests_id_leads_to_who_remains(clerk, guest):
    made, gone = guest("John Doe"), guest("J. Doe")
    gone.status, gone.merged_into = "merged", made.id
    db.session.commit()
    assert clerk.get(path(gone)).json["customer"]["id"] == str(made.id)
    assert clerk.put(path(gone), json={"address": {"city": "Huế"}}).status_code == 409


def test_history_says_which_part_was_looked_at(machine, guest):
    made = guest()
    reader = machine("guests.read", "guests.history")
    reader.get(path(made))
    parts = [each["part"] for each in reader.get(f"{path(made)}/history").json["data"]]
    assert parts == ["history", "profile", None]
