"""The tab: chips that post the wanted state, undo, two people at once, and whose eyes it is for."""

import re
from html import unescape
from random import Random

import pytest
from sqlalchemy import select

from app.core.actor import HOUSE
from app.core.audit import AuditEntry
from app.core.types import new_id
from app.customers import listing, parts
from app.customers import services as guests
from app.customers.listing import asked
from app.extensions import db
from app.preferences import services, suggestions
from app.preferences.catalogue import GROUPS
from app.preferences.learning import learn
from app.preferences.origins import Origin
from tests.page import Page

LETTERS = "ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđ王小明ابج"
HTMX = {"HX-Request": "true"}


def path(guest, group="room"):
    return f"/customers/{guest.id}/preferences/{group}"


def touch(browser, guest, group="room", status=200, **form):
    return browser.post(path(guest, group), form, status=status, headers=HTMX)


def undo_of(answer):
    found = re.search(r'action="([^"]+/undos\?token=[^"]+)"', answer.get_data(as_text=True))
    assert found
    return unescape(found[1])


def pressed(answer):
    body = answer.get_data(as_text=True)
    return re.findall(r'aria-pressed="true"[^>]*name="off" value="([^"]*)"', body)


def words(answer):
    return Page(answer.get_data(as_text=True)).text


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_has_a_page_and_a_part_of_one(may, held, group):
    page = may.get(path(held, group)).get_data(as_text=True)
    assert 'id="preferences"' in page
    part = may.fragment(path(held, group)).get_data(as_text=True)
    assert "<html" not in part
    assert 'id="tabs"' in part


def test_the_tab_opens_with_the_room_and_the_view_is_on_record(may, held):
    guest_id = held.id
    page = may.get(f"/customers/{guest_id}/preferences")
    assert "King bed" in words(page)
    query = select(AuditEntry.part).where(AuditEntry.action == "customer.viewed",
                                          AuditEntry.subject_id == guest_id)  # fmt: skip
    assert list(db.session.scalars(query)) == ["preferences"]


def test_a_touch_saves_says_so_and_says_where_it_comes_from(may, held, told):
    answer = touch(may, held, field="bed_type", on="king")
    assert "Saved: King bed." in words(answer)
    assert pressed(answer) == ["king"]
    assert re.search(r"King bed : the guest said so · .* · Manager", words(answer))
    assert told(held) == {"bed_type": ["king"]}


def test_without_javascript_it_is_a_page_again_with_the_undo(may, held, told):
    answer = may.post(path(held), {"field": "bed_type", "on": "king", "source": "staff"})
    assert answer.headers["Location"] == f"{path(held)}?source=staff"
    page = may.get(answer.headers["Location"])
    assert "King bed : seen by staff" in words(page)
    may.post(undo_of(page))
    assert told(held) == {}


def test_a_double_touch_is_one_change(may, held, told):
    touch(may, held, field="room_location", on="quiet")
    answer = touch(may, held, field="room_location", on="quiet")
    assert "nothing was changed" in words(answer)
    assert told(held) == {"room_location": ["quiet"]}
    touch(may, held, field="room_location", off="quiet")
    touch(may, held, field="room_location", off="quiet")
    assert told(held) == {}


def test_undo_restores_the_former_value_with_its_former_source(may, held, told):
    services.set_on(held, "bed_type", "king", source="guest", by=HOUSE)
    answer = touch(may, held, field="bed_type", on="twin", source="staff")
    back = may.post(undo_of(answer), status=200, headers=HTMX)
    assert "Taken back." in words(back)
    assert re.search(r"King bed : the guest said so · .* · Guestbook", words(back))
    again = may.post(undo_of(answer), status=200, headers=HTMX)
    assert "It is as it was already." in words(again)
    assert told(held) == {"bed_type": ["king"]}


def test_an_undo_that_came_too_late_leaves_what_is_there(may, held, told):
    answer = touch(may, held, field="bed_type", on="twin")
    touch(may, held, field="bed_type", on="queen")
    assert "changed again meanwhile" in words(may.post(undo_of(answer), status=200, headers=HTMX))
    assert told(held) == {"bed_type": ["queen"]}


