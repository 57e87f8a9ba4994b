"""Wishes: what a guest wants in words, by the department that sees to it, and for whose eyes."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.preferences.catalogue import FIELDS
from app.preferences.lists import Lists
from app.preferences.models import Preferences
from app.preferences.values import codes_from, codes_of, put, state_of, summary_of, value_of
from app.preferences.wishes import falls_into, wishes

SAMPLE = {
    "one": ["alpha"], "many": ["alpha", "Coke Zero"], "flag": ["no"], "count": ["4"],
    "time": ["07:30"], "text": ["Deluxe Ocean View"], "language": ["vi"],
    "hours": ["14:00-16:00", "22:00-07:00"],
    "occasions": ["08-15:birthday:chocolate cake: dark", "12-20:anniversary"],
}  # fmt: skip


def of(guest, **codes):
    preferences = Preferences(customer_id=guest.id)
    for name, told in codes.items():
        put(preferences, FIELDS[name], told)
    return preferences


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_every_field_gives_back_what_was_put_into_it(guest, field):
    preferences = of(guest(), **{field.name: SAMPLE[field.kind]})
    assert codes_of(preferences, field) == SAMPLE[field.kind]
    assert codes_from(field, value_of(field, SAMPLE[field.kind])) == SAMPLE[field.kind]
    put(preferences, field, [])
    assert state_of(preferences) == {}


def test_columns_hold_what_the_specification_says(guest):
    told = of(
        guest(), wake_up_call_time=["07:00"], do_not_disturb_hours=["14:00-16:00"],
        minibar_stock=["water"], minibar_extra=["diet_coke"], breakfast_time=["07:00"],
        minibar_restock=["daily"], special_occasions=["08-15:birthday:chocolate_cake"],
        turndown_service=["yes"], pillow_count=["4"],
    )  # fmt: skip
    assert told.wake_up_call_time == time(7)
    assert told.do_not_disturb_hours == [{"from": "14:00", "to": "16:00"}]
    assert told.minibar_preferences == {"stock": ["water"], "extra": ["diet_coke"]}
    assert told.meal_preferences == {
        "breakfast": {"time": "07:00"}, "minibar": {"restock": "daily"}
    }  # fmt: skip
    assert told.special_occasions == [
        {"date": "08-15", "occasion": "birthday", "preferences": "chocolate_cake"}
    ]
    assert (told.turndown_service, told.pillow_count) == (True, 4)


def test_wishes_have_keys_words_and_departments_and_health_comes_first(guest):
    told = of(
        guest(), pillow_type=["firm"], bed_type=["king"], turndown_service=["yes"],
        food_allergies=["peanuts"], spa_interest=["yes"], parking_required=["no"],
        mobility_assistance=["wheelchair"],
    )  # fmt: skip
    found = [(w.key, w.words, w.department, w.is_care) for w in wishes(told, care=True)]
    assert found[:2] == [
        ("food_allergies:peanuts", "Allergies: Peanuts", "kitchen", True),
        ("mobility_assistance:wheelchair", "Wheelchair", "front_office", True),
    ]
    assert ("pillow_type:firm", "Pillow: Firm", "housekeeping", False) in found
    assert ("bed_type:king", "King bed", "housekeeping", False) in found
    assert ("turndown_service:yes", "Turndown service", "housekeeping", False) in found
    assert ("spa_interest:yes", "Spa", None, False) in found
    assert ("parking_required:no", "Parking: No", None, False) in found


def test_without_the_right_to_care_nothing_of_health_or_belief_is_told(guest):
    told = of(guest(), food_allergies=["peanuts"], dietary_restrictions=["halal"],
              other_assistance=["Epilepsy"], bed_type=["twin"])  # fmt: skip
    assert [wish.field for wish in wishes(told, care=False)] == ["bed_type"]


def test_notes_are_no_wish(guest):
    assert wishes(of(guest(), notes=["Tips well"]), care=True) == []


def test_who_told_nothing_wants_nothing(app):
    assert wishes(None, care=True) == []


def test_an_occasion_is_a_task_only_during_the_stay(guest):
    told = of(guest(), special_occasions=["08-15:birthday:chocolate cake"])
    inside = (date(2026, 8, 14), date(2026, 8, 16))
    (wish,) = wishes(told, care=True, during=inside)
    assert (wish.department, wish.words) == (
        "kitchen", "Special occasions: Birthday, 15 Aug: chocolate cake"
    )  # fmt: skip
    outside = (date(2026, 8, 16), date(2026, 8, 20))
    assert [w.department for w in wishes(told, care=True, during=outside)] == [None]
    assert [w.department for w in wishes(told, care=True)] == [None]


@pytest.mark.parametrize(
    ("code", "first", "last", "falls"),
    [("12-31:x", date(2026, 12, 30), date(2027, 1, 2), True),
     ("01-01:x", date(2026, 12, 30), date(2027, 1, 2), True),
     ("02-29:x", date(2027, 2, 28), date(2027, 3, 1), True),
     ("02-29:x", date(2028, 3, 1), date(2028, 3, 2), False),
     ("02-29:x", date(2028, 2, 29), date(2028, 3, 2), True),
     ("06-01:x", date(2026, 1, 1), date(2029, 1, 1), True)],
)  # fmt: skip
def test_an_occasion_falls_into_a_stay_by_the_calendar(code, first, last, falls):
    assert falls_into(code, first, last) is falls


def test_wishes_of_many_guests_read_the_lists_once(guest, count_statements):
    told = [of(guest(), bed_type=["king"], minibar_extra=["Coke Zero"]) for _ in range(3)]
    with count_statements() as said:
        for each in told:
            wishes(each, care=True)
    assert len(said) <= 1


@given(st.text(max_size=40))
def test_any_text_is_a_word_for_itself(application, text):
    with application.test_request_context("/"):
        assert Lists([]).word(FIELDS["newspaper"], text) == text


def test_the_short_form_has_the_keys_of_the_specification():
    state = {
        "room_location": ["high_floor"], "bed_type": ["king"], "pillow_type": ["firm"],
        "bathroom_amenities": ["bathrobes"], "room_amenities": ["iron"],
        "dietary_restrictions": ["vegan"], "preferred_activities": ["golf"],
        "food_allergies": ["peanuts"], "hearing_assistance": ["yes"],
        "visual_assistance": ["no"], "mobility_assistance": ["cane"], "newspaper": ["Le Monde"],
    }  # fmt: skip
    assert summary_of(state) == {
        "room": ["high_floor"], "bed": "king", "pillow": "firm",
        "amenities": ["bathrobes", "iron"], "dietary": ["vegan"], "interests": ["golf"],
        "allergies": ["peanuts"], "access": ["cane", "hearing_assistance"],
    }  # fmt: skip
    assert summary_of({"newspaper": ["Le Monde"]}) is None
