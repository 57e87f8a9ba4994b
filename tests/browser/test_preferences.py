"""Preferences by touch: saved at once, taken back, typed in, and never lost to a quick finger."""

import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.core.actor import HOUSE
from app.customers import services as customers
from app.customers.models import Customer
from app.extensions import db
from app.preferences import services

pytestmark = pytest.mark.sqlite_only  # what a browser shows does not hang on the database


@pytest.fixture
def tab(signed_in: Callable[..., Page], guest: Callable[..., Customer]) -> Page:
    """The room's preferences of a guest who likes a king bed."""
    made = guest()
    services.set_on(made, "bed_type", "king", source="guest", by=HOUSE)
    path = f"/customers/{made.id}"
    db.session.commit()
    page = signed_in("front_desk")
    page.goto(path)
    page.click("#tab-preferences")
    expect(page.locator("#preferences")).to_be_visible()
    return page


def pressed(page: Page, field: str) -> list[str]:
    return page.locator(f"#chips-{field} [aria-pressed=true]").all_inner_texts()


def test_a_touch_saves_keeps_the_focus_and_is_taken_back(tab: Page):
    tab.get_by_role("button", name="Twin beds").click()
    expect(tab.locator(".toast", has_text="Saved: Twin beds.")).to_be_visible()
    assert pressed(tab, "bed_type") == ["Twin beds"]
    assert tab.evaluate("document.activeElement.textContent") == "Twin beds"
    tab.locator(".toast").get_by_role("button", name="Undo").click()
    expect(tab.locator(".toast")).to_have_text(["Taken back."])
    assert pressed(tab, "bed_type") == ["King bed"]
    expect(tab.locator("#wish-bed_type .wish-origin")).to_contain_text("the guest said so")


def test_quick_touches_all_count(tab: Page):
    names = ("Quiet", "Corner room", "Near an exit")
    for name in names:
        tab.locator("#chips-room_location").get_by_role("button", name=name, exact=True).click()
    for name in names:
        expect(tab.locator(".toast", has_text=f"Saved: {name}.")).to_be_visible()
    tab.reload()
    assert pressed(tab, "room_location") == list(names)


def test_a_refusal_is_said_beside_the_page_which_stays(tab: Page, guest):
    gone = customers.get(uuid.UUID(tab.url.split("/")[4]))
    gone.merged_into = guest("Trần Thị Bình").id
    db.session.commit()
    tab.get_by_role("button", name="Twin beds").click()
    expect(tab.locator(".toast.tone-danger")).to_contain_text("merged into another")
    expect(tab.locator("#preferences")).to_be_visible()
    assert tab.locator(".error-page").count() == 0


def test_what_is_typed_becomes_a_chip_an_alert_and_an_empty_field_again(tab: Page):
    tab.get_by_role("link", name="Food and drink").click()
    field = tab.get_by_label("Allergies: something else")
    field.fill("Kiwi")
    field.press("Enter")
    expect(tab.locator("#alerts")).to_contain_text("Kiwi")
    assert pressed(tab, "food_allergies") == ["Kiwi"]
    expect(tab.get_by_label("Allergies: something else")).to_have_value("")
    expect(tab.get_by_label("Allergies: something else")).to_be_focused()
    field = tab.get_by_label("Allergies: something else")
    field.fill("4111 1111 1111 1111")
    field.press("Enter")
    expect(tab.locator("#add-food_allergies-error")).to_contain_text("card number")
    expect(tab.get_by_label("Allergies: something else")).to_have_value("4111 1111 1111 1111")


def test_going_back_shows_the_group_before(tab: Page):
    tab.get_by_role("link", name="Privacy").click()
    expect(tab.get_by_role("heading", name="Privacy")).to_be_visible()
    tab.go_back()
    expect(tab.locator("#chips-bed_type")).to_be_visible()
