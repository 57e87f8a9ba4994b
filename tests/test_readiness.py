"""Before a start: databases that are new or Guestbook's own are prepared, others left untouched."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import NullPool, create_engine, inspect, text

from app import create_app
from app.auth import services as staff
from app.config import new_key, read_settings
from app.core.actor import HOUSE
from app.core.crypto import vault
from app.core.database import writing
from app.customers import services
from app.extensions import db
from tests.conftest import KEYS


@pytest.fixture
def app_of(scratch: Path, keystore_url: str) -> Iterator[Callable[..., Flask]]:
    """Makes the application over a database, with further settings."""
    made: list[Flask] = []

    def start(url: str, **more: str) -> Flask:
        env = {"GUESTBOOK_MODE": "test", "DATABASE_URL": url, "KEYSTORE_URL": keystore_url}
        env |= {"GUESTBOOK_HOME": str(scratch / "home")}
        made.append(create_app(read_settings(KEYS | env | more)))
        return made[-1]

    yield start
    for app in made:
        with app.app_context():
            db.engine.dispose()
            vault().engine.dispose()


@pytest.fixture
def run(app_of: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command of the application over a database: `prepare`, if no other is named."""
    monkeypatch.setenv("FLASK_RUN_FROM_CLI", "true")  # as the console says

    def start(url: str, *command: str, **more: str) -> Result:
        return app_of(url, **more).test_cli_runner().invoke(args=list(command or ["prepare"]))

    return start


def tell(url: str, *statements: str) -> None:
    with create_engine(url, poolclass=NullPool).begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def tables(url: str) -> set[str]:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return set(inspect(connection).get_table_names())


def test_an_empty_database_is_prepared_and_again(empty_database_url, run):
    for _ in range(2):
        done = run(empty_database_url)
        assert done.exit_code == 0, done.output
    assert "customers" in tables(empty_database_url)


FOREIGN = {
    "other tables": ["CREATE TABLE bookings (room integer)"],
    "a table of our name": ["CREATE TABLE customers (id integer, name text)"],
    "another's migrations": [
        "CREATE TABLE alembic_version (version_num varchar(32))",
        "INSERT INTO alembic_version VALUES ('f00d')",
    ],
    "no migration yet, but tables": [
        "CREATE TABLE alembic_version (version_num varchar(32))",
        "CREATE TABLE bookings (room integer)",
    ],
}


@pytest.mark.parametrize("statements", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize("command", [["prepare"], ["demo", "prepare"]], ids=" ".join)
def test_a_foreign_database_is_refused_and_left_untouched(
    empty_database_url, run, statements, command
):
    tell(empty_database_url, *statements)
    before = tables(empty_database_url)
    done = run(empty_database_url, *command)
    assert done.exit_code == 1
    assert done.output.startswith("Error: DATABASE_URL leads to a database that holds something")
    assert done.output.count("\n") == 1
    assert tables(empty_database_url) == before


def test_a_foreign_key_store_is_refused(empty_database_url, run, scratch):
    other = f"sqlite:///{scratch / 'other.db'}"
    tell(other, "CREATE TABLE IF NOT EXISTS bookings (room integer)")
    done = run(empty_database_url, KEYSTORE_URL=other)
    assert done.exit_code == 1
    assert "KEYSTORE_URL" in done.output
    assert tables(other) == {"bookings"}
    assert tables(empty_database_url) == set()


@pytest.mark.parametrize(
    "url", ["postgresql://nobody@127.0.0.1:1/none", "sqlite:////no/such/folder/x.db"]
)
@pytest.mark.parametrize("command", [["prepare"], ["demo", "prepare"]], ids=" ".join)
@pytest.mark.sqlite_only
def test_a_database_that_does_not_answer_is_named_in_one_sentence(run, url, command):
    done = run(url, *command)
    assert done.exit_code == 1
    assert done.output.startswith("Error: DATABASE_URL leads to no database: ")
    assert done.output.count("\n") == 1


@pytest.mark.sqlite_only
def test_a_file_that_is_no_database_is_left_as_it_is(run, tmp_path):
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear guests, " * 100)
    done = run(f"sqlite:///{letter}")
    assert "DATABASE_URL leads to no database: file is not a database." in done.output
    assert letter.read_text() == "Dear guests, " * 100


@pytest.fixture
def hotel(empty_database_url: str, run: Callable[..., Result], app_of: Callable[..., Flask]) -> str:
    """The URL of a prepared database with somebody of staff and a guest with a paper."""
    assert run(empty_database_url).exit_code == 0
    app = app_of(empty_database_url)
    with app.app_context(), writing():
        staff.create_user("lan", "Lan", "manager", by=HOUSE)
        services.create({"full_name": "Đỗ Đức", "id_number": "C1234678"}, by=HOUSE)
        db.session.commit()
        db.session.remove()
    assert run(empty_database_url).exit_code == 0
    return empty_database_url


def test_samples_do_not_touch_a_hotel_s_own_database(hotel, run):
    done = run(hotel, "demo", "prepare")
    assert done.exit_code == 1
    assert "already holds staff or guests" in done.output


def test_guests_do_not_get_an_empty_key_store(hotel, run, tmp_path):
    other = f"sqlite:///{tmp_path / 'new.db'}"
    done = run(hotel, KEYSTORE_URL=other)
    assert done.output.startswith("Error: KEYSTORE_URL leads to an empty key store")
    assert done.output.count("\n") == 1
    assert tables(other) == set()


@pytest.mark.parametrize("name", ["MASTER_KEYS", "INDEX_KEY"])
def test_keys_of_another_house_are_refused(hotel, run, name):
    value = new_key() if name == "INDEX_KEY" else f"first:{new_key()}"
    done = run(hotel, **{name: value})
    assert done.exit_code == 1
    assert name.split("_")[0].lower() in done.output.lower()
    assert done.output.count("\n") == 1


def test_sample_data_does_not_even_make_tables_in_production(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    file = tmp_path / "house.db"
    told = run(f"sqlite:///{file}", "demo", "prepare", GUESTBOOK_MODE="production")
    assert told.exit_code == 1
    assert "production" in told.output
    assert not file.exists()