@pytest.mark.parametrize("token", ["", "x", "AAAA", "é", "eyJuYW1lIjoiYmVkX3R5cGUifQ=="])
def test_a_forged_undo_is_refused(may, held, told, token):
    may.post(f"{path(held)}/undos?token={token}", status=422)
    assert told(held) == {}


def test_an_undo_of_one_guest_does_nothing_to_another(may, held, guest, told):
    answer = touch(may, held, field="bed_type", on="twin")
    other = guest("Đỗ Đức")
    may.post(undo_of(answer).replace(str(held.id), str(other.id)), status=422)
    assert told(held) == {"bed_type": ["twin"]}


@pytest.mark.parametrize(
    ("group", "name", "length"),
    [("services", "notes", 200), ("accessibility", "other_assistance", 180),
     ("food", "favorite_dishes", 80), ("room", "room_type_preference", 100)],
)  # fmt: skip
def test_the_longest_undo_fits_into_an_address_and_a_cookie(may, held, told, group, name, length):
    chance = Random(1)
    old, new = ("".join(chance.choices(LETTERS, k=length)) for _ in range(2))
    from_stays = [{"id": str(new_id()), "left": f"2026-01-{n:02}"} for n in range(1, 13)]
    dishes = [f"{'ợ' * 70} {n}" for n in range(28)]
    services.write(held, {"favorite_dishes": dishes}, source="guest", by=HOUSE)
    origin = Origin.new("learned", HOUSE, confidence=100, stays=from_stays)
    services.confirm(held, name, old, origin, by=HOUSE)
    before = told(held)
    for form in ({"off": old}, {"item": new}):
        answer = may.post(path(held, group), {"field": name} | form)
        assert len(answer.headers["Set-Cookie"]) < 4000
        undo = undo_of(may.get(answer.headers["Location"]))
        assert len(undo) < 3500
        may.post(undo)
        assert told(held) == before


def test_two_people_choose_different_things_and_nothing_is_lost(as_role, held, told):
    lan, huong = as_role("front_desk"), as_role("manager")
    touch(lan, held, field="bed_type", on="king", was="")
    answer = touch(huong, held, field="pillow_type", on="firm", was="")
    assert "Meanwhile" not in words(answer)
    touch(lan, held, field="room_location", on="quiet", was="")
    answer = touch(huong, held, field="room_location", on="near_exit", was="")
    assert "Meanwhile" not in words(answer)
    assert told(held) == {
        "room_location": ["quiet", "near_exit"], "bed_type": ["king"], "pillow_type": ["firm"],
    }  # fmt: skip


def test_of_two_who_choose_the_same_thing_differently_the_later_wins_and_is_told(
    as_role, held, told
):
    lan, huong = as_role("front_desk"), as_role("manager")
    touch(lan, held, field="bed_type", on="king", was="")
    answer = touch(huong, held, field="bed_type", on="twin", was="")
    assert "Meanwhile Front_Desk had chosen: King bed. Your choice stands now." in words(answer)
    assert told(held) == {"bed_type": ["twin"]}


