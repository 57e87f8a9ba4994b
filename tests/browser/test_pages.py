"""Every page as a browser shows it: quiet console, no grave axe violation, nothing cut off."""

import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from app.companies import contacts, travellers
from app.companies import services as companies
from app.core.actor import HOUSE
from app.core.clock import today
from app.core.types import new_id
from app.customers import marks
from app.customers.models import Customer
from app.extensions import db
from app.imports import services as imports
from app.loyalty import enrolment, memberships, points
from app.preferences import services as preferences
from app.relationships import services as relationships
from app.segments import keeping
from app.segments import rules as thresholds

pytestmark = pytest.mark.sqlite_only  # what a browser shows does not hang on the database

DESK = (
    "/customers", "/customers?search=nguyen&sort_by=full_name", "/customers?vip_status=gold",
    "/customers/search?q=tuyet", "/customers/search?q=nguyen", "/customers/search?q=qzxv",
    "/customers/papers",
    "/customers/new?q=%E7%8E%8B%E5%B0%8F%E6%98%8E", "/customers/{guest}",
    "/customers/{guest}/history", "/customers/{guest}/edit", "/customers/{guest}/edit/contact",
    "/customers/{guest}/edit/identity", "/customers/{guest}/marks/new?kind=blacklist",
    "/customers/{guest}/relationships", "/customers/{guest}/company", "/companies",
    "/customers/{guest}/loyalty?explain=1", "/customers/{guest}/loyalty/redemptions/new",
    "/customers/{guest}/vip", "/segments",
    "/companies?search=qzxv", "/companies/new", "/companies/{firm}", "/companies/{firm}/edit",
    "/companies/{firm}/contacts/new", "/customers/{guest}/preferences",
    "/customers/{guest}/preferences/food", "/customers/{guest}/preferences/services",
    "/customers/{guest}/preferences/accessibility", "/preferences/options/food",
    "/customers/exports/new", "/imports", "/account", "/account/pin", "/account/password",
    "/account/second-factor", "/documents", "/documents/rules", "/documents/rules/new",
    "/documents/retention", "/nowhere",
)  # fmt: skip
HOUSE_PAGES = ("/staff", "/staff/new", "/tokens", "/tokens/new", "/jobs", "/account", "/api/docs")
MARKS: dict[str, dict[str, Any]] = {
    "tag": {"value": "wine"}, "note": {"body": "Snores"}, "warning": {"level": 3},
    "attention": {"body": "Quiet room"},
}  # fmt: skip
LONG = "Nguyễn Công Tằng Tôn Nữ Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh"
TOLD = (
    ("food_allergies", "peanuts"), ("food_allergies", "Macadamia and Brazil nuts"),
    ("mobility_assistance", "wheelchair"), ("hearing_assistance", "yes"), ("bed_type", "king"),
    ("special_occasions", "08-15:birthday:chocolate cake"), ("wake_up_call_time", "06:30"),
)  # fmt: skip
LOOKS = [("light", "en"), ("dark", "vi")]
WIDTHS = (1280, 820, 640, 390)  # 640 is what 1280 shows at twice the size


