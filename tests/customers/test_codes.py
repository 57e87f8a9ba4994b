"""Guests' codes: never the same twice, whoever asks at once."""

import os

from sqlalchemy import func, select

from app.customers import codes
from app.customers.models import Customer
from app.extensions import db
from tests.side_by_side import side_by_side

MAKER = """
from app.core.actor import HOUSE
from app.customers import services
from app.extensions import db

with app.test_request_context("/"):
    for n in range(int(given[0])):
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
    db.session.remove()
    side_by_side(MAKER, settings, PROCESSES, EACH, patience=PATIENCE)
    count = select(func.count(), func.count(Customer.customer_code.distinct()))
    assert tuple(db.session.execute(count).one()) == (PROCESSES * EACH, PROCESSES * EACH)
