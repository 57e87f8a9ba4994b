"""The application over a base: as a server with somebody signed in, and in this process."""

import contextlib
import http.cookiejar
import re
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field

from flask import Flask

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

    def get(self, path: str, *, fragment: bool = False) -> bytes:
        """The body behind a path, as the person signed in; anything but 200 is an error."""
        headers = {"Cookie": self.cookies, "Accept-Language": "vi"}
        headers |= {"HX-Request": "true"} if fragment else {}
        status, body = fetch(self.server.port, path, headers)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        return body


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
            site.cookies = _sign_in(server.port)
            yield site


def make_user() -> None:
    """The manager who reads the pages, in Vietnamese; commits."""
    if staff.find_user(USER) is None:
        staff.create_user(USER, "Bench", "manager", by=HOUSE, password=PASSWORD)
    db.session.query(User).filter_by(username=USER).update({"language": "vi"})
    db.session.commit()


def _sign_in(port: int) -> str:
    """Sign in as a browser does; the value of the Cookie header."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    address = f"http://127.0.0.1:{port}/sign-in"
    page = browser.open(address).read().decode()
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, "the sign-in page has no token"
    said = {"csrf_token": found[1], "username": USER, "password": PASSWORD}
    browser.open(address, urllib.parse.urlencode(said).encode()).read()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)
