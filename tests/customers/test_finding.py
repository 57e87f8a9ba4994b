"""The search box: what it shows, marks, and never tells."""

import re

import pytest
from sqlalchemy import select

from app.core.actor import HOUSE
from app.core.audit import AuditEntry
from app.customers import finding
from app.customers.models import Customer
from app.extensions import db

NAMES = ["Nguyễn Thị Ánh Tuyết", "Đỗ Đức", "王小明", "김민준", "O'Brien-Łukasz", "محمد"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("anh tuyet", NAMES[0]), ("tuyết nguyễn", NAMES[0]), ("Nguyễn Thị", NAMES[0]),
        ("do duc", NAMES[1]), ("王小", NAMES[2]), ("민준", NAMES[3]),
        ("lukasz", NAMES[4]), ("obrien", NAMES[4]), ("محمد", NAMES[5]),
    ],
)  # fmt: skip
def test_a_guest_is_found_by_any_part_of_the_name(app, guest, typed, name):
    for each in NAMES:
        guest(each)
    assert [found.full_name for found in finding.look(typed, by=HOUSE)] == [name]


@pytest.mark.parametrize("typed", ["0912345678", "+84 912 345 678", "5678", "0912 345"])
def test_a_phone_finds_in_any_style_and_the_answer_shows_it(app, guest, typed):
    guest("Đỗ Đức", phone="0912345678", alternative_email="duc@example.com")
    [found] = finding.look(typed, by=HOUSE)
    assert any(hit for _, hit in found.hint)


def test_what_matched_is_marked(may, guest):
    guest("Nguyễn Văn An")
    body = may.fragment("/customers/search?q=nguyen").get_data(as_text=True)
    assert "<mark>Nguyễn</mark>" in body


def test_blacklisted_guests_show_with_a_warning_and_erased_ones_never(may, app, guest):
    bad, gone = guest("Đỗ Đức"), guest("Đỗ Duy")
    bad.is_blacklisted = True
    gone.status = "erased"
    from app.customers.services import store

    store(bad)
    store(gone)
    db.session.commit()
    body = may.fragment("/customers/search?q=do").get_data(as_text=True)
    assert "Blacklisted" in body
    assert "Duy" not in body


def test_nothing_typed_can_break_the_search(may):
    for typed in [
        '"',
        "'",
        "(",
        "%",
        "_",
        "*",
        "{{7*7}}",
        "<b>",
        "a" * 5000,
        "\u202e",
        "👩‍👩‍👧",
        "NEAR(",
    ]:
        may.fragment("/customers/search", query_string={"q": typed})
        may.get("/customers/search", query_string={"q": typed})


def test_a_stranger_finds_nobody(may_not):
    assert may_not.fragment("/customers/search?q=an", status=401).headers["HX-Redirect"]


def test_the_statements_do_not_grow_with_the_answer(may, guest, count_statements):
    guest("Nguyễn Một")
    with count_statements() as one:
        may.fragment("/customers/search?q=nguyen")
    for n in range(9):
        guest(f"Nguyễn Văn {n}")
    with count_statements() as many:
        may.fragment("/customers/search?q=nguyen")
    assert len(many) <= len(one) <= 8


def test_a_paper_is_found_by_its_exact_number_and_the_look_up_is_kept(as_role, guest):
    made = guest("Đỗ Đức", id_number="P 1234567")
    desk = as_role("front_desk")
    assert "Đỗ Đức" in desk.post("/customers/papers", {"number": "p1234567"}, 200).text
    assert "Đỗ Đức" not in desk.post("/customers/papers", {"number": "p123456"}, 200).text
    desk.post("/customers/papers", {"number": "p"}, 422)
    looked = select(AuditEntry).where(AuditEntry.action == "paper.looked_up")
    assert len(db.session.scalars(looked).all()) == 2
    assert db.session.get(Customer, made.id).id_number == "P 1234567"


def test_marketing_does_not_look_for_papers(may_read):
    may_read.get("/customers/papers", 403)
    may_read.post("/customers/papers", {"number": "P1234567"}, 403)
    assert "paper" not in may_read.fragment("/customers/search?q=zz").text


def test_a_new_guest_is_offered_with_what_was_typed(as_role):
    body = as_role("front_desk").fragment("/customers/search?q=Tuyết").text
    assert re.search(r'href="/customers/new\?q=Tuy', body)
    picked = as_role("front_desk").fragment("/customers/picker?q=Tuyết").text
    assert "/customers/new?q=" in picked


def test_the_picker_carries_ids(may, guest):
    made = guest("Đỗ Đức")
    assert f'data-value="{made.id}"' in may.fragment("/customers/picker?q=duc").text
