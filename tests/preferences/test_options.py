"""The lists of options: what managers add and retire, and what that means for guests."""

import pytest
from sqlalchemy import select

from app.core.actor import HOUSE
from app.core.audit import AuditEntry
from app.core.errors import Invalid, NotAllowed
from app.extensions import db
from app.preferences import lists, options, services
from app.preferences.catalogue import FIELDS
from app.preferences.wishes import wishes
from tests.page import Page

PATH = "/preferences/options/room"
NEW = {"field": "view_preference", "label_en": "River", "label_vi": "Sông"}
RETIRED = {"field": "bed_type", "value": "queen", "retired": "yes"}


def words(answer):
    return Page(answer.get_data(as_text=True)).text


def test_a_manager_adds_an_option_and_staff_choose_it(may, as_role, held, told):
    answer = may.post(PATH, NEW)
    assert answer.headers["Location"] == f"{PATH}#list-view_preference"
    assert "River" in words(may.get(PATH))
    path = f"/customers/{held.id}/preferences/room"
    desk = as_role("front_desk")
    assert "River" in words(desk.get(path))
    desk.post(path, {"field": "view_preference", "on": "river"})
    assert told(held) == {"view_preference": ["river"]}
    assert [wish.words for wish in wishes(services.of(held.id), care=True)] == ["View: River"]


def test_a_retired_option_cannot_be_chosen_but_who_has_it_keeps_it(may, held, told):
    services.set_on(held, "bed_type", "queen", source="guest", by=HOUSE)
    db.session.commit()
    assert "can no longer be chosen" in words(
        may.get(may.post(f"{PATH}/retirements", RETIRED).headers["Location"])
    )
    path = f"/customers/{held.id}/preferences/room"
    assert "Queen bed" in words(may.get(path))
    may.post(path, {"field": "bed_type", "off": "queen"})
    assert "Queen bed" not in words(may.get(path)).replace("Taken away: Queen bed", "")
    may.post(path, {"field": "bed_type", "on": "queen"}, status=422)
    may.post(f"{PATH}/retirements", RETIRED | {"retired": "no"})
    may.post(path, {"field": "bed_type", "on": "queen"})
    assert told(held) == {"bed_type": ["queen"]}


def test_retiring_twice_is_one_change(may):
    for _ in range(2):
        may.post(f"{PATH}/retirements", RETIRED)
    entries = list(db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "option.retired")))  # fmt: skip
    assert len(entries) == 1
    assert lists.load().retired(FIELDS["bed_type"], "queen")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [({"label_en": "Sea"}, "on this list already"), ({"label_vi": "sea"}, "on this list already"),
     ({"label_en": ""}, "fill this in"), ({"label_en": "!!!"}, "needs letters"),
     ({"label_en": "x" * 61}, "At most"), ({"label_vi": "4111 1111 1111 1111"}, "card number")],
)  # fmt: skip
def test_what_is_no_option_is_refused_with_what_was_typed(may, change, sentence):
    page = may.post(PATH, NEW | change, status=422)
    assert sentence in words(page)
    assert lists.load().rows == {}


@pytest.mark.parametrize("field", ["", "nothing", "newspaper", "turndown_service", "pillow_count"])
def test_only_lists_can_be_changed(may, field):
    may.post(PATH, NEW | {"field": field}, status=422)
    may.post(f"{PATH}/retirements", RETIRED | {"field": field}, status=422)


def test_a_retired_one_is_brought_back_rather_than_added_again(may, manager):
    may.post(f"{PATH}/retirements", RETIRED)
    with pytest.raises(Invalid) as fault:
        options.add(FIELDS["bed_type"], "Queen", "Giường queen", by=manager)
    assert "Bring it back" in str(fault.value)


@pytest.mark.parametrize("value", ["", "waterbed", "<b>"])
def test_what_was_never_on_a_list_cannot_be_retired(may, value):
    may.post(f"{PATH}/retirements", RETIRED | {"value": value}, status=422)


@pytest.mark.parametrize("role", ["front_desk", "marketing", "administrator", "privacy_officer"])
def test_the_lists_are_for_managers(as_role, actor_of, role):
    browser = as_role(role)
    for path in ("/preferences/options", PATH):
        browser.get(path, status=403)
    browser.post(PATH, NEW, status=403)
    browser.post(f"{PATH}/retirements", RETIRED, status=403)
    with pytest.raises(NotAllowed):
        options.add(FIELDS["bed_type"], "Futon", "Futon", by=actor_of(role))
    with pytest.raises(NotAllowed):
        options.set_retired(FIELDS["bed_type"], "king", True, by=actor_of(role))


def test_a_stranger_is_asked_to_sign_in(client):
    client.get("/preferences/options", status=303)
    client.post(PATH, NEW, status=401)


def test_a_group_without_lists_is_no_page(may):
    may.get("/preferences/options/privacy", status=404)
    may.get("/preferences/options/nothing", status=404)
    may.get("/preferences/options")


@pytest.mark.parametrize(
    ("label", "value"),
    [("Near the pool", "near_the_pool"), ("Gần hồ bơi", "gan_ho_boi"), ("  A--B ", "a_b"),
     ("x" * 60, "x" * 50), ("…", "")],
)  # fmt: skip
def test_an_option_is_called_by_its_word(label, value):
    assert options.value_of(label) == value
