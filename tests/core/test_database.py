"""Connections: what reading and writing transactions are on each engine, and a server that went."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import select, text

from app.core import audit, database, statistics
from app.core.actor import HOUSE
from app.core.audit import AuditEntry
from app.core.database import apart, reading, writing
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
def test_one_statement_amid_reading_commits_by_itself_and_what_follows_does_not(app):
    with reading(), apart(single=True):
        audit.record("guests.searched", ("house", None), by=HOUSE)
        db.session.flush()
        driver = db.session.connection().connection.dbapi_connection
        assert driver.info.transaction_status == TransactionStatus.IDLE
    with writing():
        audit.record("guests.listed", ("house", None), by=HOUSE)
        db.session.flush()
        db.session.rollback()
    assert set(db.session.scalars(select(AuditEntry.action))) == {"guests.searched"}


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
def test_who_waits_for_the_write_lock_is_not_overtaken(app):
    db.session.rollback()
    order, engine = [], db.engine

    def wait() -> None:
        with engine.begin():
            order.append("who waited")

    with ThreadPoolExecutor() as pool, engine.connect() as holder:
        for _ in range(3):
            order.clear()
            begun = holder.begin()
            waiting = pool.submit(wait)
            time.sleep(0.4)  # by now SQLite would let it look every tenth of a second
            begun.rollback()
            with holder.begin():
                order.append("who had it")
            waiting.result(10)
            assert order == ["who waited", "who had it"]


def _open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))


@pytest.mark.sqlite_only
def test_a_closed_connection_leaves_no_file_open(app):
    db.session.remove()
    db.engine.dispose()
    before = _open_files()
    with db.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    assert _open_files() > before
    db.engine.dispose()
    assert _open_files() == before


@pytest.mark.sqlite_only
def test_the_planner_learns_how_large_the_tables_are(app):
    services.create({"full_name": "Đỗ Đức"}, by=HOUSE)
    db.session.commit()
    with writing():
        statistics.analyse(None)
        db.session.commit()
    known = text("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'customers'")
    assert db.session.scalar(known)
