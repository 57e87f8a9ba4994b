"""The relationships tab: with htmx and without, for who may and who may only read."""

import re

import pytest

from app.core.actor import HOUSE
from app.customers import services as guests
from app.extensions import db
from app.preferences import services as preferences
from app.relationships import services
from tests.page import Page as Text


@pytest.fixture
def an(guest):
    return guest("Nguyễn Văn An")


@pytest.fixture
def duc(guest):
    return guest("Đỗ Đức")


def tab(guest, rest=""):
    return f"/customers/{guest.id}/relationships{rest}"


def added(other, kind="friend"):
    return {"related_customer_id": str(other.id), "q": other.full_name, "relationship_type": kind}


def test_somebody_is_added_from_the_picker(may, an, duc):
    may.post(tab(an), added(duc, "spouse"))
    page = may.get(tab(an)).text
    assert "Đỗ Đức" in page
    assert "Nguyễn Văn An" in may.get(tab(duc)).text
    assert re.search(r'<svg class="family" role="img" aria-labelledby="family-title', page)
    assert "Đỗ Đức: Spouse</desc>" in page


def test_who_was_typed_and_not_picked_is_asked_about(may, an, duc):
    page = may.post(tab(an), {"q": "do duc", "relationship_type": "friend"}, 422).text
    assert str(duc.id) in page
    assert 'value="by_name"' in page
    may.post(tab(an), {"q": "do duc", "chosen": str(duc.id), "relationship_type": "friend"})
    assert services.of(an.id)[0].related == duc


def test_a_name_without_a_profile_is_kept(may, an):
    may.post(tab(an), {"q": "Bé Na", "chosen": "by_name", "relationship_type": "child"})
    assert services.of(an.id)[0].related_name == "Bé Na"
    assert "no profile" in may.get(tab(an)).text


def test_a_forged_id_and_a_missing_type_are_told_at_their_fields(may, an, duc):
    page = may.post(tab(an), {"related_customer_id": "x", "relationship_type": ""}, 422).text
    assert "related_customer_id-error" in page
    assert "relationship_type-error" in page


def test_a_doubled_one_is_told_and_what_was_typed_stays(may, an, duc, tie):
    tie(an, "friend", duc)
    page = may.post(tab(an), added(duc), 409).text
    assert "This relationship is there already." in page
    assert 'value="Đỗ Đức"' in page


def test_a_switch_posts_the_wanted_state_and_can_be_undone(may, an, duc, tie):
    row = tie(an, "friend", duc)
    path = tab(an, f"/{row.id}/switches")
    for _ in range(2):
        answer = may.post(path, {"set": "can_make_bookings:true"}, 200,
                          headers={"HX-Request": "true"})  # fmt: skip
        assert services.of(an.id)[0].can_make_bookings
    assert f"{path}?set=can_make_bookings:false" in answer.text
    may.post(f"{path}?set=can_make_bookings:false")
    db.session.expire_all()
    assert not services.of(an.id)[0].can_make_bookings
    may.post(path, {"set": "is_admin:true"}, 422)
    may.post(path, {"set": "can_make_bookings"}, 422)


def test_a_switch_of_what_was_removed_meanwhile_is_a_missing_page(may, an, duc, tie):
    row = tie(an, "friend", duc)
    path = tab(an, f"/{row.id}/switches")
    may.post(tab(an, f"/{row.id}/removal"))
    may.post(path, {"set": "can_make_bookings:true"}, 404)


def test_a_name_gets_its_profile(may, an, duc, tie):
    row = tie(an, "child", "Đức")
    edit = tab(an, f"/{row.id}/edit")
    sent = {"related_name": "Đức", "relationship_type": "child", "notes": ""}
    assert str(duc.id) in may.post(edit, sent | {"q": "do duc"}, 422).text
    may.post(edit, sent | {"q": "do duc", "chosen": ""})
    may.post(edit, sent | {"q": "do duc", "chosen": str(duc.id)})
    db.session.expire_all()
    assert services.of(an.id)[0].related == duc


