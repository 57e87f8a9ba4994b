"""The board on two tablets, in the hands of people who touch twice and go back."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.core.actor import HOUSE
from app.core.clock import today
from app.customers import marks
from app.customers import services as guests
from app.customers.models import Customer
from app.extensions import db
from app.preferences import services as preferences
from app.stays import arrivals, bookings, departures
from app.stays.models import Booking
from tests.browser.test_pages import LOOKS, _dress, _visit
from tests.page import PageClient

SOON = 5_000  # milliseconds in which one tablet learns what another did
COT = "Baby cot"


@pytest.fixture
def arriving(guest: Callable[..., Customer]) -> str:
    """Somebody who arrives today and asks for two things; the booking's id."""
    dates = {"check_in_date": today(), "check_out_date": today() + timedelta(days=2)}
    asked = {"special_requests": [COT, "Vegetarian breakfast"]}
    made = bookings.create(guests.hold(guest("Nguyễn Thị Ánh Tuyết").id), dates | asked, by=HOUSE)
    db.session.commit()
    return str(made.id)


@pytest.fixture
def tablet(
    browser: Browser, as_role: Callable[..., PageClient], live_server: str
) -> Iterator[Callable[..., Page]]:
    """`tablet("manager")`: another device, with a session of its own."""
    made = []

    def open_one(role: str, **options: Any) -> Page:
        client = as_role(role).client
        name = str(client.application.config["SESSION_COOKIE_NAME"])
        cookie = client.get_cookie(name)
        assert cookie
        context = browser.new_context(
            base_url=live_server, viewport={"width": 820, "height": 1180},
            reduced_motion="reduce", **options,
        )  # fmt: skip
        context.add_cookies([{"name": name, "value": cookie.value, "url": live_server}])
        made.append(context)
        return context.new_page()

    yield open_one
    for context in made:
        context.close()


def task(page: Page, words: str = COT):
    return page.get_by_role("button", name=words)


def test_two_tablets_see_each_others_ticks(tablet: Callable[..., Page], arriving: str) -> None:
    one, two = tablet("front_desk"), tablet("manager")
    one.goto("/desk")
    two.goto("/desk?department=housekeeping")
    task(one).click()
    expect(task(one)).to_have_attribute("aria-pressed", "true")
    expect(task(two)).to_have_attribute("aria-pressed", "true", timeout=SOON)
    expect(task(two)).to_contain_text("Front_Desk")
    two.wait_for_timeout(1200)
    task(two).click()
    expect(task(two)).to_have_attribute("aria-pressed", "false")
    expect(task(one)).to_have_attribute("aria-pressed", "false", timeout=SOON)
    one.context.set_offline(True)
    expect(one.locator(".toast")).to_contain_text("may be out of date", timeout=SOON)


def test_what_others_do_moves_nothing_that_one_reads(
    tablet: Callable[..., Page], guest: Callable[..., Customer], arriving: str
) -> None:
    dates = {"check_in_date": today(), "check_out_date": today() + timedelta(days=1)}
    for number in range(12):
        held = guests.hold(guest(f"Zoe {number:02}").id)
        bookings.create(held, dates, by=HOUSE)
    db.session.commit()
    reading, ticking = tablet("front_desk"), tablet("manager")
    reading.goto("/desk")
    reading.get_by_role("link", name="Zoe 08").scroll_into_view_if_needed()
    reading.evaluate("scrollBy(0, 300)")
    place = reading.get_by_role("link", name="Zoe 08").bounding_box()
    height = reading.locator(".party").first.bounding_box()
    ticking.goto("/desk")
    task(ticking).click()
    expect(task(reading)).to_have_attribute("aria-pressed", "true", timeout=SOON)
    assert reading.get_by_role("link", name="Zoe 08").bounding_box() == place
    assert reading.locator(".party").first.bounding_box() == height


