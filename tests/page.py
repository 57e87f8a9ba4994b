"""A test client that checks every page it fetches, and posts forms as a browser would."""

import re
from collections import Counter
from collections.abc import Callable
from contextvars import Context
from html.parser import HTMLParser
from io import BytesIO
from secrets import token_hex
from typing import Any

from flask import has_app_context
from flask.sessions import SessionMixin
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from app.extensions import db


class Page(HTMLParser):
    """What a page holds: title, headings, ids, forms, text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.tags: Counter[str] = Counter()
        self.drawn = 0
        self.forms: list[dict[str, Any]] = []
        self.links: list[str] = []
        self.inline: list[str] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note ids, forms with their fields, links, and what the CSP would forbid."""
        given = dict(attrs)
        self.drawn += tag == "svg"
        if not self.drawn:  # a drawing has a title of its own
            self.tags[tag] += 1
        if name := given.get("id"):
            self.ids.append(name)
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        if tag == "form":
            self.forms.append({"method": (given.get("method") or "get").lower(), "names": set(),
                               "action": given.get("action")})  # fmt: skip
        if tag in ("input", "select", "textarea", "button") and self.forms and given.get("name"):
            self.forms[-1]["names"].add(given["name"])
        if tag == "style" or (tag == "script" and not given.get("src")):
            self.inline.append(tag)
        self.inline += [n for n in given if n == "style" or n.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        """Note where a drawing ends."""
        self.drawn -= tag == "svg"

    def handle_data(self, data: str) -> None:
        """Collect the text."""
        self.words.append(data)

    @property
    def text(self) -> str:
        """The words, with single spaces."""
        return " ".join(" ".join(self.words).split())


def check_page(html: str) -> Page:
    """Assert what every page owes: one title, one h1, unique ids, CSRF fields, nothing inline."""
    page = Page(html)
    assert page.tags["title"] == 1, "a page has one title"
    assert page.tags["h1"] == 1, "a page has one h1"
    twice = [name for name, count in Counter(page.ids).items() if count > 1]
    assert not twice, f"ids stand twice: {twice}"
    check_parts(page)
    return page


def check_parts(page: Page) -> None:
    """Assert what pages and fragments owe alike."""
    assert not page.inline, f"the CSP forbids {page.inline}"
    for form in page.forms:
        if form["method"] == "post":
            assert "csrf_token" in form["names"], f"no CSRF token in {form['action']}"


class FarClient(FlaskClient):
    """Sends each request from outside of the test's own context, as another machine does.

    What the test wrote so far is committed first, and its open transaction ends.
    """

    def open(self, *args: Any, **options: Any) -> TestResponse:
        """Send one request."""
        if has_app_context():
            db.session.commit()
        answer: TestResponse = Context().run(super().open, *args, **options)
        sent = answer.request.environ["wsgi.input"]
        if not isinstance(sent, BytesIO):
            sent.close()  # a large body lies in a file, which the test client forgets
        return answer


class PageClient:
    """A browser: keeps its session, sends CSRF tokens, checks each page."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, status: int = 200, **options: Any) -> TestResponse:
        """Fetch a path and check the answer; redirects are not followed."""
        return self._checked(self.client.get(path, **options), status)

    def fragment(self, path: str, status: int = 200, **options: Any) -> TestResponse:
        """Fetch as htmx does."""
        headers = {"HX-Request": "true"} | options.pop("headers", {})
        return self._checked(self.client.get(path, headers=headers, **options), status)

    def post(
        self, path: str, data: Any = None, status: int = 303, token: str | None = None,
        **options: Any,
    ) -> TestResponse:  # fmt: skip
        """Post a form with this session's CSRF token."""
        sent = {"csrf_token": token or self.csrf_token()} | dict(data or {})
        return self._checked(self.client.post(path, data=sent, **options), status)

    def csrf_token(self) -> str:
        """A token of this session, as any page with a form carries it."""
        signed = URLSafeTimedSerializer(self.client.application.secret_key or "", "wtf-csrf-token")
        kept = self._in_cookie(lambda held: held.setdefault("csrf_token", token_hex(20)))
        return str(signed.dumps(kept))

    def page_token(self) -> str:
        """The token that a page with a form carries to this browser."""
        for path in ("/account", "/sign-in"):
            found = re.search(
                r'name="csrf_token"[^>]*value="([^"]+)"',
                self.client.get(path).get_data(as_text=True),
            )
            if found:
                return found[1]
        raise AssertionError("no page with a form to take a token from")

    def enter(self, secret: str) -> None:
        """Hold the secret of a staff session in the cookie, as who signed in by the form does."""
        self._in_cookie(lambda held: held.update({"_user_id": secret, "_fresh": True}))

    def _in_cookie(self, work: Callable[[SessionMixin], Any]) -> Any:
        def far() -> Any:
            with self.client.session_transaction() as held:
                return work(held)

        return Context().run(far)

    def sign_in(self, username: str, password: str, status: int = 303) -> TestResponse:
        """Sign in through the form, with the token that its page carries."""
        typed = {"username": username, "password": password}
        return self.post("/sign-in", typed, status, token=self.page_token())

    def _checked(self, answer: TestResponse, status: int) -> TestResponse:
        body = answer.get_data().decode(errors="replace")
        assert answer.status_code == status, f"{answer.status_code}: {Page(body).text[:600]}"
        if answer.mimetype == "text/html" and body and answer.status_code < 300:
            fragment = "<html" not in body
            check_parts(Page(body)) if fragment else check_page(body)
        return answer
