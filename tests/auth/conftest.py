"""What the tests of signing in share: changing rows behind the application, and racing it."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select, update

from app.auth import second_factor, services
from app.auth.models import StaffSession, User
from app.core.audit import AuditEntry
from app.core.clock import now
from app.extensions import db
from tests.page import PageClient

GOOD = "unicorns walk at midnight"
BACKWARDS = {"seen_at": StaffSession.seen_at, "proven_at": StaffSession.proven_at,
             "created_at": StaffSession.created_at}  # fmt: skip


@pytest.fixture
def pass_time(app: Flask) -> Callable[..., None]:
    """Makes every session look as if so many minutes had passed since it was used or proven."""

    def go(minutes: float, *columns: str) -> None:
        past = timedelta(minutes=minutes)
        values = {name: now() - past for name in columns or ("seen_at", "proven_at")}
        db.session.execute(update(StaffSession).values(values))
        db.session.commit()

    return go


@pytest.fixture
def together(app: Flask) -> Callable[..., list[Any]]:
    """Runs work in many threads at the same instant, each committing; what each returned."""

    def run(work: Callable[[], Any], times: int = 8) -> list[Any]:
        start, results = threading.Barrier(times), []

        def one() -> None:
            with app.test_request_context("/"):
                start.wait(30)
                try:
                    found = work()
                    db.session.commit()
                except Exception as fault:  # noqa: BLE001 - a refusal is a result here
                    db.session.rollback()
                    found = fault
                results.append(found)

        threads = [threading.Thread(target=one) for _ in range(times)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return results

    return run


@pytest.fixture
def audited(app: Flask) -> Callable[[str], list[str]]:
    """The outcomes of the audit entries of one action, in order."""

    def find(action: str) -> list[str]:
        query = select(AuditEntry.outcome).where(AuditEntry.action == action)
        found = list(db.session.scalars(query.order_by(AuditEntry.id)))
        db.session.rollback()
        return found

    return find


@pytest.fixture
def reload(app: Flask) -> Callable[[str], User]:
    """A person as the database has it now."""

    def find(username: str) -> User:
        db.session.rollback()
        user = services.find_user(username)
        assert user is not None
        db.session.refresh(user)
        db.session.rollback()
        return user

    return find


@pytest.fixture
def with_settings(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Changes settings of the running application for one test."""

    def change(**values: Any) -> None:
        changed = replace(app.extensions["settings"], **values)
        monkeypatch.setitem(app.extensions, "settings", changed)

    return change


@pytest.fixture
def with_phone(app: Flask) -> Callable[[User], tuple[pyotp.TOTP, list[str]]]:
    """Binds a phone to a person; its codes count from the next step on."""

    def bind(user: User) -> tuple[pyotp.TOTP, list[str]]:
        secret = second_factor.new_secret()
        phone = pyotp.TOTP(secret)
        codes = second_factor.set_up(user, secret, phone.now())
        user.totp_last_step = None
        db.session.commit()
        return phone, codes

    return bind


def cookie_of(browser: PageClient) -> str:
    """The session cookie that a browser holds."""
    cookie = browser.client.get_cookie("guestbook")
    assert cookie is not None
    return str(cookie.value)
