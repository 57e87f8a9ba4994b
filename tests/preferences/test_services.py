"""Setting and forgetting preferences: one change, its origin, its trace, and the way back."""

import threading
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import audit
from app.core.actor import HOUSE
from app.core.audit import MASK, AuditEntry
from app.core.errors import Conflict, Invalid, NotAllowed
from app.customers import edits
from app.customers import services as guests
from app.customers.models import Customer
from app.extensions import db
from app.preferences import origins, services
from app.preferences.catalogue import FIELDS
from app.preferences.models import PreferenceSource

CARD = "4111 1111 1111 1111"


def entries(guest_id, action="preferences.changed"):
    query = select(AuditEntry).where(AuditEntry.action == action, AuditEntry.subject_id == guest_id)
    found = list(db.session.scalars(query.order_by(AuditEntry.id)))
    bodies = audit.payloads(found)
    return [bodies[entry.id] for entry in found]


def origin(guest, name, code=""):
    row = origins.rows_of(guest.id)[name, code]
    return row.source, row.noted_name


def test_a_value_is_set_with_who_told_it_and_the_short_form_follows(held, manager, told):
    services.set_on(held, "bed_type", "king", source="guest", by=manager)
    services.set_on(held, "room_location", "quiet", source="staff", by=manager)
    assert told(held) == {"room_location": ["quiet"], "bed_type": ["king"]}
    assert held.preferences_summary == {"room": ["quiet"], "bed": "king"}
    assert origin(held, "bed_type") == ("guest", "Manager")
    assert origin(held, "room_location", "quiet") == ("staff", "Manager")


def test_setting_what_is_set_changes_nothing(held, manager, told):
    assert services.set_on(held, "bed_type", "king", source="guest", by=manager)
    version = held.version
    assert services.set_on(held, "bed_type", "king", source="staff", by=manager) is None
    assert services.set_off(held, "room_location", "quiet", source="staff", by=manager) is None
    assert (held.version, len(entries(held.id))) == (version, 1)
    assert origin(held, "bed_type") == ("guest", "Manager")


def test_a_single_choice_is_replaced_and_its_origin_with_it(held, manager, told):
    services.set_on(held, "bed_type", "king", source="guest", by=HOUSE)
    services.set_on(held, "bed_type", "twin", source="staff", by=manager)
    assert told(held) == {"bed_type": ["twin"]}
    assert origin(held, "bed_type") == ("staff", "Manager")
    assert services.set_off(held, "bed_type", "king", source="staff", by=manager) is None


def test_one_of_several_leaves_and_the_others_keep_their_origin(held, manager, told):
    services.set_on(held, "room_location", "quiet", source="guest", by=HOUSE)
    services.set_on(held, "room_location", "high_floor", source="staff", by=manager)
    services.set_off(held, "room_location", "high_floor", source="staff", by=manager)
    assert told(held) == {"room_location": ["quiet"]}
    assert origin(held, "room_location", "quiet") == ("guest", "Guestbook")


def test_each_change_is_audited_with_old_and_new_and_the_version(held, manager):
    services.set_on(held, "bed_type", "king", source="guest", by=manager)
    services.set_on(held, "bed_type", "twin", source="staff", by=manager)
    first, second = entries(held.id)
    assert first["changes"] == {"bed_type": [None, "king"]}
    assert second == {"changes": {"bed_type": ["king", "twin"]}, "version": held.version,
                      "source": "staff"}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "code"),
    [("food_allergies", "peanuts"), ("dietary_restrictions", "halal"), ("notes", "Tips well"),
     ("mobility_assistance", "wheelchair"), ("hearing_assistance", "yes"),
     ("other_assistance", "Epilepsy")],
)  # fmt: skip
def test_what_is_sensitive_is_masked_in_the_log(held, manager, name, code):
    services.set_on(held, name, code, source="guest", by=manager)
    (body,) = entries(held.id)
    assert body["changes"] == {name: [None, MASK]}


def test_a_form_opened_before_the_change_still_merges(held, manager):
    version = held.version
    services.set_on(held, "bed_type", "king", source="guest", by=manager)
    db.session.commit()
    changes, meanwhile = edits.save(held, {"city": "Huế"}, version, by=manager)
    assert changes == {"city": (None, "Huế")}
    assert meanwhile.complete


