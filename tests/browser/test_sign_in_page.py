"""Signing in, as a person at the desk sees it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sign_in_page_is_readable_for_everybody(
    page: Page, axe: Callable[[Page], None], scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto("/sign-in")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    axe(page)


def test_somebody_signed_in_gets_past_the_sign_in_page(signed_in: Callable[..., Page]) -> None:
    page = signed_in("manager")
    page.goto("/account")
    assert "/sign-in" not in page.url
