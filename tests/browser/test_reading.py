"""A keyboard scanner at a guest's profile: its last Enter sends, and one press saves."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from app.customers.models import Customer
from app.extensions import db
from tests.reading.papers import Paper, td1


def test_a_scanner_fills_a_profile_without_a_hand_on_the_keyboard(
    signed_in: Callable[..., Page], guest: Callable[..., Customer]
) -> None:
    an = guest("Nguyễn Văn An").id
    db.session.commit()  # what is read here holds nothing up
    page = signed_in("front_desk")
    page.goto(f"/customers/{an}/documents")
    page.get_by_role("link", name="Read a paper").click()
    expect(page.get_by_label("Scan here, or paste")).to_be_focused()
    for line in td1(Paper(number="090001234", personal="079090001234<<7")).split("\n"):
        page.keyboard.type(line)
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Read: Identity card")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Nguyen Van An")).not_to_be_checked()
    expect(page.get_by_role("checkbox", name="079090001234")).to_be_checked()
    page.get_by_role("button", name="Save what is ticked").click()
    page.wait_for_url(f"**/customers/{an}/documents")
    expect(page.get_by_text("The paper is on file.")).to_be_visible()
    expect(page.get_by_text("••••234")).to_be_visible()