@pytest.fixture
def known(guest: Callable[..., Customer]) -> str:
    """A guest with something on every part of the profile; the id."""
    made = guest(
        "Nguyễn Thị Ánh Tuyết", email="tuyet@example.vn", phone="0903124567", city="Huế",
        date_of_birth="1985-12-31", id_type="passport", id_number="C1234678", country="VN",
        medical_notes="Allergic to peanuts", vip_status="gold", company_name="O'Brien-Łukasz",
    )  # fmt: skip
    for kind, said in MARKS.items():
        marks.place(made, kind, said | {"reason": "Seen at the desk"}, by=HOUSE)
    for name, code in TOLD:
        preferences.set_on(made, name, code, source="guest", by=HOUSE)
    guest(LONG, email="nguyen.thi.anh.tuyet.quan.hoan.kiem@khachsansaomaihanoi.example.vn")
    kinds = ("spouse", "child", "parent", "colleague")
    for kind, name in zip(kinds, ("Đỗ Đức", "王小明", "김민준", "محمد"), strict=True):
        tie = {"related_customer_id": guest(name).id, "relationship_type": kind}
        relationships.add(made.id, tie, by=HOUSE)
    enrolment.enrol(made, by=HOUSE)
    points.earn(memberships.hold(made.id), 4_000, source="referral", by=HOUSE)
    points.redeem(memberships.hold(made.id), 500, "free_night", by=HOUSE)
    file = io.BytesIO(b"full_name\nAn\n")
    name = "danh_sach_khach_luu_tru_tu_he_thong_cu_nam_2024.csv"
    imports.receive("guests", name, file, by=HOUSE, language="en")
    for ago, one in zip((3, 60, 200, 900), db.session.scalars(select(Customer)), strict=False):
        one.total_spent, one.total_stays = Decimal(75_240_000), 14
        one.last_stay_date = today() - timedelta(days=ago)
    known = str(made.id)
    db.session.commit()
    keeping.keep(thresholds.current(), today())
    db.session.commit()
    return known


@pytest.fixture
def firm(known: str) -> str:
    """A company with a contact, for which the known guest travels; the id."""
    values = {"name": "Công ty Cổ phần Sao Mai", "credit_limit": 5, "current_balance": 9}
    made = companies.create(values, by=HOUSE)
    contacts.add(made, {"name": "Nguyễn Thu Hà", "phone": "+84912345678"}, by=HOUSE)
    travellers.link(UUID(known), made.id, by=HOUSE)
    db.session.commit()
    return str(made.id)


def _visit(page: Page, path: str, axe: Callable[[Page], None]) -> None:
    page.goto(path)
    axe(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 1000})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} wide in a window of {width}"
    page.set_viewport_size({"width": 1280, "height": 800})


def _apart(page: Page) -> None:
    """A profile's name stands beside its buttons, not under them, however long it is."""
    if page.locator("#profile-head h1").count() == 0:
        return
    page.locator("#profile-head h1 bdi").evaluate(
        "(name, long) => { name.textContent = long }", LONG
    )
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 1000})
        name, button = (
            page.locator(f"#profile-head {place}").bounding_box() for place in ("h1 bdi", "summary")
        )
        assert name
        assert button
        beside = name["x"] + name["width"] <= button["x"]
        assert beside or name["y"] + name["height"] <= button["y"], (width, name, button)


def _dress(page: Page, scheme: Any, language: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_extra_http_headers({"Accept-Language": language})


@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_the_desk_pages_are_for_everybody(
    signed_in: Callable[..., Page], known: str, firm: str, axe: Callable[[Page], None],
    told: list[str], scheme: str, language: str,
) -> None:  # fmt: skip
    page = signed_in("manager")
    _dress(page, scheme, language)
    for path in DESK:
        _visit(page, path.format(guest=known, firm=firm), axe)
        _apart(page)
        if path == "/nowhere":
            told.clear()  # the browser calls a missing page an error


@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_the_pages_of_the_house_are_for_everybody(
    signed_in: Callable[..., Page], axe: Callable[[Page], None], scheme: str, language: str
) -> None:
    page = signed_in("administrator")
    _dress(page, scheme, language)
    for path in HOUSE_PAGES:
        _visit(page, path, axe)


@pytest.mark.parametrize("path", ["/sign-in", "/unlock", "/links/nothing", "/customers"])
def test_a_stranger_sees_a_page_that_says_what_to_do(
    page: Page, path: str, told: list[str]
) -> None:
    page.goto(path)
    assert page.locator("h1").is_visible()
    told.clear()


def test_a_guest_that_is_not_there_is_a_page_and_no_fault(signed_in: Callable[..., Page],
                                                          told: list[str]) -> None:  # fmt: skip
    page = signed_in("manager")
    answer = page.goto(f"/customers/{new_id()}")
    assert answer is not None
    assert answer.status == 404
    assert page.locator("h1").is_visible()
    told.clear()