@pytest.mark.sqlite_only
def test_an_open_board_learns_of_everything_and_disturbs_nobody(
    tablet: Callable[..., Page], guest: Callable[..., Customer], arriving: str
) -> None:
    page = tablet("front_desk")
    page.goto("/desk")
    task(page).click()
    expect(task(page)).to_have_attribute("aria-pressed", "true")
    page.goto("/desk")
    page.get_by_text("1 settled").click()
    page.get_by_role("link", name="Not possible or declined: Vegetarian breakfast").click()
    page.get_by_label("Why not").fill("No cook before")
    held = bookings.hold(uuid.UUID(arriving))
    preferences.set_on(held.customer, "food_allergies", "peanuts", source="guest", by=HOUSE)
    db.session.commit()
    expect(page.locator(".party")).to_contain_text("Peanuts", timeout=SOON)
    expect(page.locator("#desk-news")).to_be_empty()
    dates = {"check_in_date": today(), "check_out_date": today() + timedelta(days=1)}
    bookings.create(guests.hold(guest("Trần Văn Nam").id), dates, by=HOUSE)
    db.session.commit()
    expect(page.locator("#desk-news a")).to_be_visible(timeout=SOON)
    expect(page.get_by_label("Why not")).to_have_value("No cook before")
    expect(page.get_by_label("Why not")).to_be_focused()
    page.keyboard.press("Escape")
    expect(task(page)).to_be_visible()  # what was folded open is open still
    page.locator("#desk-news a").click()
    expect(page.locator("main")).to_contain_text("Trần Văn Nam")
    expect(page.locator("#desk-news")).to_be_empty()


def test_two_who_touch_the_same_task_are_told_who_was_first(
    tablet: Callable[..., Page], arriving: str
) -> None:
    one, two = tablet("front_desk"), tablet("manager")
    for page in (one, two):
        page.goto("/desk")
    two.route("**/desk/changes*", lambda route: route.abort())  # it has not heard yet
    one.get_by_role("link", name=f"Not possible or declined: {COT}").click()
    one.get_by_label("Why not").fill("All are taken")
    one.get_by_role("button", name="Save").click()
    expect(task(one)).to_contain_text("All are taken")
    expect(one.get_by_role("dialog")).to_have_count(0)
    task(two).click()
    expect(two.locator("#toasts")).to_contain_text("Front_Desk was first")
    expect(task(two)).to_contain_text("All are taken")


@pytest.mark.sqlite_only
def test_two_touches_in_a_row_are_one(signed_in: Callable[..., Page], arriving: str) -> None:
    page = signed_in("front_desk")
    page.goto("/desk")
    task(page).dblclick()
    page.wait_for_timeout(500)
    expect(task(page)).to_have_attribute("aria-pressed", "true")


def test_two_tasks_touched_at_once_are_both_done(
    signed_in: Callable[..., Page], arriving: str
) -> None:
    page = signed_in("front_desk")
    page.goto("/desk")
    page.evaluate("document.querySelectorAll('.task-touch').forEach((each) => each.click())")
    for words in (COT, "Vegetarian breakfast"):
        expect(task(page, words)).to_have_attribute("aria-pressed", "true")


@pytest.mark.sqlite_only
def test_a_fault_in_the_dialog_is_said_there(signed_in: Callable[..., Page], arriving: str) -> None:
    page = signed_in("front_desk")
    page.goto("/desk")
    page.get_by_role("link", name=f"Not possible or declined: {COT}").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_contain_text("Please fill this in.")
    expect(task(page)).to_have_attribute("aria-pressed", "false")


def test_from_the_board_to_the_room_and_back_out(
    signed_in: Callable[..., Page], arriving: str
) -> None:
    page = signed_in("front_desk")
    page.goto("/desk")
    page.get_by_role("link", name="Check in").click()
    page.get_by_label("Identity paper", exact=True).select_option("passport")
    page.get_by_label("Identity number").fill("C1234567")
    page.get_by_text("I have seen the paper").click()
    page.get_by_role("button", name="Confirm and continue").click()
    page.get_by_label("Room").fill("201")
    page.go_back()
    page.go_forward()
    page.get_by_label("City").fill("Huế")
    page.get_by_label("Room").fill("201")
    page.get_by_role("button", name="Check in").dblclick()
    expect(page.locator("#toasts")).to_contain_text("room 201")
    page.get_by_role("link", name="Check out").click()
    page.get_by_role("radio", name="9").check()
    page.get_by_role("button", name="Check out").click()
    expect(page.locator("#toasts")).to_contain_text("is checked out")
    page.go_back()
    db.session.rollback()
    assert db.session.get_one(Booking, uuid.UUID(arriving)).status == "checked_out"


