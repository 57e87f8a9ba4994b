"""A real browser against the running application: what staff see, press and read."""

import os
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.databases import cannot_run
from tests.page import PageClient
from tools.browser import find_browser, why_missing

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
FLAGS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
# The browser calls every 4xx an error; these are answers that a page shows to who asked.
ANSWERS = re.compile(r"Failed to load resource: .* status of (401|403|409|412|422|423|429)")
PATIENCE = 15_000  # milliseconds for what the page is to do, on a machine that does much else
Told = list[str]
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here, so that `-m "not browser"` leaves it out."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


class _Silent(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - as it is called
        """Say nothing: pytest shows what failed."""


@pytest.fixture(scope="session")
def live_server(application: Flask) -> Iterator[str]:
    """The application on a free port of this machine; yields its address."""
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Silent)
    server.daemon_threads = True  # type: ignore[attr-defined]
    server.block_on_close = False  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium, kept from talking to anybody but us; once per worker."""
    program = find_browser()
    if program is None:
        cannot_run(why_missing())
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=[*FLAGS, *sandbox])
        yield running
        running.close()


@pytest.fixture
def context(browser: Browser, live_server: str) -> Iterator[BrowserContext]:
    """A desk's screen without a session; addresses are relative to the server's."""
    screen = ViewportSize(width=1280, height=800)
    made = browser.new_context(base_url=live_server, viewport=screen, reduced_motion="reduce")
    made.set_default_timeout(PATIENCE)
    yield made
    made.close()


@pytest.fixture
def told(context: BrowserContext) -> Iterator[Told]:
    """What pages complained of on the console; a test that expects some clears it."""
    complaints: Told = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and not ANSWERS.match(message.text):
            complaints.append(f"{message.text} ({message.location['url']})")

    context.on("console", listen)
    context.on("weberror", lambda fault: complaints.append(str(fault.error)))
    yield complaints
    assert not complaints, f"errors on the console: {complaints}"


@pytest.fixture
def page(context: BrowserContext, told: Told) -> Page:
    """A page whose errors on the console fail the test."""
    return context.new_page()


@pytest.fixture
def signed_in(
    page: Page, as_role: Callable[..., PageClient], live_server: str
) -> Callable[..., Page]:
    """`signed_in("manager")`: the page, in the session of somebody with that role."""

    def enter(role: str = "front_desk", username: str | None = None) -> Page:
        client = as_role(role, username).client
        name = str(client.application.config["SESSION_COOKIE_NAME"])
        cookie = client.get_cookie(name)
        assert cookie, "signing in sets a session cookie"
        page.context.add_cookies([{"name": name, "value": cookie.value, "url": live_server}])
        return page

    return enter


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)` asserts that the page as it stands has no serious or critical violation."""

    def check(page: Page) -> None:
        page.evaluate(AXE)
        found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        grave = [v for v in found["violations"] if v["impact"] in ("serious", "critical")]
        assert not grave, "\n".join(_tell(violation) for violation in grave)

    return check


def _tell(violation: dict[str, Any]) -> str:
    where = "\n    ".join(node["html"][:200] for node in violation["nodes"][:5])
    return f"{violation['id']} ({violation['impact']}): {violation['help']}\n    {where}"