@pytest.mark.parametrize("role", ["marketing", "privacy_officer", "administrator"])
def test_who_may_not_change_preferences_is_refused(held, actor_of, role):
    by = actor_of(role)
    for act in (services.set_on, services.set_off):
        with pytest.raises(NotAllowed):
            act(held, "bed_type", "king", source="guest", by=by)
    with pytest.raises(NotAllowed):
        services.unset(held, "bed_type", source="guest", by=by)
    with pytest.raises(NotAllowed):
        services.replace(held, {"bed_type": ["king"]}, source="guest", by=by)


@pytest.mark.parametrize(
    ("name", "code"),
    [("bed_type", "waterbed"), ("bed_type", ""), ("bed_type", 7), ("bed_type", "king" * 99),
     ("room_location", "under_water"), ("turndown_service", "maybe"), ("pillow_count", "0"),
     ("pillow_count", "11"), ("pillow_count", "x"), ("wake_up_call_time", "25:00"),
     ("wake_up_call_time", "7"), ("do_not_disturb_hours", "14:00-14:00"),
     ("do_not_disturb_hours", "14:00"), ("special_occasions", "02-30:birthday"),
     ("special_occasions", "08-15:moonday"), ("special_occasions", "birthday"),
     ("language_preference", "Klingonese"), ("floor_preference", "specific:0"),
     ("floor_preference", "specific:1000"), ("newspaper", CARD), ("minibar_extra", CARD),
     ("favorite_dishes", "Phở\0"), ("food_allergies", "x" * 81), ("other_assistance", "y" * 181),
     ("special_occasions", f"08-15:birthday:{CARD}"), ("colour", "red")],
)  # fmt: skip
def test_what_is_not_listed_or_does_not_belong_is_refused_with_a_sentence(
    held, manager, told, name, code
):
    with pytest.raises(Invalid) as fault:
        services.set_on(held, name, code, source="guest", by=manager)
    assert list(fault.value.errors) == [name]
    assert str(fault.value)
    assert told(held) == {}


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [("minibar_extra", "Coke Zero", "Coke Zero"), ("food_allergies", "Đậu phộng", "peanuts"),
     ("food_allergies", "PEANUTS", "peanuts"), ("food_allergies", "Mango", "Mango"),
     ("favorite_dishes", "  Bún   chả ", "Bún chả"), ("language_preference", "French", "fr"),
     ("floor_preference", "specific:5", "specific:5"),
     ("dietary_restrictions", "Gluten-free", "gluten_free"),
     ("do_not_disturb_hours", "22:00-07:00", "22:00-07:00"), ("pillow_count", "8", "8"),
     ("special_occasions", "02-29:birthday: cake: dark ", "02-29:birthday:cake: dark"),
     ("mobility_assistance", "王小明's scooter", "王小明's scooter")],
)  # fmt: skip
def test_free_items_are_kept_and_known_ones_recognised(held, manager, told, name, typed, kept):
    services.set_on(held, name, typed, source="guest", by=manager)
    assert told(held) == {name: [kept]}


def test_a_touch_taken_back_restores_the_former_value_with_its_former_origin(held, manager, told):
    services.set_on(held, "bed_type", "king", source="guest", by=HOUSE)
    row = origins.rows_of(held.id)["bed_type", ""]
    row.noted_at = long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    db.session.flush()
    touch = services.set_on(held, "bed_type", "twin", source="staff", by=manager)
    assert services.restore(held, touch, by=manager)
    assert told(held) == {"bed_type": ["king"]}
    assert origin(held, "bed_type") == ("guest", "Guestbook")
    assert origins.rows_of(held.id)["bed_type", ""].noted_at == long_ago
    assert services.restore(held, touch, by=manager) is None


def test_taking_back_a_value_of_several_leaves_what_others_told_meanwhile(held, manager, told):
    services.set_on(held, "room_location", "quiet", source="guest", by=HOUSE)
    touch = services.set_off(held, "room_location", "quiet", source="staff", by=manager)
    services.set_on(held, "room_location", "near_exit", source="staff", by=manager)
    services.restore(held, touch, by=manager)
    assert told(held) == {"room_location": ["near_exit", "quiet"]}
    assert origin(held, "room_location", "quiet") == ("guest", "Guestbook")


def test_a_single_choice_that_was_changed_again_is_not_taken_back(held, manager, told):
    touch = services.set_on(held, "bed_type", "king", source="guest", by=manager)
    services.set_on(held, "bed_type", "twin", source="guest", by=manager)
    with pytest.raises(Conflict):
        services.restore(held, touch, by=manager)
    assert told(held) == {"bed_type": ["twin"]}


