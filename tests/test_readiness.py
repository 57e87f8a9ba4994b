"""Before a start: databases that are new or Guestbook's own are prepared, others left untouched."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import NullPool, create_engine, inspect, text

from app import create_app
from app.auth import services as staff
from app.config import read_settings
from app.core.actor import HOUSE
from app.core.crypto import vault
from app.core.database import writing
from app.extensions import db
from tests.conftest import KEYS


@pytest.fixture
def run(scratch: Path, keystore_url: str) -> Iterator[Callable[..., Result]]:
    """Runs a command of the application over a database."""
    made: list[Flask] = []

    def start(url: str, *command: str, keys: str = keystore_url) -> Result:
        env = {"GUESTBOOK_MODE": "test", "DATABASE_URL": url, "KEYSTORE_URL": keys}
        app = create_app(read_settings(KEYS | env | {"GUESTBOOK_HOME": str(scratch / "home")}))
        made.append(app)
        return app.test_cli_runner().invoke(args=list(command or ["prepare"]))

    yield start
    for app in made:
        with app.app_context():
            db.engine.dispose()
            vault().engine.dispose()


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
    done = run(empty_database_url, keys=other)
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


def test_samples_do_not_touch_a_hotel_s_own_database(
    empty_database_url, keystore_url, run, scratch
):
    assert run(empty_database_url).exit_code == 0
    env = {"GUESTBOOK_MODE": "test", "DATABASE_URL": empty_database_url}
    env |= {"KEYSTORE_URL": keystore_url}
    app = create_app(read_settings(KEYS | env | {"GUESTBOOK_HOME": str(scratch / "home")}))
    with app.app_context(), writing():
        staff.create_user("lan", "Lan", "manager", by=HOUSE)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    done = run(empty_database_url, "demo", "prepare")
    assert done.exit_code == 1
    assert "already holds staff or guests" in done.output
