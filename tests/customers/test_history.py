"""The history tab: who saw and changed what, in words, without what is sealed."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, update

from app.core.actor import HOUSE
from app.core.audit import AuditEntry, AuditPayload
from app.customers import marks, services
from app.extensions import db


def text_of(browser, guest, query=""):
    return browser.get(f"/customers/{guest.id}/history{query}").get_data(as_text=True)


def test_changes_are_told_in_words(may, rich, manager):
    services.update(
        rich, {"vip_status": "gold", "country": "FR", "phone": "+84911222333"}, by=manager
    )
    db.session.commit()
    page = text_of(may, rich)
    for words in ("VIP level", "Gold", "France", "0911 222 333", "0903 124 567", "Manager"):
        assert words in page
    assert "vip_status" not in page


def test_sealed_values_never_stand_in_it(may, rich, manager):
    services.update(rich, {"id_number": "B9999999", "medical_notes": "Asthma"}, by=manager)
    db.session.commit()
    page = text_of(may, rich)
    assert "Identity number" in page
    for secret in ("B9999999", "C1234678", "Asthma", "peanuts"):
        assert secret not in page


def test_views_of_one_person_are_one_line(may, as_role, rich):
    lan = as_role("front_desk")
    for _ in range(3):
        lan.get(f"/customers/{rich.id}")
    assert "opened the profile 3 times" in text_of(may, rich)


@pytest.mark.parametrize(
    ("language", "day", "heading"),
    [
        ("en", "31 Dec 2030", "Wednesday, 31 December 2025"),
        ("vi", "31/12/2030", "Thứ Tư, 31/12/2025"),
    ],
)
def test_days_and_hours_are_written_as_staff_write_them(may, rich, manager, language, day, heading):
    until = {"level": 2, "reason": "Loud", "expires_on": date(2030, 12, 31)}
    marks.place(rich, "warning", until, by=manager)
    then = datetime(2025, 12, 31, 10, 5, tzinfo=UTC)
    db.session.execute(update(AuditEntry).values(at=then))
    db.session.commit()
    page = may.get(
        f"/customers/{rich.id}/history?show=changes", headers={"Accept-Language": language}
    ).get_data(as_text=True)
    for words in (day, heading, "17:05"):
        assert words in page
    assert "2030-12-31" not in page


@pytest.mark.parametrize("show", ["all", "changes", "views"])
def test_it_can_be_narrowed(may, rich, show):
    may.get(f"/customers/{rich.id}")
    page = text_of(may, rich, f"?show={show}")
    assert ("opened the profile" in page) is (show != "changes")
    assert ("created this guest" in page) is (show != "views")


def test_pages_follow_each_other_without_loss(may, rich, manager):
    for number in range(90):
        services.update(rich, {"city": f"City {number:02}"}, by=manager)
    db.session.commit()
    path, seen = f"/customers/{rich.id}/history?show=changes", ""
    for _ in range(3):
        page = may.get(path).get_data(as_text=True)
        seen += page
        found = [link for link in page.split('"') if "&amp;before=" in link]
        path = found[-1].replace("&amp;", "&") if found else path
    assert all(f"City {number:02}" in seen for number in range(90))


def test_what_cannot_be_opened_says_so(may, rich, manager):
    services.update(rich, {"city": "Hà Nội"}, by=manager)
    db.session.execute(update(AuditPayload).values(body=b"\x01" + b"0" * 60))
    db.session.commit()
    assert "The details cannot be opened" in text_of(may, rich)


def test_what_was_erased_says_so(may, rich):
    db.session.execute(delete(AuditPayload))
    db.session.commit()
    page = text_of(may, rich)
    assert "The details cannot be opened" in page
    assert "created this guest" in page


def test_notes_stay_closed_for_who_may_not_read_them(as_role, rich, manager):
    marks.place(
        rich, "note", {"body": "Snores loudly", "reason": "Heard by neighbours"}, by=manager
    )
    services.update(rich, {"credit_limit": None}, by=HOUSE)
    db.session.commit()
    page = text_of(as_role("administrator"), rich)
    assert "wrote a note" in page
    for hidden in ("Snores", "neighbours", "5,000,000"):
        assert hidden not in page


@pytest.mark.parametrize("role", ["front_desk", "guest_relations", "marketing"])
def test_it_is_not_for_every_role(as_role, rich, role):
    as_role(role).get(f"/customers/{rich.id}/history", status=403)


def test_a_stranger_is_asked_to_sign_in(may_not, rich):
    may_not.get(f"/customers/{rich.id}/history", status=303)


@pytest.mark.parametrize("query", ["show=x", "before=x", "before=' OR 1=1", "show={{7*7}}"])
def test_what_is_no_place_in_it_is_refused(may, rich, query):
    may.get(f"/customers/{rich.id}/history?{query}", status=422)


def test_htmx_gets_the_panel_and_the_marked_tab(may, rich):
    body = may.fragment(f"/customers/{rich.id}/history").get_data(as_text=True)
    assert "<html" not in body
    assert 'id="tabs" hx-swap-oob="true"' in body
