"""Preferences in the API: the shape of section 3.2, only what is sent, and for whom."""

import pytest
from sqlalchemy import select

from app.core.actor import HOUSE
from app.core.audit import AuditEntry
from app.extensions import db
from app.preferences import origins, services
from app.preferences.models import Preferences

ALL = ("guests.read", "guests.create", "guests.update", "guests.care", "guests.notes",
       "preferences.update")  # fmt: skip
SHAPE = {
    "room": {"location", "type_preference", "bed_type", "bed_firmness", "pillow_type",
             "pillow_count", "temperature", "floor", "view"},
    "amenities": {"minibar", "bathroom", "room"},
    "services": {"housekeeping_time", "turndown_service", "wake_up_call", "do_not_disturb",
                 "newspaper", "newspaper_language"},
    "dietary": {"restrictions", "allergies", "breakfast", "beverages"},
    "accessibility": {"required", "mobility_assistance", "hearing_assistance",
                      "visual_assistance"},
    "business": {"work_desk", "high_speed_internet", "printer_access", "meeting_room"},
    "recreation": {"gym_access", "spa_interest", "pool_access", "activities"},
    "communication": {"preferred_method", "preferred_time", "language", "frequency"},
}  # fmt: skip
SENT = {
    "room": {"location": ["high_floor", "away_from_elevator"], "bed_type": "king",
             "type_preference": "Deluxe Ocean View", "bed_firmness": "medium",
             "pillow_type": "memory_foam", "pillow_count": 4, "temperature": "cool",
             "floor": "high", "view": "sea"},
    "amenities": {"minibar": {"stock": ["water", "juice", "beer"], "remove": ["peanuts"],
                              "extra": ["diet_coke"]},
                  "bathroom": ["bathrobes", "slippers", "extra_towels"],
                  "room": ["iron", "coffee_maker"]},
    "services": {"housekeeping_time": "morning", "turndown_service": True,
                 "wake_up_call": "07:00", "do_not_disturb": [{"from": "14:00", "to": "16:00"}],
                 "newspaper": "Financial Times", "newspaper_language": "en",
                 "special_occasions": [{"date": "08-15", "occasion": "birthday",
                                        "preferences": "chocolate_cake"}]},
    "dietary": {"restrictions": ["vegetarian", "gluten_free"],
                "allergies": ["peanuts", "shellfish"],
                "breakfast": {"type": "continental", "time": "07:30", "location": "room"},
                "beverages": ["coffee", "green_tea", "red_wine"]},
    "accessibility": {"required": False, "mobility_assistance": None,
                      "hearing_assistance": False, "visual_assistance": False},
    "business": {"work_desk": True, "high_speed_internet": True, "printer_access": False,
                 "meeting_room": "small_quiet"},
    "recreation": {"gym_access": True, "spa_interest": True, "pool_access": True,
                   "activities": ["yoga", "swimming"]},
    "communication": {"preferred_method": "email", "preferred_time": "morning",
                      "language": "en", "frequency": "important_only"},
}  # fmt: skip
"""The example of the specification, by category."""


@pytest.fixture
def clerk(machine):
    return machine(*ALL)


def path(guest):
    return f"/api/customers/{guest.id}/preferences"


def put(client, guest, category, **preferences):
    return client.put(path(guest), json={"category": category, "preferences": preferences})


def test_an_empty_guest_has_the_whole_shape(clerk, held):
    shown = clerk.get(path(held)).json["preferences"]
    for category, names in SHAPE.items():
        assert names <= set(shown[category]), category
    assert shown["room"] == dict.fromkeys(SHAPE["room"]) | {"location": []}
    assert shown["amenities"]["minibar"]["stock"] == []
    assert shown["dietary"]["breakfast"]["time"] is None


def test_the_example_of_the_specification_goes_in_and_comes_out(clerk, held, told):
    for category, preferences in SENT.items():
        assert put(clerk, held, category, **preferences).status_code == 200
    shown = clerk.get(path(held)).json["preferences"]
    for category, preferences in SENT.items():
        for name, value in preferences.items():
            found = shown[category][name]
            assert value.items() <= found.items() if isinstance(value, dict) else value == found
    told(held)


