"""The search table beside the guests, and the index structures of each engine over it."""

import uuid
from typing import Any

from sqlalchemy import BigInteger, Connection, ForeignKey, Integer, Table, Text, event
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.datamap import INDEX
from app.core.models import Base, CustomerOwned, Owned

DERIVED = INDEX.but(erase="delete")

# Only order and equality of bytes matter, and the C collation is the fastest at both.
_Folded = Text().with_variant(Text(collation="C"), "postgresql")


class SearchRow(CustomerOwned, Base):
    """One guest as search sees it; made of the guest's columns alone, so always rebuildable.

    key: see `rank.py`. words and names: separated and surrounded by single spaces. `slice` and
    `hashes` are for the index of PostgreSQL, see `postgres.py`; empty on SQLite.
    """

    __tablename__ = "guest_search"
    owned = Owned(merge="keep", export="", erase="delete")

    key: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True, autoincrement=False, info=DERIVED,
    )  # fmt: skip
    customer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("customers.id", ondelete="CASCADE"), unique=True, info=DERIVED
    )
    leads_to: Mapped[uuid.UUID] = mapped_column(info=DERIVED)
    words: Mapped[str] = mapped_column(_Folded, info=DERIVED)
    names: Mapped[str] = mapped_column(_Folded, info=DERIVED)
    slice: Mapped[int | None] = mapped_column(info=DERIVED)
    hashes: Mapped[list[int] | None] = mapped_column(
        Text().with_variant(ARRAY(Integer), "postgresql"), info=DERIVED
    )


# Words are cut at spaces alone: the ascii tokenizer takes every other script as it stands.
_TOKENS = """tokenize="ascii tokenchars '@._+-~^'" """
_NEW = (
    "INSERT INTO guest_search_words (rowid, words) VALUES (new.key, new.words);"
    " INSERT INTO guest_search_names (rowid, names) VALUES (new.key, new.names);"
)
_OLD = (
    "INSERT INTO guest_search_words (guest_search_words, rowid, words)"
    " VALUES ('delete', old.key, old.words);"
    " INSERT INTO guest_search_names (guest_search_names, rowid, names)"
    " VALUES ('delete', old.key, old.names);"
)
SQLITE_TRIGGERS = (
    f"CREATE TRIGGER guest_search_added AFTER INSERT ON guest_search BEGIN {_NEW} END",
    f"CREATE TRIGGER guest_search_removed AFTER DELETE ON guest_search BEGIN {_OLD} END",
    (
        "CREATE TRIGGER guest_search_changed AFTER UPDATE OF key, words, names ON guest_search"
        f" BEGIN {_OLD} {_NEW} END"
    ),
)
SQLITE_TRIGGER_NAMES = ("guest_search_added", "guest_search_removed", "guest_search_changed")
SQLITE_CREATE = (
    (
        "CREATE VIRTUAL TABLE guest_search_words USING fts5(words, content='guest_search',"
        f" content_rowid='key', columnsize=0, detail=none, prefix='1 2 3 4 5 6', {_TOKENS})"
    ),
    (
        "CREATE VIRTUAL TABLE guest_search_names USING fts5(names, content='guest_search',"
        " content_rowid='key', columnsize=0, detail=none, tokenize='trigram case_sensitive 1')"
    ),
    *SQLITE_TRIGGERS,
)
SQLITE_REBUILD = (
    "INSERT INTO guest_search_words (guest_search_words) VALUES ('rebuild')",
    "INSERT INTO guest_search_names (guest_search_names) VALUES ('rebuild')",
)
SQLITE_COMPACT = (
    "INSERT INTO guest_search_words (guest_search_words) VALUES ('optimize')",
    "INSERT INTO guest_search_names (guest_search_names) VALUES ('optimize')",
)
SQLITE_DROP = (
    *(f"DROP TRIGGER IF EXISTS {name}" for name in SQLITE_TRIGGER_NAMES),
    "DROP TABLE IF EXISTS guest_search_words",
    "DROP TABLE IF EXISTS guest_search_names",
)

POSTGRES_INDEXES = (
    # Without a pending list, which every search would have to read through after writes.
    (
        "CREATE INDEX ix_guest_search_hashes ON guest_search USING gin (hashes)"
        " WITH (fastupdate = off)"
    ),
    "CREATE INDEX ix_guest_search_slice ON guest_search (slice)",
)
POSTGRES_DROP = (
    "DROP INDEX IF EXISTS ix_guest_search_hashes",
    "DROP INDEX IF EXISTS ix_guest_search_slice",
)
POSTGRES_CREATE = (
    *POSTGRES_INDEXES,
    # Looked up through the index alone; statistics over the elements would only slow ANALYZE.
    "ALTER TABLE guest_search ALTER COLUMN hashes SET STATISTICS 0",
)


def create_indexes(connection: Connection) -> None:
    """The engine's own structures over an existing `guest_search` table; also for migrations."""
    for statement in POSTGRES_CREATE if connection.dialect.name == "postgresql" else SQLITE_CREATE:
        connection.exec_driver_sql(statement)


def drop_indexes(connection: Connection) -> None:
    """Undo `create_indexes`; dropping the table alone leaves SQLite's behind."""
    for statement in POSTGRES_DROP if connection.dialect.name == "postgresql" else SQLITE_DROP:
        connection.exec_driver_sql(statement)


def _after_create(_table: Table, connection: Connection, **_options: Any) -> None:
    create_indexes(connection)


def _before_drop(_table: Table, connection: Connection, **_options: Any) -> None:
    drop_indexes(connection)


event.listen(SearchRow.__table__, "after_create", _after_create)
event.listen(SearchRow.__table__, "before_drop", _before_drop)
