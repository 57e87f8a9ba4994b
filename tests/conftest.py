"""The application over a real database, the people who use it, and a client that reads pages."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app import create_app
from app.auth import passwords, services
from app.auth.models import User
from app.auth.sessions import open_session
from app.auth.tokens import create_token
from app.config import Settings, new_key, read_settings
from app.core.actor import HOUSE, Actor
from app.core.crypto import vault
from app.customers import services as customers
from app.customers.inputs import CustomerInput
from app.customers.listing.figures import kept
from app.customers.models import Customer
from app.extensions import db
from tests.page import FarClient, PageClient

pytest_plugins = ["tests.databases", "tests.importing", "tests.s3_server"]

PASSWORD = "correct horse battery"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
KEYS = {"SECRET_KEY": new_key(), "MASTER_KEYS": f"first:{new_key()}", "INDEX_KEY": new_key()}


@pytest.fixture(scope="session")
def settings(database_url: str, keystore_url: str, scratch: Path) -> Settings:
    """The settings of the application under test."""
    return read_settings(
        KEYS
        | {
            "GUESTBOOK_MODE": "test",
            "GUESTBOOK_HOME": str(scratch / "home"),
            "DATABASE_URL": database_url,
            "KEYSTORE_URL": keystore_url,
            "SECOND_FACTOR_ROLES": "",
        }
    )


@pytest.fixture(scope="session")
def application(settings: Settings) -> Iterator[Flask]:
    """The application, once per engine and worker."""
    made = create_app(settings)
    made.test_client_class = FarClient
    yield made
    with made.app_context():
        db.engine.dispose()
        vault().engine.dispose()


@pytest.fixture
def app(application: Flask) -> Iterator[Flask]:
    """The application inside a context, over a clean database."""
    kept.clear()  # what lists of the test before held
    with application.test_request_context("/"):
        yield application
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> PageClient:
    """A browser without a session."""
    return PageClient(app.test_client())


@pytest.fixture
def person(app: Flask) -> Callable[..., User]:
    """Makes a member of staff with a role."""

    def make(role: str = "front_desk", username: str | None = None, **more: Any) -> User:
        name = username or role
        found = services.find_user(name)
        if found is None:
            found = services.create_user(name, more.pop("name", name.title()), role, by=HOUSE)
            found.password_hash = _hash_by(passwords._hasher)
        db.session.commit()
        return found

    return make


@pytest.fixture(autouse=True)
def _quick_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trying a password takes long on purpose; only tests of just that need it so."""
    if request.path.name not in ("test_passwords.py", "test_sign_in.py"):
        monkeypatch.setattr(passwords, "_hasher", QUICK)


@cache
def _hash_by(hasher: PasswordHasher) -> str:
    """One hash for all: making one anew for each test would take most of the suite's time."""
    return hasher.hash(PASSWORD)


@pytest.fixture
def as_role(app: Flask, person: Callable[..., User]) -> Callable[..., PageClient]:
    """A browser signed in as somebody with the role."""

    def sign_in(role: str = "front_desk", username: str | None = None) -> PageClient:
        user = person(role, username)
        browser = PageClient(app.test_client())
        browser.enter(open_session(user, device="Test", address="127.0.0.1"))
        db.session.commit()
        return browser

    return sign_in


@pytest.fixture
def may(as_role: Callable[..., PageClient]) -> PageClient:
    """Signed in as a manager, who may do most things to guests."""
    return as_role("manager")


@pytest.fixture
def may_read(as_role: Callable[..., PageClient]) -> PageClient:
    """Signed in as marketing, who may read guests but not change them."""
    return as_role("marketing")


@pytest.fixture
def may_not(client: PageClient) -> PageClient:
    """A stranger."""
    return client


@pytest.fixture
def actor_of(person: Callable[..., User]) -> Callable[[str], Actor]:
    """The actor of a role, for calling services."""
    return lambda role: person(role).actor


@pytest.fixture
def machine(app: Flask) -> Callable[..., FlaskClient]:
    """An API client with a token of the given scopes."""

    def make(*scopes: str) -> FlaskClient:
        _, secret = create_token("test machine", scopes, by=HOUSE)
        db.session.commit()
        browser = app.test_client()
        browser.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
        return browser

    return make


@pytest.fixture
def guest(app: Flask) -> Callable[..., Customer]:
    """Makes a guest through the service, as staff would; commits."""

    def make(full_name: str = "Nguyễn Văn An", **values: Any) -> Customer:
        read = CustomerInput.read({"full_name": full_name} | values)
        made = customers.create(read, by=HOUSE)
        db.session.commit()
        return made

    return make


@pytest.fixture
def count_statements(app: Flask) -> Callable[[], Any]:
    """`with count_statements() as said:` collects the SQL statements sent inside."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        said: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            said.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield said
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return counting


@pytest.fixture
def at_once(app: Flask) -> Callable[..., list[Any]]:
    """Runs works at the same instant, each in a thread that commits; what each gave or raised."""

    def run(*works: Callable[[], Any]) -> list[Any]:
        db.session.rollback()  # the test's own transaction would hold them off
        start, results = threading.Barrier(len(works)), dict[int, Any]()

        def one(number: int, work: Callable[[], Any]) -> None:
            with app.test_request_context("/"):
                start.wait(30)
                try:
                    results[number] = work()
                    db.session.commit()
                except Exception as fault:  # noqa: BLE001 - a refusal is a result here
                    db.session.rollback()
                    results[number] = fault

        threads = [threading.Thread(target=one, args=each) for each in enumerate(works)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        db.session.rollback()
        return [results[number] for number in range(len(works))]

    return run