@pytest.mark.parametrize(
    ("group", "form", "expected"),
    [("services", {"field": "wake_up_call_time", "item": "06:30"},
      {"wake_up_call_time": ["06:30"]}),
     ("services", {"field": "do_not_disturb_hours", "from": "14:00", "to": "16:00"},
      {"do_not_disturb_hours": ["14:00-16:00"]}),
     ("services", {"field": "special_occasions", "occasion": "birthday", "day": "5", "month": "8",
                   "wish": "Bánh sô-cô-la"},
      {"special_occasions": ["08-05:birthday:Bánh sô-cô-la"]}),
     ("services", {"field": "newspaper", "item": "Tuổi Trẻ"}, {"newspaper": ["Tuổi Trẻ"]}),
     ("room", {"field": "floor_preference", "floor": "5"}, {"floor_preference": ["specific:5"]}),
     ("room", {"field": "pillow_count", "on": "4"}, {"pillow_count": ["4"]}),
     ("amenities", {"field": "minibar_extra", "item": "Coke Zero"},
      {"minibar_extra": ["Coke Zero"]}),
     ("communication", {"field": "language_preference", "item": "ja"},
      {"language_preference": ["ja"]}),
     ("food", {"field": "food_allergies", "item": "Kiwi <b>"}, {"food_allergies": ["Kiwi <b>"]}),
     ("privacy", {"field": "photo_consent", "on": "no"}, {"photo_consent": ["no"]})],
)  # fmt: skip
def test_each_kind_of_control_saves_what_it_says(may, held, told, group, form, expected):
    answer = touch(may, held, group, **form)
    assert "Saved:" in words(answer)
    assert told(held) == expected
    (code,) = next(iter(expected.values()))
    may.get(path(held, group))
    touch(may, held, group, field=form["field"], off=code)
    assert told(held) == {}


@pytest.mark.parametrize(
    ("group", "form"),
    [("amenities", {"field": "minibar_extra", "item": "4111 1111 1111 1111"}),
     ("room", {"field": "bed_type", "on": "waterbed"}),
     ("services", {"field": "wake_up_call_time", "item": "25:61"}),
     ("services", {"field": "special_occasions", "occasion": "", "day": "", "month": ""}),
     ("services", {"field": "special_occasions", "occasion": "birthday", "day": "31",
                   "month": "2"}),
     ("room", {"field": "floor_preference", "floor": "x"}),
     ("food", {"field": "favorite_dishes", "item": "   "})],
)  # fmt: skip
def test_what_does_not_belong_is_refused_at_its_field_and_kept(may, held, told, group, form):
    answer = touch(may, held, group, status=422, **form)
    assert f'id="add-{form["field"]}-error"' in answer.get_data(as_text=True) or "on" in form
    page = may.post(path(held, group), form, status=422)
    assert "<html" in page.get_data(as_text=True)
    assert told(held) == {}


@pytest.mark.parametrize(
    "form", [{}, {"field": "nothing", "on": "x"}, {"field": "food_allergies", "on": "peanuts"},
             {"field": "bed_type"}, {"field": "bed_type", "on": "king", "source": "learned"}],
)  # fmt: skip
def test_a_form_that_no_page_has_is_refused(may, held, told, form):
    touch(may, held, status=422, **form)
    assert told(held) == {}


@pytest.mark.parametrize("role", ["marketing", "administrator", "privacy_officer"])
def test_who_may_only_read_sees_values_and_no_button(as_role, held, role):
    services.set_on(held, "bed_type", "king", source="guest", by=HOUSE)
    db.session.commit()
    browser = as_role(role)
    page = browser.get(path(held)).get_data(as_text=True)
    assert "King bed" in page
    assert "Queen bed" not in page
    assert 'name="on"' not in page
    touch(browser, held, status=403, field="bed_type", on="twin")
    browser.post(f"{path(held)}/undos?token=x", status=403)
    browser.post(f"{path(held)}/decisions", {"suggestion": "x"}, status=403)


def test_a_stranger_sees_and_changes_nothing(client, held):
    client.get(path(held), status=303)
    for where in ("", "/undos", "/decisions"):
        client.post(path(held) + where, {"field": "bed_type", "on": "king"}, status=401)


def ill(held):
    for name, code in (("food_allergies", "peanuts"), ("mobility_assistance", "wheelchair"),
                       ("dietary_restrictions", "halal"), ("favorite_dishes", "Phở")):  # fmt: skip
        services.set_on(held, name, code, source="guest", by=HOUSE)
    db.session.commit()


def test_health_and_belief_are_only_for_who_serves(as_role, held):
    ill(held)
    browser = as_role("marketing")
    page = browser.get(path(held, "food")).get_data(as_text=True)
    assert "Phở" in page
    for hidden in ("Peanuts", "Halal", "Allergies", "Accessibility", "Wheelchair"):
        assert hidden not in page
    browser.get(path(held, "accessibility"), status=403)