def test_only_what_is_sent_is_changed_and_null_and_nothing_clear(clerk, held, told):
    put(clerk, held, "room", **SENT["room"])
    put(clerk, held, "room", bed_type="twin", floor="middle", view=None, location=[])
    state = told(held)
    assert state["bed_type"] == ["twin"]
    assert state["pillow_type"] == ["memory_foam"]
    assert not {"view_preference", "room_location"} & set(state)
    put(clerk, held, "amenities", **SENT["amenities"])
    put(clerk, held, "amenities", minibar={"extra": []})
    assert told(held)["minibar_stock"] == ["water", "juice", "beer"]
    put(clerk, held, "amenities", minibar=None)
    assert "minibar_stock" not in told(held)


@pytest.mark.parametrize("category", ["food", "dietary"])
def test_food_and_dietary_are_the_same(clerk, held, told, category):
    assert put(clerk, held, category, allergies=["peanuts"]).status_code == 200
    assert told(held) == {"food_allergies": ["peanuts"]}


def test_the_source_is_the_guest_unless_another_is_named(clerk, held):
    put(clerk, held, "room", bed_type="king")
    clerk.put(path(held), json={"category": "room", "preferences": {"view": "sea"},
                                "source": "booking"})  # fmt: skip
    rows = origins.rows_of(held.id)
    assert rows["bed_type", ""].source == "guest"
    assert rows["view_preference", ""].source == "booking"
    assert rows["view_preference", ""].noted_name == "test machine"


@pytest.mark.parametrize(
    ("category", "preferences", "field"),
    [("room", {"bed_type": "waterbed"}, "preferences.bed_type"),
     ("room", {"pillow_count": "4"}, "preferences.pillow_count"),
     ("room", {"pillow_count": 99}, "preferences.pillow_count"),
     ("room", {"pillow_count": True}, "preferences.pillow_count"),
     ("room", {"location": "quiet"}, "preferences.location"),
     ("room", {"location": ["quiet", 7]}, "preferences.location.1"),
     ("room", {"colour": "red"}, "preferences.colour"),
     ("amenities", {"minibar": {"extra": ["4111111111111111"]}},
      "preferences.minibar.extra.0"),
     ("amenities", {"minibar": ["water"]}, "preferences.minibar"),
     ("services", {"turndown_service": "yes"}, "preferences.turndown_service"),
     ("services", {"wake_up_call": "7 am"}, "preferences.wake_up_call"),
     ("services", {"do_not_disturb": [{"from": "14:00"}]}, "preferences.do_not_disturb.0.to"),
     ("services", {"special_occasions": [{"date": "02-30", "occasion": "birthday"}]},
      "preferences.special_occasions"),
     ("accessibility", {"required": 1}, "preferences.required"),
     ("communication", {"language": "Klingonese"}, "preferences.language")],
)  # fmt: skip
def test_what_does_not_belong_is_refused_by_field(clerk, held, told, category, preferences, field):
    answer = put(clerk, held, category, **preferences)
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json["errors"]]
    assert told(held) == {}


@pytest.mark.parametrize(
    "body", [{}, {"category": "room"}, {"preferences": {}}, [], {"category": "x",
             "preferences": {}}, {"category": "room", "preferences": []},
             {"category": "room", "preferences": {}, "source": "learned"}],
)  # fmt: skip
def test_a_body_of_another_shape_is_refused(clerk, held, body):
    assert clerk.put(path(held), json=body).status_code == 422


def test_health_is_absent_and_closed_without_the_right(machine, held, told):
    services.set_on(held, "food_allergies", "peanuts", source="guest", by=HOUSE)
    services.set_on(held, "favorite_dishes", "Phở", source="guest", by=HOUSE)
    weak = machine("guests.read", "preferences.update")
    answer = weak.get(path(held))
    shown = answer.json["preferences"]
    assert "accessibility" not in shown
    assert not {"allergies", "restrictions"} & set(shown["dietary"])
    assert "notes" not in shown["services"]
    assert "peanuts" not in answer.get_data(as_text=True)
    assert put(weak, held, "food", allergies=[]).status_code == 403
    assert put(weak, held, "accessibility", required=True).status_code == 403
    assert put(weak, held, "food", favorite_dishes=[]).status_code == 200
    assert told(held) == {"food_allergies": ["peanuts"]}


