"""Documents in a browser: a file is chosen, refused, sent, looked at; a large one stays."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from app.auth.models import StaffSession
from app.core.clock import now
from app.customers.models import Customer
from app.extensions import db
from tests.conftest import PASSWORD
from tests.documents.pictures import picture

pytestmark = pytest.mark.sqlite_only


def test_a_picture_is_chosen_refused_and_then_taken(
    signed_in: Callable[..., Page], guest: Callable[..., Customer], axe: Callable[[Page], None],
    tmp_path: Path,
) -> None:  # fmt: skip
    path = f"/customers/{guest('Nguyễn Văn An').id}/documents"
    db.session.commit()
    good, bad = tmp_path / "passport.jpg", tmp_path / "office.jpg"
    good.write_bytes(picture())
    bad.write_bytes(b"PK\3\4")
    page = signed_in("manager")
    page.goto(path)
    page.get_by_role("link", name="Add a document").click()
    axe(page)
    page.get_by_label("Number of the paper").fill("B1234567")
    drop(page, good, bad)
    expect(page.locator("#file-error")).to_contain_text("One file at a time")
    drop(page, bad)
    expect(page.locator("[data-chosen]")).to_contain_text("office.jpg")
    page.get_by_role("button", name="Add the document").click()
    expect(page.locator("#file-error")).to_contain_text("archive")
    expect(page.get_by_label("Number of the paper")).to_have_value("B1234567")
    expect(page.locator("[data-chosen]")).to_contain_text("office.jpg")
    page.locator("#photo").set_input_files(good)
    expect(page.locator("[data-chosen]")).to_contain_text("passport.jpg")
    page.get_by_role("button", name="Add the document").click()
    shown = page.get_by_role("img", name="The picture of the document")
    expect(shown).to_have_js_property("naturalWidth", 300)
    axe(page)
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_text("Verified by")).to_be_visible()
    page.goto(path)
    thumbnail = page.locator(".paper-picture img")
    expect(thumbnail).to_be_visible()
    axe(page)


def drop(page: Page, *files: Path) -> None:
    """Drag files over the place for them, and let go."""
    box = page.locator(".drop-area").bounding_box()
    assert box
    place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    data = {"items": [], "files": [str(each) for each in files], "dragOperationsMask": 1}
    tools = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        tools.send("Input.dispatchDragEvent", {"type": kind, "data": data} | place)


def test_a_photo_waits_on_a_screen_that_locked_itself_meanwhile(
    signed_in: Callable[..., Page], guest: Callable[..., Customer], tmp_path: Path
) -> None:
    path = f"/customers/{guest('Nguyễn Văn An').id}/documents/new"
    db.session.commit()
    photo = tmp_path / "passport.jpg"
    photo.write_bytes(picture())
    page = signed_in("manager")
    page.goto(path)
    page.locator("#file").set_input_files(photo)
    db.session.execute(update(StaffSession).values(locked_at=now()))
    db.session.commit()
    page.get_by_role("button", name="Add the document").click()
    proof = page.locator("#proof")
    proof.locator("input[type=password]").fill(PASSWORD)
    proof.locator("button[type=submit]").click()
    expect(proof).to_have_count(0)
    expect(page.locator("[data-chosen]")).to_contain_text("passport.jpg")
    page.get_by_role("button", name="Add the document").click()
    expect(page.get_by_role("img", name="The picture of the document")).to_be_visible()


def test_a_file_that_is_too_large_never_leaves(
    signed_in: Callable[..., Page], guest: Callable[..., Customer], tmp_path: Path
) -> None:
    path = f"/customers/{guest('Nguyễn Văn An').id}/documents/new"
    db.session.commit()
    large = tmp_path / "large.pdf"
    large.write_bytes(b"%PDF-1.7" + b"x" * 27_000_000)
    page = signed_in("manager")
    page.goto(path)
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.method))
    page.locator("#file").set_input_files(large)
    page.get_by_role("button", name="Add the document").click()
    expect(page.locator("#file-error")).to_contain_text("at most 25 MB")
    assert "POST" not in posts
