"""Real databases for the tests: SQLite and PostgreSQL, made once, cloned per worker, kept clean.

A test that uses `database_url` runs on both engines, may commit what it likes, and finds the
database as its template had it. Everything lives in a scratch folder of this run (or, with
TEST_DATABASE_URL, in databases with a prefix of this run on that server) and goes with it.
"""

import fcntl
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, NoReturn

import pytest

from tests.engines import Engine, Postgresql, Sqlite
from tools import postgres

TEMPLATES = ("database", "keystore")
LIBPQ = ["PGDATABASE", "PGHOST", "PGHOSTADDR", "PGOPTIONS", "PGPORT", "PGSERVICE", "PGUSER"]
PREFIXES = ("GUESTBOOK_", "FLASK_", "GUNICORN_")
_held: list[IO[str]] = []


def cannot_run(reason: str) -> NoReturn:
    """Skip the test with its reason, or fail it where everything has to run (`CI=true`)."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def pytest_configure(config: pytest.Config) -> None:
    """Forget the settings of the surroundings, and find or make the run's scratch folder."""
    for name in [n for n in os.environ if n in _settings() or n.startswith(PREFIXES)]:
        del os.environ[name]
    # Every process that a test starts would compile the same files again, eight at once in some.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    given = getattr(config, "workerinput", {}).get("scratch")
    config.stash[SCRATCH] = Path(given) if given else _new_scratch()


def _settings() -> set[str]:
    """Every name that the application's settings or PostgreSQL's client ask for."""
    sources = (postgres.ROOT / "app" / "config").glob("*.py")
    asked = "".join(path.read_text() for path in sources)
    return {*re.findall(r'"([A-Z][A-Z0-9_]+)"', asked), *LIBPQ}


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove all that this run has made; a worker leaves it to the run."""
    if hasattr(config, "workerinput"):
        return
    scratch = config.stash[SCRATCH]
    outside = os.environ.get("TEST_DATABASE_URL")
    try:
        if outside and (scratch / "postgresql").exists():
            Postgresql(outside, _prefix(scratch)).drop_all()
    finally:
        for file in _held:
            file.close()
        shutil.rmtree(scratch, ignore_errors=True)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist where the run's scratch folder is."""
    node.workerinput["scratch"] = str(node.config.stash[SCRATCH])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the engine that a `sqlite_only` or `postgresql_only` test is not for."""
    out = [item for item in items if _other_engine(item)]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in set(out)]


def _other_engine(item: pytest.Item) -> bool:
    callspec = getattr(item, "callspec", None)
    engine = callspec.params.get("engine_name") if callspec else None
    other = {"sqlite": "postgresql_only", "postgresql": "sqlite_only"}.get(str(engine))
    return other is not None and item.get_closest_marker(other) is not None


SCRATCH = pytest.StashKey[Path]()


def _new_scratch() -> Path:
    base = _fast_folder() or Path(tempfile.gettempdir())
    _sweep(base)
    scratch = Path(tempfile.mkdtemp(prefix="gb-tests-", dir=base))
    lock = (scratch / "alive").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)  # while it is held, the throw-away server runs
    _held.append(lock)
    return scratch


def _sweep(base: Path) -> None:
    """Remove the folders of runs that were killed: nobody holds their lock any more."""
    for lock in base.glob("gb-tests-*/alive"):
        with suppress(OSError), lock.open() as file:
            if time.time() - lock.stat().st_mtime > 60:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(lock.parent, ignore_errors=True)


def _fast_folder() -> Path | None:
    """A folder in memory where there is one with room, else the system's own choice."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 2 * 2**30
    return memory if roomy and os.access(memory, os.W_OK) else None


def _prefix(scratch: Path) -> str:
    return scratch.name.lower().replace("-", "_") + "_"


@contextmanager
def _one_at_a_time(scratch: Path) -> Iterator[None]:
    with (scratch / "turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _sqlite(scratch: Path) -> Engine:
    return Sqlite(scratch)


def _postgresql(scratch: Path) -> Engine:
    """The server of TEST_DATABASE_URL, else the run's own, started by the first who needs it."""
    outside = os.environ.get("TEST_DATABASE_URL")
    if not outside and postgres.find_programs() is None:
        cannot_run(
            f"PostgreSQL {postgres.OLDEST} or newer was not found: `make test` installs it where"
            " it may; or name a server in TEST_DATABASE_URL"
        )
    note = scratch / "postgresql"
    with _one_at_a_time(scratch):
        if not note.exists():
            base = _fast_folder()
            note.write_text(outside or postgres.start(scratch / "alive", base))
    return Postgresql(note.read_text(), _prefix(scratch))


def _with_templates(engine: Engine, scratch: Path, name: str) -> Engine:
    done = scratch / f"{name}-templates"
    with _one_at_a_time(scratch):
        if not done.exists():
            database, keystore = (engine.create(template) for template in TEMPLATES)
            build_schema(database, keystore, scratch / "home")
            done.touch()
    return engine


def build_schema(database_url: str, keystore_url: str, home: Path) -> None:
    """Make every table and search object in two empty databases."""
    from app import schema

    schema.create(database_url, keystore_url, str(home))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """The engine at hand; whoever uses it, even through others, runs once on each."""
    return str(request.param)


@pytest.fixture(scope="session")
def worker_name() -> str:
    """A name that no other worker of this run has."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def scratch(request: pytest.FixtureRequest) -> Path:
    """The folder of this run, in memory where possible; all of it goes at the end."""
    return request.config.stash[SCRATCH]


@pytest.fixture(scope="session")
def engine(engine_name: str, scratch: Path) -> Iterator[Engine]:
    """The engine's databases: create, clone, drop."""
    start = {"sqlite": _sqlite, "postgresql": _postgresql}[engine_name]
    made = _with_templates(start(scratch), scratch, engine_name)
    yield made
    made.close()


@pytest.fixture(scope="session")
def database_url(engine: Engine, worker_name: str) -> Iterator[str]:
    """This worker's database: the whole schema, and after each test as if nothing had been."""
    yield from _copy(engine, "database", worker_name)


@pytest.fixture(scope="session")
def keystore_url(engine: Engine, worker_name: str) -> Iterator[str]:
    """This worker's key store, on the same engine, kept clean alike."""
    yield from _copy(engine, "keystore", worker_name)


def _copy(engine: Engine, template: str, worker: str) -> Iterator[str]:
    yield engine.create(f"{template}_{worker}", template)
    engine.drop(f"{template}_{worker}")


@pytest.fixture
def empty_database_url(engine: Engine, worker_name: str) -> Iterator[str]:
    """A database without any table, for migrations."""
    yield engine.create(f"empty_{worker_name}")
    engine.drop(f"empty_{worker_name}")


@pytest.fixture(autouse=True)
def _leave_nothing(request: pytest.FixtureRequest) -> Iterator[None]:
    used = [name for name in TEMPLATES if f"{name}_url" in request.fixturenames]
    if not used:
        yield
        return
    engine: Engine = request.getfixturevalue("engine")
    worker: str = request.getfixturevalue("worker_name")
    yield
    for name in used:
        engine.clean(f"{name}_{worker}", name)
