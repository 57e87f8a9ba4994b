"""Bookings and stays in a browser: quiet, for everybody, nothing cut off, taken by a touch."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from app.companies import services as companies
from app.core.actor import HOUSE
from app.core.clock import today
from app.customers import services as guests
from app.customers.models import Customer
from app.extensions import db
from app.stays import bookings
from app.stays.models import Stay

pytestmark = pytest.mark.sqlite_only  # what a browser shows does not hang on the database

PAGES = (
    "/customers/{guest}/stays", "/customers/{guest}/stays?include_cancelled=true",
    "/customers/{guest}/stays?from_date=2001-01-01&to_date=2001-02-01",
    "/customers/{guest}/bookings/new", "/bookings/new", "/bookings/{booking}",
    "/bookings/{booking}/edit", "/stays/{stay}/edit", "/customers", "/customers/{guest}/history",
)  # fmt: skip
WIDTHS = (1280, 820, 390)


@pytest.fixture
def known(guest: Callable[..., Customer]) -> dict[str, str]:
    """A guest with a stay of everything, a booking to come and one that was cancelled."""
    an = guest("Nguyễn Thị Ánh Tuyết")
    start = today() - timedelta(days=30)
    stay = Stay(
        customer_id=an.id, check_in_date=start, check_out_date=start + timedelta(days=2), nights=2,
        room_type="Deluxe Ocean View with a very long name indeed", room_number="201",
        total_amount=Decimal(123456789), room_rate=Decimal(61728394), purpose_of_visit="business",
        satisfaction_score=4, staff_notes="Asked for a late check-out", has_open_complaint=True,
        complaints=[{"text": "Cold soup", "resolved": False, "resolution": None}],
        compliments=[{"text": "Kind porter"}], compensation_provided=[{"what": "Dessert"}],
        special_requests_fulfilled=[{"request": "Cot", "fulfilled": True}],
    )  # fmt: skip
    db.session.add(stay)
    made = []
    for days in (3, 9):
        dates = {"check_in_date": today() + timedelta(days=days),
                 "check_out_date": today() + timedelta(days=days + 2)}  # fmt: skip
        more = {"companions": [{"name": "Bé Na"}], "special_requests": ["Quiet room"]}
        made.append(bookings.create(guests.hold(an.id), dates | more, by=HOUSE))
    bookings.cancel(made[1], "Flight cancelled", by=HOUSE)
    db.session.commit()
    return {"guest": str(an.id), "booking": str(made[0].id), "stay": str(stay.id)}


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "vi")])
def test_the_pages_of_stays_are_for_everybody(
    signed_in: Callable[..., Page], known: dict[str, str], axe: Callable[[Page], None],
    scheme: str, language: str,
) -> None:  # fmt: skip
    page = signed_in("manager")
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_extra_http_headers({"Accept-Language": language})
    for path in PAGES:
        page.goto(path.format(**known))
        axe(page)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 1000})
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{path} is {wide} wide in a window of {width}"
        page.set_viewport_size({"width": 1280, "height": 800})


def test_a_suggestion_is_taken_by_a_touch_and_two_touches_book_once(
    signed_in: Callable[..., Page], known: dict[str, str]
) -> None:
    page = signed_in("front_desk")
    page.goto(f"/customers/{known['guest']}/bookings/new")
    day = (today() + timedelta(days=40)).isoformat()
    page.fill("[name=check_in]", day)
    page.locator("button[value='take:room_type']").click()
    expect(page.locator("[name=room_type]")).to_have_value(
        "Deluxe Ocean View with a very long name indeed"
    )
    expect(page.locator("[name=check_in]")).to_have_value(day)
    page.get_by_role("button", name="Add a companion").click()
    page.fill("#companion-0-text", "Bé Bi")
    page.fill("[name=check_out]", (today() + timedelta(days=42)).isoformat())
    page.locator(".form-actions button").first.dblclick()
    page.wait_for_url("**/bookings/*")
    expect(page.get_by_text("Bé Bi").first).to_be_visible()
    page.goto(f"/customers/{known['guest']}/stays")
    expect(page.locator(".booking-row")).to_have_count(2)


def test_any_company_is_picked_by_keys_and_its_rate_taken_over(
    signed_in: Callable[..., Page], known: dict[str, str]
) -> None:
    firm = {"name": "Mekong Textiles", "company_type": "corporate", "rate_code": "MK-24"}
    companies.create(firm, by=HOUSE)
    db.session.commit()
    page = signed_in("front_desk")
    page.goto(f"/customers/{known['guest']}/bookings/new")
    page.fill("[name=room_number]", "201")
    page.locator("#company_id-text").press_sequentially("meko")
    expect(page.get_by_role("option", name="Mekong Textiles").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    chip = page.locator("button[value='agreed:rate_type']")
    expect(chip).to_be_visible()
    expect(page.locator("#company_id-text")).to_be_focused()
    expect(page.locator("[name=room_number]")).to_have_value("201")
    chip.click()
    expect(page.locator("[name=rate_type]")).to_have_value("MK-24")
    expect(page.locator("#company_id-text")).to_have_value("Mekong Textiles")


def test_the_filter_changes_the_tab_and_its_address(
    signed_in: Callable[..., Page], known: dict[str, str]
) -> None:
    page = signed_in("manager")
    page.goto(f"/customers/{known['guest']}")
    page.get_by_role("link", name="Stays").click()
    page.locator("[name=include_cancelled]").check()
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".stay")).to_have_count(2)
    page.wait_for_url("**/stays?*include_cancelled=true*")