def test_an_edit_that_closes_a_ring_is_told(may, an, duc, tie):
    tie(an, "child", duc)
    row = tie(an, "friend", duc)
    sent = {"relationship_type": "parent", "notes": ""}
    page = may.post(tab(an, f"/{row.id}/edit"), sent, 409).text
    assert "ancestor" in page


def test_removing_asks_first(may, an, duc, tie):
    row = tie(an, "friend", duc)
    path = tab(an, f"/{row.id}/removal")
    assert "no longer be tied" in may.get(path).text
    may.fragment(path)
    may.post(path)
    assert services.of(duc.id) == []


def test_the_tab_is_a_fragment_for_htmx_and_leads_from_a_merged_guest(may, an, guest):
    double = guest("An again")
    double.status, double.merged_into = "merged", an.id
    db.session.commit()
    assert "<html" not in may.fragment(tab(an)).text
    assert may.get(tab(double), 303).headers["Location"] == tab(an)


def test_who_may_only_read_sees_and_changes_nothing(may_read, an, duc, tie):
    row = tie(an, "spouse", duc, can_make_bookings=True, notes="Met in Huế")
    page = may_read.get(tab(an)).text
    assert "Book for this guest" in page
    assert "Met in Huế" not in page
    assert 'name="set"' not in page
    assert "add-relationship" not in page
    may_read.post(tab(an), added(duc), 403)
    for rest in ("switches", "edit", "removal"):
        may_read.post(tab(an, f"/{row.id}/{rest}"), status=403)


def test_a_stranger_is_asked_to_sign_in(may_not, an):
    may_not.get(tab(an), 303)


def test_all_that_somebody_shares_shows_and_care_only_to_who_may_see_it(
    may, may_read, an, duc, tie
):
    told = {
        "room_location": ["high_floor"], "room_temperature": ["cool"], "breakfast_time": ["07:00"],
        "food_allergies": ["peanuts"], "mobility_assistance": ["wheelchair"],
        "preferred_contact_method": ["email"], "dietary_restrictions": ["halal"],
    }  # fmt: skip
    preferences.write(guests.hold(duc.id), told, source="guest", by=HOUSE)
    row = tie(duc, "spouse", an)
    db.session.commit()
    assert "High floor" not in may.get(tab(an)).text
    services.change(duc.id, row.id, {"share_preferences": True}, by=HOUSE)
    db.session.commit()
    page = Text(may.get(tab(an)).text).text
    assert (
        "Food and drink Allergies: Peanuts Accessibility Wheelchair"
        " Room High floor, Temperature: Cool Food and drink Halal, Breakfast at: 07:00"
    ) in page
    assert "Best reached by" not in page
    page = may_read.get(tab(an)).text
    assert "High floor" in page
    for hidden in ("Peanuts", "Wheelchair", "Halal"):
        assert hidden not in page
    assert "High floor" not in may.get(tab(duc)).text, "sharing goes one way"


def test_the_tab_asks_as_often_for_one_as_for_many(may, an, duc, guest, tie, count_statements):
    tie(duc, "spouse", an, share_preferences=True)
    may.get(tab(an))
    with count_statements() as one:
        may.get(tab(an))
    for n in range(5):
        tie(guest(f"Guest {n}"), "sibling", an, share_preferences=True)
    with count_statements() as many:
        may.get(tab(an))
    assert len(many) == len(one)


def test_the_history_tells_of_it_in_words(may, an, duc, tie):
    row = tie(an, "spouse", duc)
    services.change(an.id, row.id, {"is_primary": True}, by=HOUSE)
    page = may.get(f"/customers/{an.id}/history").text
    assert "added a relationship" in page
    assert "changed a relationship" in page
    assert page.count(duc.customer_code) == 3, "whom it is with, in each line"
    assert "Spouse" in page
