"""Guests' codes: never the same twice, whoever asks at once."""

import os
import subprocess
import sys

from sqlalchemy import func, select

from app.customers import codes
from app.customers.models import Customer
from app.extensions import db
from tests.conftest import KEYS

MAKER = """
from app import create_app
from app.core.actor import HOUSE
from app.customers import services
from app.extensions import db
import sys

app = create_app()
with app.test_request_context("/"):
    for n in range(int(sys.argv[1])):
        services.create({"full_name": f"Guest {n}"}, by=HOUSE)
        db.session.commit()
        db.session.expunge_all()
"""
PROCESSES, EACH = 8, int(os.environ.get("GUESTS_PER_PROCESS", "60"))
PATIENCE = 120 + EACH  # seconds; a slow machine makes some ten guests in one


def test_serials_have_four_digits_and_grow_past_them():
    assert codes.code(2024, 1) == "C20240001"
    assert codes.code(2024, 12345) == "C202412345"
    assert codes.number(2025, 1) > codes.number(2024, 99999999)


def test_what_was_rolled_back_does_no_harm(app):
    first = codes.reserve()[1][0]
    db.session.rollback()
    assert codes.reserve(3)[1][0] >= first


def test_eight_processes_at_once_give_out_no_code_twice(app, settings):
    env = os.environ | KEYS | {
        "GUESTBOOK_MODE": "test", "DATABASE_URL": settings.database_url,
        "KEYSTORE_URL": settings.keystore_url, "GUESTBOOK_HOME": str(settings.home),
    }  # fmt: skip
    db.session.remove()
    made = [
        subprocess.Popen([sys.executable, "-c", MAKER, str(EACH)], env=env, stderr=subprocess.PIPE)
        for _ in range(PROCESSES)
    ]
    said = [process.communicate(timeout=PATIENCE)[1].decode() for process in made]
    assert [process.returncode for process in made] == [0] * PROCESSES, said
    count = select(func.count(), func.count(Customer.customer_code.distinct()))
    assert tuple(db.session.execute(count).one()) == (PROCESSES * EACH, PROCESSES * EACH)
