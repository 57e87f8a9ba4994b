"""`flask guests import`: the same import from the console."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.customers.models import Customer
from app.extensions import db
from app.imports.models import ImportBatch
from tests.importing import garbled


@pytest.fixture
def run(app, tmp_path):
    def do(content: bytes, *options: str, name: str = "g.csv"):
        place: Path = tmp_path / name
        place.write_bytes(content)
        found = app.test_cli_runner().invoke(args=["guests", "import", str(place), *options])
        db.session.remove()
        return found

    return do


def guests() -> int:
    return db.session.scalar(select(func.count()).select_from(Customer)) or 0


FILE = "code,ho ten,sinh,shoe\n1,Nguyễn Đức,12/31/1985,41\n2,,,40\n".encode()


def test_an_import_says_what_it_does(run):
    said = run(FILE, "--source", "opera", "--date-order", "mdy", "--map", "SINH=date_of_birth")
    assert said.exit_code == 0, said.output
    assert "1 new guests" in said.output
    assert "row 3 Refused" in said.output
    assert "ho ten -> full_name" in said.output
    assert "shoe -> not imported" in said.output
    guest = db.session.scalars(select(Customer)).one()
    assert str(guest.date_of_birth) == "1985-12-31"
    assert guest.created_by is None


def test_a_dry_run_leaves_nothing(run):
    said = run(FILE, "--source", "opera", "--dry-run")
    assert "nothing was written" in said.output
    assert guests() == 0
    assert db.session.scalar(select(func.count()).select_from(ImportBatch)) == 0


def test_a_whole_import_is_taken_back(run, app):
    said = run(garbled(600), "--source", "opera")
    batch = said.output.split()[-1]
    assert guests() > 0
    undone = app.test_cli_runner().invoke(args=["guests", "undo-import", batch])
    db.session.remove()
    assert undone.exit_code == 0, undone.output
    assert guests() == 0


@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        (FILE, [], "Name the system"),
        (FILE, ["--map", "nope=city"], "No column is called"),
        (FILE, ["--map", "code=status"], "listed values"),
        (FILE, ["--source", "x", "--template", "none"], "none"),
        (b"", [], "empty"),
        (FILE, ["--source", "x", "--consent-date", "2023-05-01"], "Consents count"),
        (b"a,b\n1,2\n", [], "No column goes to a name"),
    ],
)
def test_what_cannot_be_is_one_sentence(run, content, options, sentence):
    said = run(content, *options)
    assert said.exit_code == 1
    assert sentence in said.output
    assert "Traceback" not in said.output
    assert guests() == 0


def test_an_encoding_can_be_named(run):
    said = run("full_name\nИван\n".encode("cp1251"), "--encoding", "cp1251")
    assert said.exit_code == 0, said.output
    assert db.session.scalars(select(Customer.full_name)).all() == ["Иван"]