@pytest.mark.parametrize("tab", ["", "/preferences", "/history"])
def test_allergies_and_needs_stand_above_every_tab(may, held, tab):
    ill(held)
    page = words(may.get(f"/customers/{held.id}{tab}"))
    assert "Allergies. Peanuts" in page
    assert "Accessibility. Wheelchair" in page


@pytest.mark.parametrize(
    "where", ["/customers", "/customers?search=nguyen", "/customers/search?q=nguyen",
              "/customers/picker?q=nguyen"],
)  # fmt: skip
def test_allergies_stand_wherever_a_guest_is_listed_for_who_may_know(as_role, held, where):
    ill(held)
    page = words(as_role("front_desk").get(where))
    assert "Allergies: Peanuts" in page
    assert "Wheelchair" in page
    for hidden in ("Peanuts", "Wheelchair"):
        assert hidden not in words(as_role("marketing").get(where))


@pytest.mark.parametrize(
    ("told_", "shown"),
    [(["peanuts", "Mango"], "Peanuts, Mango"), (["peanuts", "shellfish", "dairy", "eggs"],
      "Peanuts, Shellfish +2"), (["x" * 80], "x" * 19 + "…"),
     (["y" * 40, "soy"], "y" * 19 + "… +1")],
)  # fmt: skip
def test_beside_a_name_as_many_allergies_stand_as_fit_and_the_others_are_counted(
    held, manager, told_, shown
):
    services.replace(held, {"food_allergies": told_}, source="guest", by=manager)
    (badge,) = parts.care(held.preferences_summary, manager)
    assert badge == (f"Allergies: {shown}", "attention", "wheat-off")


def test_the_alerts_follow_a_touch(may, held):
    answer = touch(may, held, "food", field="food_allergies", on="peanuts")
    body = answer.get_data(as_text=True)
    assert 'id="alerts" hx-swap-oob="true"' in body
    assert "Allergies." in words(answer)


@pytest.mark.parametrize(
    "filters", [{}, {"vip_status": "none"}, {"sort_by": "vip_status"},
                {"customer_type": "individual", "sort_by": "full_name"}],
)  # fmt: skip
def test_a_list_too_long_to_be_sorted_whole_tells_allergies_too(
    guest, manager, monkeypatch, filters
):
    monkeypatch.setattr(asked, "CAP", 3)
    for name in ("An", "Bình", "Chi", "Dũng", "Giang", "Hà"):
        made = guests.hold(guest(name).id)
        services.set_on(made, "food_allergies", f"Nuts of {name}", source="guest", by=manager)
    db.session.commit()
    rows = listing.find_page(listing.ListInput.read({"limit": "2"} | filters)).rows
    assert len(rows) == 2
    for row in rows:
        assert row.preferences_summary == {"allergies": [f"Nuts of {row.full_name}"]}


def suggested(held, stay):
    rows = learn(held, [stay(n, 9, room_type="Deluxe King") for n in range(3)], by=HOUSE)
    db.session.commit()
    return next(row for row in rows if row.field == "bed_type")


def test_a_suggestion_says_what_speaks_for_it_and_is_confirmed(may, held, stay, told):
    row = suggested(held, stay)
    page = words(may.get(path(held)))
    assert "King bed 100 % 3 of 3 stays rated 8 or better" in page
    assert "3 Jan 2026, 2 Jan 2026, 1 Jan 2026" in page
    form = {"suggestion": str(row.id), "decision": "accept"}
    answer = may.post(f"{path(held)}/decisions", form, status=200, headers=HTMX)
    assert "Confirmed: King bed." in words(answer)
    assert "learned from 3 stays, 100 % agreed" in words(answer)
    assert told(held) == {"bed_type": ["king"]}
    may.post(undo_of(answer), status=200, headers=HTMX)
    assert told(held) == {}
    assert "3 of 3 stays" in words(may.get(path(held)))


