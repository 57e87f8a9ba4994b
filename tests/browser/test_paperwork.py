"""Papers of all guests in a browser: lists change in place, and the way back leads back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from app.core.actor import HOUSE
from app.core.clock import today
from app.customers.models import Customer
from app.documents import services
from app.documents.inputs import DocumentInput
from app.extensions import db

pytestmark = pytest.mark.sqlite_only


def test_lists_of_papers_change_in_place_and_a_rule_is_set(
    signed_in: Callable[..., Page], guest: Callable[..., Customer], axe: Callable[[Page], None]
) -> None:
    for name, days in (("Nguyễn Văn An", 3), ("Đỗ Đức", 80), ("王小明", -3)):
        ends = {"document_type": "passport", "expiry_date": str(today() + timedelta(days=days))}
        services.add(guest(name).id, DocumentInput.read(ends), by=HOUSE)
    db.session.commit()
    page = signed_in("manager")
    page.goto("/documents")
    axe(page)
    page.get_by_role("link", name="90 days").click()
    expect(page.get_by_role("rowheader", name="Đỗ Đức")).to_be_visible()
    page.get_by_role("link", name="Expired", exact=False).click()
    expect(page.get_by_role("rowheader", name="王小明")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("rowheader", name="Đỗ Đức")).to_be_visible()
    page.get_by_role("link", name="Rules for pictures").click()
    page.get_by_role("link", name="Change: Spain, Passport").click()
    page.get_by_label("What becomes of it").select_option("after_departure")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#days-error")).to_be_visible()
    axe(page)
    page.get_by_label("Days after departure").fill("14")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Keep the picture for 14 days after departure")).to_be_visible()
    axe(page)
