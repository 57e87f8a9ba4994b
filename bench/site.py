"""The application over a base: as a server with somebody signed in, and in this process."""

import contextlib
import contextvars
import functools
import http.cookiejar
import re
import tempfile
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import event

from app import create_app
from app.auth import services as staff
from app.auth.models import User
from app.config import new_key, read_settings
from app.core.actor import HOUSE
from app.core.crypto import vault
from app.core.database import writing
from app.extensions import db
from bench.bases import Base
from bench.floors import Server, fetch, serving
from bench.frame import Bench

USER, PASSWORD = "bench", "a bench is no place to sleep"
KEYS = {"SECRET_KEY": new_key(), "MASTER_KEYS": f"bench:{new_key()}", "INDEX_KEY": new_key()}


def surroundings(base: Base, folder: str) -> dict[str, str]:
    """The environment in which the application uses the base, with a key store of its own."""
    return KEYS | {
        "GUESTBOOK_MODE": "development", "GUESTBOOK_HOME": folder, "DATABASE_URL": base.url,
        "KEYSTORE_URL": f"sqlite:///{folder}/keys.sqlite3", "SECOND_FACTOR_ROLES": "",
    }  # fmt: skip


@contextlib.contextmanager
def in_process(base: Base, folder: str) -> Iterator[Flask]:
    """The application in this process, inside a context."""
    app = create_app(read_settings(surroundings(base, folder)))
    with app.test_request_context("/"):
        vault().create()
        yield app
        db.session.remove()
        db.engine.dispose()
        vault().engine.dispose()


@dataclass
class Site:
    """A running server and the session of somebody signed in."""

    server: Server
    started_in: float
    cookies: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def sign_in(self) -> None:
        """A session of the manager, with a token of its own."""
        self.cookies = _sign_in(self.server.port)
        self.__dict__.pop("token", None)

    def get(self, path: str, *, fragment: bool = False) -> bytes:
        """The body behind a path, as the person signed in; anything but 200 is an error."""
        headers = {"Cookie": self.cookies, "Accept-Language": "vi"}
        headers |= {"HX-Request": "true"} if fragment else {}
        status, body = fetch(self.server.port, path, headers)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        return body

    def post(self, path: str, fields: dict[str, str]) -> bytes:
        """What htmx gets for a form; anything but 200 is an error."""
        headers = {"Cookie": self.cookies, "Accept-Language": "vi", "HX-Request": "true",
                   "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
        body = urllib.parse.urlencode(fields | {"csrf_token": self.token})
        status, answer = fetch(self.server.port, path, headers, body)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        return answer

    def send(self, path: str, fields: dict[str, str], file: tuple[str, str, bytes]) -> None:
        """A form with a file, (field, name, content), as a browser sends it."""
        edge = uuid.uuid4().hex
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in (fields | {"csrf_token": self.token}).items()
        ]
        field, name, content = file
        parts.append(
            f'--{edge}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = "".join(parts).encode() + content + f"\r\n--{edge}--\r\n".encode()
        kind = f"multipart/form-data; boundary={edge}"
        status, _ = fetch(
            self.server.port, path, {"Cookie": self.cookies, "Content-Type": kind}, body
        )
        if status != 303:
            raise RuntimeError(f"{path} answered {status}")

    @functools.cached_property
    def token(self) -> str:
        """The session's CSRF token, as any page with a form carries it."""
        return _token(self.get("/account").decode())


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, "the page has no token"
    return found[1]


@contextlib.contextmanager
def running(base: Base, target: str = "wsgi:app") -> Iterator[Site]:
    """The application under gunicorn over the base, with a manager signed in."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        with in_process(base, folder), writing():
            make_user()
        start = time.perf_counter()
        with serving(target, surroundings(base, folder), threads=8) as server:
            fetch(server.port, "/sign-in")
            site = Site(server, time.perf_counter() - start)
            site.sign_in()
            yield site


def shared(bench: Bench, target: str = "wsgi:app") -> Site:
    """The site that figures ask one after the other, signed in anew for each: it may have waited
    long.
    """
    name = f"site of {target}"
    if name not in bench.kept:
        bench.kept[name] = bench.open.enter_context(running(bench.base, target))
    site: Site = bench.kept[name]
    site.sign_in()
    return site


def make_user() -> None:
    """The manager who reads the pages, in Vietnamese; commits."""
    if staff.find_user(USER) is None:
        staff.create_user(USER, "Bench", "manager", by=HOUSE, password=PASSWORD)
    db.session.query(User).filter_by(username=USER).update({"language": "vi"})
    db.session.commit()


def asking(app: Flask) -> Callable[[str], list[str]]:
    """Asks for pages in this process as the manager: the SQL statements that a page sends, but for
    the words BEGIN."""
    with writing():
        make_user()
    browser, outside = app.test_client(), contextvars.Context()  # requests of their own
    token = _token(outside.run(browser.get, "/sign-in").get_data(as_text=True))
    proof = {"csrf_token": token, "username": USER, "password": PASSWORD}
    outside.run(browser.post, "/sign-in", data=proof)

    def ask(path: str) -> list[str]:
        said: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            said.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            answer = outside.run(browser.get, path)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        assert answer.status_code == 200
        return [statement for statement in said if not statement.startswith("BEGIN")]

    return ask


def _sign_in(port: int) -> str:
    """Sign in as a browser does; the value of the Cookie header."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    address = f"http://127.0.0.1:{port}/sign-in"
    page = browser.open(address).read().decode()
    said = {"csrf_token": _token(page), "username": USER, "password": PASSWORD}
    browser.open(address, urllib.parse.urlencode(said).encode()).read()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)
