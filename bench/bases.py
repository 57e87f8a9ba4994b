"""The databases that figures are measured on: made once for a size, and kept while they fit."""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psycopg
from sqlalchemy import Engine, create_engine

from app.core.database import engine_options, tune
from app.customers.search import models as search
from bench import cluster

ROOT = Path(__file__).resolve().parent.parent
Name = Literal["sqlite", "postgresql"]


def home() -> Path:
    """Where generated bases live: GUESTBOOK_BENCH_HOME, by default var/bench."""
    folder = Path(os.environ.get("GUESTBOOK_BENCH_HOME") or ROOT / "var" / "bench")
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def fingerprint(base: "Base") -> str:
    """Changes with everything that shapes a base: tables, indexes, guests, search rows."""
    from bench.generate import sample

    told = [str(base.size), *sample(base.engine), *search.SQLITE_CREATE, *search.POSTGRES_CREATE]
    return hashlib.sha256("\n".join(sorted(told)).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Base:
    """One generated database. server: PostgreSQL's URL without a database, empty on SQLite."""

    engine: Name
    size: int
    server: str = ""

    @property
    def label(self) -> str:
        return f"guests_{self.size}"

    @property
    def file(self) -> Path:
        return home() / f"{self.label}.sqlite3"

    @property
    def url(self) -> str:
        """The URL for SQLAlchemy and for `DATABASE_URL`."""
        if self.engine == "sqlite":
            return f"sqlite:///{self.file}"
        return (
            self.server.replace("/?", f"/{self.label}?")
            if "?" in self.server
            else (self.server + self.label)
        )

    @property
    def keystore_url(self) -> str:
        """The key store that goes with it; a file on both engines."""
        return f"sqlite:///{home()}/{self.engine}_{self.size}_keys.sqlite3"

    @property
    def _note(self) -> Path:
        return home() / f"{self.engine}_{self.label}.fingerprint"

    def fits(self) -> bool:
        """True when the base is there and was made by today's code."""
        return self._note.exists() and self._note.read_text() == fingerprint(self)

    def exists(self) -> bool:
        """True when some complete base is there."""
        return self._note.exists()

    def note(self) -> None:
        """Write down that the base is complete."""
        self._note.write_text(fingerprint(self))

    def clear(self) -> None:
        """Remove what there is, and on PostgreSQL make an empty database."""
        self._note.unlink(missing_ok=True)
        for file in home().glob(f"{self.engine}_{self.size}_keys.sqlite3*"):
            file.unlink()
        if self.engine == "sqlite":
            for ending in ("", "-wal", "-shm", "-journal"):
                Path(f"{self.file}{ending}").unlink(missing_ok=True)
            return
        admin = self.url.replace(self.label, "postgres")
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {self.label} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {self.label} TEMPLATE template0 ENCODING 'UTF8'")

    def open(self) -> Engine:
        """An engine as the application would open it."""
        url = self.url.replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(url, **engine_options(url))
        tune(engine)
        return engine


@contextmanager
def bases(size: int, names: tuple[Name, ...], *, as_is: bool = False) -> Iterator[list[Base]]:
    """The bases of a size, PostgreSQL running meanwhile; made anew where they do not fit.

    as_is: take bases that today's code would make otherwise.
    """
    from bench.generate import make_all

    with contextlib.ExitStack() as stack:
        server = stack.enter_context(cluster.server(home())) if "postgresql" in names else ""
        found = [Base(name, size, server if name == "postgresql" else "") for name in names]
        make_all([base for base in found if not (base.fits() or (as_is and base.exists()))])
        yield found