@pytest.mark.sqlite_only
def test_all_of_it_without_javascript(
    tablet: Callable[..., Page], arriving: str, browser: Browser
) -> None:
    page = tablet("front_desk", java_script_enabled=False)
    page.goto("/desk")
    task(page).click()
    page.get_by_text("1 settled").click()
    expect(task(page)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Not possible or declined: Vegetarian breakfast").click()
    page.get_by_text("The guest does not want it").click()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Check in").click()
    page.get_by_role("link", name="Continue without").click()
    page.get_by_label("Room").fill("201")
    page.get_by_role("button", name="Check in").click()
    page.get_by_role("link", name="In house").click()
    page.get_by_role("link", name="Check out").click()
    page.get_by_role("radio", name="10").check()
    page.get_by_role("button", name="Check out").click()
    expect(page.locator("main")).to_contain_text("Left at")


@pytest.mark.sqlite_only
def test_the_board_does_not_keep_a_screen_awake(
    signed_in: Callable[..., Page], arriving: str
) -> None:
    page = signed_in("front_desk")
    with page.expect_request("**/desk/changes*") as asked:
        page.goto("/desk")
    assert asked.value.headers["x-background"] == "1"


@pytest.mark.sqlite_only
@pytest.mark.parametrize("kind", ["arrivals", "rooms", "housekeeping", "kitchen"])
def test_paper_holds_the_matter_alone_and_all_of_it(
    signed_in: Callable[..., Page], guest: Callable[..., Customer], arriving: str, kind: str
) -> None:
    dates = {"check_in_date": today(), "check_out_date": today() + timedelta(days=1)}
    asked = {"special_requests": [COT, "Vegetarian breakfast"], "room_type": "Suite" * 12}
    bookings.create(guests.hold(guest("Donaudampfschiff" * 6).id), dates | asked, by=HOUSE)
    db.session.commit()
    page = signed_in("front_desk")
    page.goto(f"/desk/print/{kind}")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1032})  # A4 within its margins
    assert page.evaluate("document.documentElement.scrollWidth") <= 703
    expect(page.get_by_text("Nguyễn Thị Ánh Tuyết").first).to_be_visible()
    for frame in (".rail", ".topbar", "main .btn"):
        expect(page.locator(frame).first).to_be_hidden()


@pytest.mark.sqlite_only
@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_the_pages_of_the_desk_are_for_everybody(
    signed_in: Callable[..., Page], axe: Callable[[Page], None], guest: Callable[..., Customer],
    arriving: str, scheme: str, language: str,
) -> None:  # fmt: skip
    an = guest("O'Brien-Łukasz", vip_status="gold", date_of_birth=f"1985-{today():%m-%d}")
    preferences.set_on(guests.hold(an.id), "food_allergies", "peanuts", source="guest", by=HOUSE)
    marks.place(an, "warning", {"level": 2, "reason": "Shouted"}, by=HOUSE)
    dates = {"check_in_date": today(), "check_out_date": today() + timedelta(days=1)}
    here = bookings.create(guests.hold(an.id), dates, by=HOUSE, override="Let in").id
    arrivals.check_in(bookings.hold(here), by=HOUSE, room="201")
    left = bookings.create(guests.hold(guest("محمد").id), dates, by=HOUSE).id
    arrivals.check_in(bookings.hold(left), by=HOUSE, room="202")
    departures.check_out(bookings.hold(left), {}, by=HOUSE)
    db.session.commit()
    page = signed_in("manager")
    _dress(page, scheme, language)
    due = f"/desk/bookings/{arriving}"
    for path in (
        "/desk", "/desk?department=kitchen&column=house", "/desk?all=1", f"{due}/check-in",
        f"{due}/check-in/room", f"/desk/bookings/{here}/check-out",
        f"{due}/ticks/new?key=request:Baby%20cot", f"/bookings/{arriving}",
        *(f"/desk/print/{kind}" for kind in ("arrivals", "rooms", "housekeeping", "kitchen")),
    ):  # fmt: skip
        _visit(page, path, axe)