def test_a_suggestion_is_declined_and_that_can_be_taken_back(may, held, stay):
    row = suggested(held, stay)
    form = {"suggestion": str(row.id), "decision": "decline"}
    answer = may.post(f"{path(held)}/decisions", form, status=200, headers=HTMX)
    assert "Declined: King bed." in words(answer)
    assert "King bed 100 %" not in words(may.get(path(held)))
    may.post(undo_of(answer), status=200, headers=HTMX)
    assert "King bed 100 %" in words(may.get(path(held)))


def test_a_suggestion_of_another_guest_is_not_found(may, held, guest, stay):
    row = suggested(held, stay)
    other = guest("Đỗ Đức")
    for given in (str(row.id), "x", ""):
        form = {"suggestion": given, "decision": "accept"}
        may.post(f"{path(other)}/decisions", form, status=404)
    assert suggestions.of(other.id) == []


def test_a_merged_guest_leads_to_the_survivor_and_is_not_changed(may, guest):
    old, survivor = guest("Old Profile"), guest("New Profile")
    old.status, old.merged_into = "merged", survivor.id
    db.session.commit()
    answer = may.get(path(old, "food"), status=303)
    assert answer.headers["Location"] == path(survivor, "food")
    touch(may, old, status=409, field="bed_type", on="king")
    may.get(path(survivor, "nothing"), status=404)


def test_the_history_tells_changes_in_words_and_hides_health(may, held):
    ill(held)
    services.set_on(guests.hold(held.id), "bed_type", "king", source="guest", by=HOUSE)
    page = words(may.get(f"/customers/{held.id}/history"))
    assert "changed preferences" in page
    assert "Bed King bed" in page
    assert "Allergies •••" in page
    assert "Peanuts" not in page.replace("Allergies. Peanuts", "")


def fill(held, many):
    dishes = [f"Dish {n}" for n in range(many)]
    wanted = {"favorite_dishes": dishes, "room_location": ["quiet", "high_floor"][:many]}
    services.write(held, wanted, source="guest", by=HOUSE)
    db.session.commit()


def test_the_tab_asks_the_same_however_much_is_told(may, held, stay, count_statements):
    counts = []
    for many in (1, 25):
        fill(guests.hold(held.id), many)
        learn(held, [stay(n, 9, minibar=[f"D{k}" for k in range(many)]) for n in range(3)],
              by=HOUSE)  # fmt: skip
        may.get(path(held, "food"))
        with count_statements() as said:
            may.get(path(held, "food"))
        counts.append(len(said))
    assert counts[0] == counts[1]
    assert counts[0] <= 15


TOUCHES = [
    ({"field": "room_location", "on": "near_exit"}, 11),
    ({"field": "room_location", "off": "near_exit"}, 12),
    ({"field": "bed_type", "on": "twin"}, 12),
]  # fmt: skip
"""What is touched, and how many statements that may take."""


def test_a_touch_asks_little_and_the_same_however_much_is_told(may, held, count_statements):
    token, where = may.csrf_token(), path(held)
    counts = []
    for many in (1, 25):
        fill(guests.hold(held.id), many)
        touch(may, held, field="bed_type", on="king")
        db.session.rollback()
        for form, most in TOUCHES:
            with count_statements() as said:
                may.post(where, form, status=200, headers=HTMX, token=token)
            counts.append(len([each for each in said if not each.startswith("BEGIN")]))
            assert counts[-1] <= most, said
    assert counts[:3] == counts[3:]


def test_lists_ask_no_more_for_allergies(may, guest, count_statements):
    made = [guests.hold(guest(f"Nguyễn {name}").id) for name in ("An", "Bình", "Chi")]
    counts = []
    for _ in range(2):
        may.get("/customers")
        with count_statements() as said:
            may.get("/customers")
            may.fragment("/customers/search?q=nguyen")
        counts.append(len(said))
        for each in made:
            services.set_on(guests.hold(each.id), "food_allergies", "peanuts", source="guest",
                            by=HOUSE)  # fmt: skip
        db.session.commit()
    assert counts[0] == counts[1]
