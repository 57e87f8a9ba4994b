"""Relationships and companies in a browser: switches with undo, pickers by keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.companies import services as companies
from app.core.actor import HOUSE
from app.customers.models import Customer
from app.extensions import db
from app.relationships import services

pytestmark = pytest.mark.sqlite_only


def test_a_switch_keeps_the_focus_and_is_undone(
    signed_in: Callable[..., Page], guest: Callable[..., Customer]
) -> None:
    an, duc = guest("Nguyễn Văn An"), guest("Đỗ Đức")
    tie = {"related_customer_id": duc.id, "relationship_type": "spouse"}
    services.add(an.id, tie, by=HOUSE)
    path = f"/customers/{an.id}"
    db.session.commit()
    page = signed_in("manager")
    page.goto(path)
    page.get_by_role("link", name="Relationships").click()
    switch = page.get_by_role("button", name="Book for this guest")
    switch.focus()
    page.keyboard.press("Enter")
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(switch).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(switch).to_have_attribute("aria-pressed", "false")


def test_somebody_is_added_by_keyboard_alone(
    signed_in: Callable[..., Page], guest: Callable[..., Customer]
) -> None:
    guest("Đỗ Đức")
    path = f"/customers/{guest('Nguyễn Văn An').id}/relationships"
    page = signed_in("manager")
    page.goto(path)
    page.get_by_role("combobox", name="Guest", exact=True).focus()
    page.keyboard.type("do duc")
    expect(page.get_by_role("option", name="Đỗ Đức")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_label("What they are to").select_option("child")
    page.get_by_label("What they are to").press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("img", name="The family of Nguyễn Văn An")).to_be_visible()
    expect(page.get_by_role("combobox", name="Guest", exact=True)).to_have_value("")


def test_a_company_is_chosen_in_a_dialog_above_the_profile(
    signed_in: Callable[..., Page], guest: Callable[..., Customer]
) -> None:
    path = f"/customers/{guest('Nguyễn Văn An').id}"
    companies.create({"name": "Công ty Sao Mai"}, by=HOUSE)
    db.session.commit()
    page = signed_in("front_desk")
    page.goto(path)
    page.get_by_role("link", name="Choose the company").click()
    page.get_by_role("combobox", name="Company").fill("sao")
    page.get_by_role("option", name="Công ty Sao Mai").click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="Công ty Sao Mai").click()
    expect(page.get_by_role("heading", name="Công ty Sao Mai")).to_be_visible()
