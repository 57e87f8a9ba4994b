"""Allergies and needs: they stand wherever a guest does, for those who may know of them."""

from datetime import timedelta
from typing import Any

import pytest

from app.core.actor import HOUSE
from app.core.clock import today
from app.customers import marks
from app.customers import services as guests
from app.documents import services as documents
from app.documents.inputs import DocumentInput
from app.extensions import db
from app.loyalty.models import Notice
from app.loyalty.vip import grants
from tests.companies.conftest import company  # noqa: F401 - a fixture
from tests.page import Page
from tests.relationships.conftest import tie  # noqa: F401 - a fixture


@pytest.fixture
def ill(guest, likes):
    """Three allergies and a wheelchair: more than fits beside a name in a list."""
    made = guest("Trần Ngọc Ánh", phone="+84901234567", email="anh@example.com")
    told = {"pillow_type": ["firm"], "food_allergies": ["peanuts", "shellfish", "eggs"],
            "mobility_assistance": ["wheelchair"]}  # fmt: skip
    likes(made, **told)
    return made


def words(browser: Any, path: str) -> str:
    return Page(browser.get(path).get_data(as_text=True)).text


def _on_lists(whose):
    """A paper that expires soon, a level given by hand, and something to be told."""
    held, soon = guests.hold(whose.id), today() + timedelta(days=5)
    grants.grant(held, "gold", soon, "A wedding", by=HOUSE)
    paper = {"document_type": "passport", "expiry_date": str(soon)}
    documents.add(held.id, DocumentInput.read(paper), by=HOUSE)
    told = {"kind": "vip_upgrade", "occasion": "x", "facts": {"from": "none", "to": "gold"}}
    db.session.add(Notice(customer_id=held.id, **told))
    db.session.commit()


WHOLE = "Peanuts, Shellfish, Eggs"
SHORT = "Allergies: Peanuts, Shellfish +1"


def test_they_stand_beside_a_guest_on_every_page_of_others(
    as_role, guest, ill, book, staying, tie, company  # noqa: F811 - fixtures
):  # fmt: skip
    other, house = guest("Nguyễn Văn An"), company()
    tie(other, "spouse", ill)
    guests.update(guests.hold(ill.id), {"company_id": house.id}, by=HOUSE)
    db.session.commit()
    booking = staying(other, room="204", companions=[{"customer_id": ill.id}])
    arrival = book(ill)
    _on_lists(ill)
    short = [
        "/customers", "/customers?search=anh", "/customers/search?q=anh", "/customers/picker?q=anh",
        f"/customers/{other.id}/relationships", f"/bookings/{booking.id}",
        f"/companies/{house.id}", f"/customers/search?q={arrival.reference}", "/documents",
        "/loyalty/vip", "/loyalty/notices",
    ]  # fmt: skip
    whole = [
        f"/customers/{ill.id}", f"/customers/{ill.id}/stays", f"/customers/{ill.id}/bookings/new",
        f"/bookings/{arrival.id}", f"/bookings/{arrival.id}/edit",
        f"/desk/bookings/{arrival.id}/check-in", f"/desk/bookings/{arrival.id}/check-in/room",
    ]  # fmt: skip
    on_paper = ["/desk", "/desk?department=kitchen", "/desk?department=housekeeping",
                "/desk/print/arrivals", "/desk/print/rooms", "/desk/print/kitchen",
                "/desk/print/housekeeping"]  # fmt: skip
    serves = as_role("front_desk")
    assert [path for path in short if SHORT not in words(serves, path)] == []
    assert [path for path in whole if WHOLE not in words(serves, path)] == []
    for path in on_paper:
        text = words(serves, path)
        assert all(word in text for word in ("Peanuts", "Shellfish", "Eggs")), path
    stranger = as_role("marketing")
    closed = ("/documents", "/loyalty/notices")
    for path in (*set(short).difference(closed), f"/bookings/{arrival.id}", f"/customers/{ill.id}"):
        text = words(stranger, path)
        assert "Peanuts" not in text, path
        assert "Wheelchair" not in text, path


def test_they_stand_where_somebody_is_meant_stopped_or_leaves(
    may, ill, guest, staying, company  # noqa: F811 - fixtures
):  # fmt: skip
    leaving = staying(ill, room="301")
    assert WHOLE in words(may, f"/desk/bookings/{leaving.id}/check-out")
    asked = {"q": "anh", "relationship_type": "friend"}
    other = guest("Lê Bình")
    meant = may.post(f"/customers/{other.id}/relationships", asked, 422)
    travels = may.post(f"/companies/{company().id}/travellers", {"q": "anh"}, 422)
    newcomer = {"full_name": ill.full_name, "phone": ill.phone, "customer_type": "individual"}
    alike = may.post("/customers/new", newcomer, 409)
    for answer in (meant, travels, alike):
        assert SHORT in Page(answer.get_data(as_text=True)).text
    held = guests.hold(ill.id)
    guests.update(held, {"id_number": "B7654321"}, by=HOUSE)
    marks.place(held, "blacklist", {"reason": "Left without paying"}, by=HOUSE)
    db.session.commit()
    found = may.post("/customers/papers", {"number": "B7654321"}, 200)
    assert SHORT in Page(found.get_data(as_text=True)).text
    dates = {"check_in": "2031-05-01", "check_out": "2031-05-03", "adults": "1", "children": "0"}
    stopped = Page(
        may.post(f"/customers/{ill.id}/bookings", dates, 409).get_data(as_text=True)
    ).text
    assert "is on the blacklist" in stopped
    assert WHOLE in stopped
