"""The databases of the tests themselves: real, clean for every test, on both engines."""

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text

from tests.engines import Engine as Databases


@pytest.fixture
def connected(database_url: str) -> Iterator[Engine]:
    """An engine on this worker's database."""
    made = create_engine(database_url, pool_pre_ping=True)
    yield made
    made.dispose()


@pytest.mark.parametrize("attempt", [1, 2])
def test_what_one_test_commits_the_next_does_not_find(connected: Engine, attempt: int) -> None:
    with connected.begin() as connection:
        assert connection.execute(text("SELECT * FROM code_counters")).all() == []
        connection.execute(text("INSERT INTO code_counters VALUES (2026, 1)"))
    with connected.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM code_counters")).scalar() == 1


def test_an_open_transaction_does_not_stop_the_cleaning(
    connected: Engine, engine: Databases, worker_name: str
) -> None:
    left_open = connected.connect()
    left_open.execute(text("SELECT * FROM code_counters"))
    with connected.begin() as connection:
        connection.execute(text("INSERT INTO code_counters VALUES (2026, 1)"))
    engine.clean(f"database_{worker_name}", "database")
    with connected.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM code_counters")).scalar() == 0
    left_open.invalidate()
    left_open.close()


def test_the_schema_has_the_guests_table(connected: Engine, engine_name: str) -> None:
    with connected.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM customers")).scalar() == 0
    assert connected.dialect.name == engine_name


def test_an_empty_database_has_no_table(empty_database_url: str) -> None:
    made = create_engine(empty_database_url)
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE customers (id integer)"))
    made.dispose()


@pytest.mark.sqlite_only
def test_a_test_for_one_engine_runs_once(engine_name: str) -> None:
    assert engine_name == "sqlite"


def test_no_setting_of_the_surroundings_reaches_the_tests() -> None:
    assert not {"DATABASE_URL", "SECRET_KEY", "MASTER_KEYS", "GUESTBOOK_HOME"} & set(os.environ)
