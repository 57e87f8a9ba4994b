"""Connections: what reading and writing transactions are on each engine, and a server that went."""

import pytest
from sqlalchemy import select, text

from app.core import database, statistics
from app.core.actor import HOUSE
from app.core.database import reading, writing
from app.customers import services
from app.customers.models import Customer
from app.extensions import db


def test_what_follows_a_reader_on_a_connection_is_a_transaction_again(app):
    guest_id = services.create({"full_name": "Nguyễn Thị Ánh Tuyết"}, by=HOUSE).id
    db.session.rollback()
    with reading():
        assert db.session.get(Customer, guest_id) is None
        db.session.rollback()
    services.create({"full_name": "Đỗ Đức"}, by=HOUSE)
    db.session.flush()
    db.session.rollback()
    assert db.session.scalar(select(Customer.id)) is None


@pytest.mark.postgresql_only
def test_a_reader_spares_postgresql_the_transaction_but_keeps_an_asked_isolation(app):
    db.session.rollback()
    with reading(), db.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        assert connection.connection.dbapi_connection.autocommit
    with reading():
        engine = db.engine.execution_options(isolation_level="REPEATABLE READ")
        with engine.connect() as connection:
            level = connection.scalar(text("SHOW transaction_isolation"))
            assert not connection.connection.dbapi_connection.autocommit
    assert level == "repeatable read"
    with writing(), db.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        assert not connection.connection.dbapi_connection.autocommit


@pytest.mark.postgresql_only
def test_a_connection_that_the_server_dropped_while_idle_is_replaced(app, monkeypatch):
    monkeypatch.setattr(database, "TRUSTED_SECONDS", 0)
    db.session.rollback()
    killer, victim = db.engine.connect(), db.engine.connect()
    lost = victim.scalar(text("SELECT pg_backend_pid()"))
    victim.close()
    killer.execute(text(f"SELECT pg_terminate_backend({lost})"))
    killer.close()
    with db.engine.connect() as connection, db.engine.connect() as second:
        assert connection.scalar(text("SELECT 1")) == second.scalar(text("SELECT 1")) == 1


@pytest.mark.sqlite_only
def test_the_planner_learns_how_large_the_tables_are(app):
    services.create({"full_name": "Đỗ Đức"}, by=HOUSE)
    db.session.commit()
    with writing():
        statistics.analyse(None)
        db.session.commit()
    known = text("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'customers'")
    assert db.session.scalar(known)
