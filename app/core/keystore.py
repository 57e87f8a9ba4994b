"""The key store's tables and the keys that come out of it: one for each subject and each file.

It is another database than the guests', so that a backup of one is useless without the other.
"""

import os
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
    create_engine,
    select,
    text,
)  # fmt: skip

from app.core.database import engine_options, tune, writing
from app.core.errors import Unreadable
from app.core.types import Instant

VERSION = b"\x01"
NONCE = 12

metadata = MetaData()
data_keys = Table(
    "data_keys",
    metadata,
    Column("subject_id", Uuid, primary_key=True),
    Column("master", String(32), nullable=False, index=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)
destroyed_keys = Table(
    "destroyed_keys",
    metadata,
    Column("subject_id", Uuid, primary_key=True),
    Column("destroyed_at", DateTime(timezone=True), nullable=False),
)
file_keys = Table(
    "file_keys",
    metadata,
    Column("file_id", Uuid, primary_key=True),
    Column("subject_id", Uuid, primary_key=True, index=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
)


@dataclass(frozen=True)
class DataKey:
    """One subject's key, opened. `place` is `table.column`."""

    subject: uuid.UUID
    secret: bytes = field(repr=False)

    def seal(self, place: str, plain: bytes) -> bytes:
        """Version, nonce and ciphertext."""
        nonce = os.urandom(NONCE)
        return VERSION + nonce + AESGCM(self.secret).encrypt(nonce, plain, self._bound(place))

    def open(self, place: str, sealed: bytes) -> bytes:
        """The plain bytes. Raises Unreadable for a wrong key, place, subject or bit."""
        if sealed[:1] != VERSION:
            raise Unreadable(f"{place} of {self.subject}: unknown format")
        nonce, body = sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
        try:
            return AESGCM(self.secret).decrypt(nonce, body, self._bound(place))
        except (InvalidTag, ValueError):
            raise Unreadable(f"{place} of {self.subject}: cannot be decrypted") from None

    def _bound(self, place: str) -> bytes:
        return f"1|{place}|{self.subject}".encode()


@dataclass(frozen=True)
class FileKey:
    """The key of one file and of whatever is made from it, such as its thumbnail."""

    file_id: uuid.UUID
    secret: bytes = field(repr=False)


class KeyStore:
    """The database of keys; knows nothing of how they are wrapped."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url, **engine_options(url))
        tune(self.engine)

    def create(self) -> None:
        """Make the store's tables where they are missing."""
        with writing():
            metadata.create_all(self.engine)

    def _hold(self, connection: Connection, mode: str) -> None:
        """Let nobody make a key while keys are destroyed; on SQLite writers wait anyway."""
        if self.engine.dialect.name == "postgresql":
            connection.execute(text(f"LOCK TABLE {destroyed_keys.name} IN {mode} MODE"))


def refuse_destroyed(connection: Connection, subjects: list[uuid.UUID]) -> None:
    """Raise Unreadable when the key of one of them was destroyed: it never comes back."""
    gone = select(destroyed_keys.c.subject_id).where(destroyed_keys.c.subject_id.in_(subjects))
    if (lost := connection.scalar(gone.limit(1))) is not None:
        raise Unreadable(f"the key of {lost} was destroyed")


def in_parts(items: Iterable[uuid.UUID], size: int = 500) -> Iterator[list[uuid.UUID]]:
    """Lists short enough for one statement."""
    whole = list(items)
    return (whole[i : i + size] for i in range(0, len(whole), size))