def test_many_fields_are_replaced_at_once_or_not_at_all(held, manager, told):
    with pytest.raises(Invalid) as fault:
        services.replace(
            held, {"bed_type": ["king"], "view_preference": ["moon"]}, source="guest", by=manager
        )
    assert list(fault.value.errors) == ["view_preference"]
    assert told(held) == {}
    held = guests.hold(held.id)
    services.replace(
        held, {"bed_type": ["king"], "room_location": ["quiet", "quiet"]}, source="guest",
        by=manager,
    )  # fmt: skip
    assert told(held) == {"bed_type": ["king"], "room_location": ["quiet"]}
    assert len(entries(held.id)) == 1


def test_the_order_of_a_list_says_nothing(held, manager):
    services.replace(held, {"room_location": ["quiet", "near_exit"]}, source="guest", by=manager)
    again = {"room_location": ["near_exit", "quiet"]}
    assert services.replace(held, again, source="guest", by=manager) == []


def test_a_list_has_an_end(held, manager):
    many = [f"Dish {n}" for n in range(31)]
    with pytest.raises(Invalid):
        services.replace(held, {"favorite_dishes": many}, source="guest", by=manager)


CODES = {
    "bed_type": ["king", "twin"], "room_location": ["quiet", "high_floor", "near_exit"],
    "food_allergies": ["peanuts", "Mango"], "turndown_service": ["yes", "no"],
    "minibar_stock": ["water", "Coke Zero"], "breakfast_time": ["07:00", "08:30"],
    "hearing_assistance": ["yes", "no"], "do_not_disturb_hours": ["14:00-16:00", "22:00-06:00"],
    "special_occasions": ["08-15:birthday", "12-20:anniversary:champagne"],
}  # fmt: skip
STEP = st.sampled_from([(name, code) for name, codes in CODES.items() for code in codes])
HISTORY = st.lists(st.tuples(st.sampled_from(["on", "off", "unset", "undo"]), STEP), max_size=12)


@settings(max_examples=25, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(HISTORY)
def test_row_origins_and_short_form_agree_after_any_history(guest, told, history):
    made = guests.hold(guest().id)
    expected: dict[str, list[str]] = {}
    last = None
    for act, (name, code) in history:
        before = dict(expected)
        if act == "undo" and last is not None:
            touch, expected = last
            services.restore(made, touch, by=HOUSE)
            last = None
        elif act == "on":
            touch = services.set_on(made, name, code, source="guest", by=HOUSE)
            old = expected.get(name, [])
            new = [*old, *([] if code in old else [code])] if FIELDS[name].several else [code]
            expected = {**expected, name: new}
            last = (touch, before) if touch else None
        elif act in ("off", "unset"):
            gone = [code] if act == "off" else expected.get(name, [])
            touch = (
                services.set_off(made, name, code, source="staff", by=HOUSE) if act == "off"
                else services.unset(made, name, source="staff", by=HOUSE)
            )  # fmt: skip
            expected = {**expected, name: [c for c in expected.get(name, []) if c not in gone]}
            last = (touch, before) if touch else None
    found = {name: sorted(codes) for name, codes in told(made).items()}
    assert found == {name: sorted(codes) for name, codes in expected.items() if codes}


def test_erasing_a_guest_takes_everything_along(held, manager):
    services.set_on(held, "bed_type", "king", source="guest", by=manager)
    db.session.commit()
    guest_id = held.id
    db.session.delete(db.session.get_one(Customer, guest_id))
    db.session.commit()
    assert services.of(guest_id) is None
    assert db.session.scalar(select(PreferenceSource.id)) is None


def test_several_at_once_lose_nothing_though_nobody_had_told_anything(
    application, held, manager, told
):
    wanted = [("bed_type", "king"), ("pillow_type", "firm"), ("room_location", "quiet"),
              ("room_location", "near_exit"), ("food_allergies", "peanuts")]  # fmt: skip
    guest_id, version = held.id, held.version
    db.session.rollback()
    start, faults = threading.Barrier(len(wanted)), []

    def touch(name: str, code: str) -> None:
        with application.test_request_context("/"):
            start.wait()
            try:
                mine = guests.hold(guest_id)
                services.set_on(mine, name, code, source="guest", by=manager)
                db.session.commit()
            except Exception as fault:  # noqa: BLE001 - shown by the assertion
                faults.append(fault)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=touch, args=pair) for pair in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    state = told(guests.get(guest_id))
    assert {(name, code) for name, codes in state.items() for code in codes} == set(wanted)
    assert guests.get(guest_id).version == version + len(wanted)