@pytest.mark.parametrize("lacking", ["guests.read", "preferences.update"])
def test_changing_needs_its_rights(machine, held, told, lacking):
    weak = machine(*[scope for scope in ALL if scope != lacking])
    assert put(weak, held, "room", bed_type="king").status_code == 403
    assert told(held) == {}


def test_who_is_nobody_reads_and_changes_nothing(app, held):
    stranger = app.test_client()
    assert stranger.get(path(held)).status_code == 401
    assert put(stranger, held, "room", bed_type="king").status_code == 401


def test_each_reading_is_on_record(clerk, held):
    clerk.get(path(held))
    query = select(AuditEntry.part).where(AuditEntry.action == "customer.viewed")
    assert list(db.session.scalars(query)) == ["preferences"]


def test_an_unknown_guest_is_not_there(clerk, held):
    gone = path(held).replace(str(held.id), "00000000-0000-7000-8000-000000000000")
    assert clerk.get(gone).status_code == 404
    body = {"category": "room", "preferences": {"bed_type": "king"}}
    assert clerk.put(gone, json=body).status_code == 404


def test_a_profile_may_bring_its_preferences_along(clerk, told):
    sent = {"full_name": "John Doe", "preferences": {
        "room": ["high_floor", "quiet"], "bed": "king", "dietary": ["vegetarian"],
        "amenities": ["extra_towels", "iron"], "interests": ["spa"], "pillow": "firm"}}  # fmt: skip
    made = clerk.post("/api/customers", json=sent)
    assert made.status_code == 201
    guest_id = made.json["id"]
    shown = clerk.get(f"/api/customers/{guest_id}").json["customer"]["preferences"]
    assert shown == {
        "room": {"location": ["high_floor", "quiet"], "bed_type": "king", "pillow_type": "firm",
                 "view": None, "temperature": None},
        "dietary": ["vegetarian"], "amenities": ["extra_towels", "iron"], "interests": ["spa"],
        "services": {"housekeeping": None, "newspaper": None, "wake_up_call": None},
    }  # fmt: skip
    row = db.session.scalar(select(Preferences))
    assert row.bathroom_amenities == ["extra_towels"]
    sources = {each.source for each in origins.rows_of(row.customer_id).values()}
    assert sources == {"booking"}


def test_a_profile_shows_what_preferences_say_now(clerk, held):
    put(clerk, held, "services", housekeeping_time="morning", newspaper="NYT", wake_up_call="07:00")
    put(clerk, held, "room", view="sea", temperature="cool")
    shown = clerk.get(f"/api/customers/{held.id}").json["customer"]["preferences"]
    assert shown["services"] == {
        "housekeeping": "morning", "newspaper": "NYT", "wake_up_call": "07:00"
    }  # fmt: skip
    assert (shown["room"]["view"], shown["room"]["temperature"]) == ("sea", "cool")


@pytest.mark.parametrize(
    ("sent", "field"),
    [({"bed": "waterbed"}, "preferences.bed"), ({"amenities": ["x"]}, "preferences.amenities"),
     ({"room": ["under_water"]}, "preferences.room")],
)  # fmt: skip
def test_a_profile_with_unknown_options_is_refused_by_field(clerk, held, sent, field):
    body = {"full_name": "John Doe", "preferences": sent}
    for answer in (clerk.post("/api/customers", json=body),
                   clerk.put(f"/api/customers/{held.id}", json={"preferences": sent})):  # fmt: skip
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json["errors"]] == [field]


def test_a_profile_without_the_right_to_care_shows_no_diet(machine, clerk, held):
    clerk.put(f"/api/customers/{held.id}", json={"preferences": {"dietary": ["halal"]}})
    answer = machine("guests.read").get(f"/api/customers/{held.id}")
    assert "dietary" not in answer.json["customer"]["preferences"]
    assert "halal" not in answer.get_data(as_text=True)
