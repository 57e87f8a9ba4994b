"""Who of a file is on file already: by the other system's number, by paper, by contact and name."""

import hashlib
import sqlite3
import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import String, func, select

from app.core import text
from app.core.bulk import among
from app.customers.importing.models import ImportedChange
from app.customers.lookalikes import name_of
from app.customers.models import Customer
from app.customers.services import paper_digest
from app.extensions import db

MOST_PER_LOOKUP = 20_000
"""A portion's contacts have at most so many bearers looked at; agencies' mailboxes have many."""
CONTACTS: tuple[tuple[str, Any], ...] = (
    ("email", func.lower(Customer.email, type_=String)), ("phone", Customer.phone),
)  # fmt: skip
Values = Mapping[str, Any]
Clue = tuple[str, Any]


@dataclass
class Newcomer:
    """A row that may become a guest, and what it can be known by."""

    row: int
    values: dict[str, Any]
    external_id: str | None
    marks: list[tuple[str, str]] = field(default_factory=list)
    clues: list[Clue] = field(default_factory=list)

    def __post_init__(self) -> None:
        name = name_key(name_of(self.values))
        for paper in ("id_number", "secondary_id_number"):
            if number := self.values.get(paper):
                self.clues.append(("paper", paper_digest(number)))
        for kind in ("email", "phone"):
            if contact := self.values.get(kind):
                self.clues.append((kind, (str(contact).lower(), name)))


@dataclass(frozen=True)
class Existing:
    """A guest of the same number in the other system. `ours`: this very batch brought it."""

    id: uuid.UUID
    code: str
    ours: bool
    active: bool


def name_key(name: str) -> str:
    """The letters of a name in order: the same for any order, splitting, case, accent, script."""
    return "".join(sorted("".join(text.words(text.latin(name)))))


def existing(source: str | None, newcomers: Sequence[Newcomer], batch: uuid.UUID
) -> dict[str, Existing]:  # fmt: skip
    """Guests on file by their number in the source system."""
    wanted = [n.external_id for n in newcomers if n.external_id]
    if not source or not wanted:
        return {}
    query = select(Customer.id, Customer.external_id, Customer.customer_code, Customer.batch_id,
                   Customer.status).where(
        Customer.source_system == source, among(Customer.external_id, wanted)
    )  # fmt: skip
    rows = db.session.execute(query).all()
    updated = select(ImportedChange.customer_id).where(
        ImportedChange.batch_id == batch,
        among(ImportedChange.customer_id, [row.id for row in rows]),
    )
    seen = set(db.session.scalars(updated)) if rows else set()
    return {
        row.external_id: Existing(
            row.id, row.customer_code, row.batch_id == batch or row.id in seen,
            row.status == "active",
        )
        for row in rows
    }  # fmt: skip


def look_alikes(newcomers: Sequence[Newcomer]) -> dict[Clue, str]:
    """Codes of guests on file by clue: the same paper, or the same contact and name."""
    clues = {clue for newcomer in newcomers for clue in newcomer.clues}
    papers = [value for kind, value in clues if kind == "paper"]
    found: dict[Clue, str] = {}
    for paper in (Customer.id_number_digest, Customer.secondary_id_number_digest):
        for row in _rows(paper, papers):
            found[("paper", row.value)] = row.code
    for kind, column in CONTACTS:
        asked = {value[0] for k, value in clues if k == kind}
        for row in _rows(column, asked):
            clue = (kind, (row.value, name_key(row.full_name)))
            if clue in clues:
                found.setdefault(clue, row.code)
    return found


def _rows(column: Any, wanted: Iterable[Any]) -> Sequence[Any]:
    asked = list(wanted)
    if not asked:
        return ()
    query = select(
        column.label("value"), Customer.full_name, Customer.customer_code.label("code"),
        Customer.status,
    ).where(among(column, asked))  # fmt: skip
    # Asked for the status too, SQLite would rather go through all who are active.
    rows = db.session.execute(query.limit(MOST_PER_LOOKUP))
    return [row for row in rows if row.status == "active"]


def refusals(newcomers: Sequence[Newcomer], flags: Sequence[str]) -> dict[Clue, set[str]]:
    """For e-mails and phones of newcomers who agreed to something: what a guest on file with the
    same contact has not agreed to."""
    found: dict[Clue, set[str]] = {}
    agreeing = [n for n in newcomers if any(n.values.get(flag) for flag in flags)]
    columns = [getattr(Customer, flag) for flag in flags]
    for kind, column in CONTACTS:
        wanted = {str(n.values[kind]).lower() for n in agreeing if n.values.get(kind)}
        if wanted:
            query = select(column.label("value"), *columns).where(among(column, wanted))
            for row in db.session.execute(query.where(Customer.status != "erased")):
                said = {flag for flag in flags if not getattr(row, flag)}
                found.setdefault((kind, row.value), set()).update(said)
    return found


class Earlier(Protocol):
    """What has stood in earlier rows."""

    def knows(self, clue: Clue) -> bool:
        """True when an earlier row had it."""

    def add(self, clues: Iterable[Clue]) -> None:
        """Remember these for later rows."""


class Portion:
    """Earlier rows of the portion at hand; those before it are in the database."""

    def __init__(self) -> None:
        self.clues: set[Clue] = set()

    def knows(self, clue: Clue) -> bool:
        """True when an earlier row had it."""
        return clue in self.clues

    def add(self, clues: Iterable[Clue]) -> None:
        """Remember these for later rows."""
        self.clues.update(clues)


class Seen:
    """All earlier rows of a file whose rows are not in the database: digests, mostly on disk."""

    def __init__(self) -> None:
        self.store = sqlite3.connect("", isolation_level=None)
        self.store.execute("PRAGMA cache_size = -4000")
        self.store.execute("CREATE TABLE seen (clue BLOB PRIMARY KEY) WITHOUT ROWID")
        self.store.execute("BEGIN")

    def knows(self, clue: Clue) -> bool:
        """True when an earlier row had it."""
        query = "SELECT 1 FROM seen WHERE clue = ?"
        with closing(self.store.execute(query, (_digest(clue),))) as found:
            return found.fetchone() is not None

    def add(self, clues: Iterable[Clue]) -> None:
        """Remember these for later rows."""
        rows = [(_digest(clue),) for clue in clues]
        self.store.executemany("INSERT OR IGNORE INTO seen VALUES (?)", rows)

    def close(self) -> None:
        """Forget everything."""
        self.store.close()


def _digest(clue: Clue) -> bytes:
    return hashlib.blake2b(repr(clue).encode(), digest_size=10).digest()
