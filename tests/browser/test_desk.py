"""The desk at work: find by keyboard, edit in place, and what a clumsy hand does to it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from app.customers.models import Customer
from app.extensions import db

PIN = "847263"


@pytest.fixture
def tuyet(guest: Callable[..., Customer]) -> str:
    """A guest to find and to edit; the id."""
    made = guest("Nguyễn Thị Ánh Tuyết", email="tuyet@example.vn", city="Huế")
    guest("Trần Văn Tuyển")
    db.session.commit()
    return str(made.id)


def test_a_guest_is_found_and_opened_by_keyboard_alone(
    signed_in: Callable[..., Page], tuyet: str
) -> None:
    page = signed_in("front_desk")
    page.goto("/account")
    page.keyboard.press("/")
    page.keyboard.type("anh tuyet")
    first = page.get_by_role("option").first
    expect(first).to_contain_text("Nguyễn Thị Ánh Tuyết")
    expect(first.locator("mark").first).to_have_text("Ánh")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/customers/{tuyet}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nguyễn Thị Ánh Tuyết")


def test_the_focus_comes_back_from_a_dialog_to_the_menu_that_opened_it(
    signed_in: Callable[..., Page], tuyet: str
) -> None:
    page = signed_in("manager")
    page.goto(f"/customers/{tuyet}")
    menu = page.locator("#profile-head summary")
    menu.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("dialog [name=body]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()


def test_a_group_is_edited_in_place_and_a_fault_keeps_what_was_typed(
    signed_in: Callable[..., Page], tuyet: str
) -> None:
    page = signed_in("manager")
    page.goto(f"/customers/{tuyet}")
    page.locator("#edit-contact").click()
    email = page.locator("#group-contact [name=email]")
    email.fill("not an address")
    page.locator("#group-contact button[type=submit]").first.click()
    expect(page.locator("#group-contact [name=email]")).to_have_value("not an address")
    expect(page.locator("#group-contact [aria-invalid=true]").first).to_be_visible()
    page.locator("#group-contact [name=email]").fill("anh.tuyet@example.vn")
    page.locator("#group-contact button[type=submit]").first.click()
    expect(page.locator("#group-contact .facts")).to_contain_text("anh.tuyet@example.vn")
    expect(page.locator("#profile-head")).to_contain_text("anh.tuyet@example.vn")


def test_two_touches_make_one_guest(signed_in: Callable[..., Page], tuyet: str) -> None:
    page = signed_in("manager")
    page.goto("/customers/new")
    page.locator("main [name=full_name]").fill("김민준")
    page.locator("main form button[type=submit]").first.dblclick()
    page.wait_for_url("**/customers/*-*")
    page.goto("/customers?search=김민준")
    expect(page.locator("#guests tr")).to_have_count(1)


def test_the_back_button_after_a_search_comes_back_to_the_list(
    signed_in: Callable[..., Page], tuyet: str
) -> None:
    page = signed_in("manager")
    page.goto("/customers?search=tuyet")
    page.locator("#guests a.row-link").first.click()
    page.wait_for_url("**/customers/*-*")
    page.go_back()
    expect(page.locator("#guests a.row-link").first).to_be_visible()


def test_without_javascript_a_guest_is_found_and_edited(
    browser: Browser, signed_in: Callable[..., Page], tuyet: str, live_server: str
) -> None:
    cookies = signed_in("manager").context.cookies()
    plain = browser.new_context(base_url=live_server, java_script_enabled=False)
    plain.add_cookies([{key: cookie[key] for key in ("name", "value", "domain", "path")}  # type: ignore[misc]
                       for cookie in cookies])  # fmt: skip
    page = plain.new_page()
    page.goto("/customers")
    page.locator("[data-search]").fill("anh tuyet")
    page.locator("[data-search]").press("Enter")
    page.get_by_role("link", name="Nguyễn Thị Ánh Tuyết").first.click()
    page.locator("#edit-address").click()
    page.locator("main [name=city]").fill("Đà Nẵng")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("#group-address")).to_contain_text("Đà Nẵng")
    plain.close()


def test_a_cut_connection_says_so_and_keeps_the_form(
    signed_in: Callable[..., Page], tuyet: str, told: list[str]
) -> None:
    page = signed_in("manager")
    page.goto(f"/customers/{tuyet}")
    page.locator("#edit-address").click()
    page.locator("#group-address [name=city]").fill("Hội An")
    page.context.set_offline(True)
    page.locator("#group-address button[type=submit]").first.click()
    expect(page.locator("#toasts")).to_contain_text("No connection")
    expect(page.locator("#group-address [name=city]")).to_have_value("Hội An")
    page.context.set_offline(False)
    page.locator("#group-address button[type=submit]").first.click()
    expect(page.locator("#group-address .facts")).to_contain_text("Hội An")
    told.clear()  # the browser names the request that was cut


def test_a_screen_left_alone_goes_blank_until_its_owner_is_back(
    signed_in: Callable[..., Page], tuyet: str
) -> None:
    page = signed_in("manager")
    page.goto("/account/pin")
    page.locator("[name=pin]").fill(PIN)
    page.locator("main button[type=submit]").first.click()
    page.goto(f"/customers/{tuyet}")
    page.locator("#edit-address").click()
    page.locator("#group-address [name=city]").fill("Hội An")
    page.evaluate("document.body.dataset.lockAfter = '-1'")
    expect(page.locator("#proof")).to_be_visible(timeout=8000)
    expect(page.locator("h1")).to_be_hidden()
    page.evaluate("document.body.dataset.lockAfter = '900'")
    page.locator("#proof [name=pin]").fill("000000")
    page.locator("#proof button[type=submit]").click()
    expect(page.locator("#proof")).to_contain_text("not right")
    expect(page.locator("h1")).to_be_hidden()
    page.locator("#proof [name=pin]").fill(PIN)
    page.locator("#proof button[type=submit]").click()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("#group-address [name=city]")).to_have_value("Hội An")
