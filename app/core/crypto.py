"""Encryption of fields: one data key per guest, kept in a store of its own, wrapped by master keys.

AES-256-GCM with table, column and guest bound in, so that a value moved elsewhere does not open.
The key store is another database than the guests': a backup of one is useless without the other,
and destroying a guest's key makes what was sealed with it unreadable everywhere.
"""

import hashlib
import hmac
import os
import unicodedata
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app, g, has_app_context
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
    delete,
    func,
    select,
    text,
    update,
)  # fmt: skip

from app.core.clock import now
from app.core.database import engine_options, insert_missing, reading, tune, writing
from app.core.errors import Unreadable

VERSION = b"\x01"
NONCE = 12
HOUSE_KEY = uuid.UUID(int=0)
"""The subject whose key seals what belongs to no guest, such as second factors of staff."""
CACHED_KEYS = 500

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


class Vault:
    """The key store and the master keys that wrap what is in it."""

    def __init__(self, url: str, masters: tuple[tuple[str, bytes], ...], index_key: bytes) -> None:
        self.engine = create_engine(url, **engine_options(url))
        tune(self.engine)
        self.masters = dict(masters)
        self.newest = masters[0][0]
        self._index_key = index_key

    def create(self) -> None:
        """Make the store's tables where they are missing."""
        with writing():
            metadata.create_all(self.engine)

    def key(self, subject: uuid.UUID) -> DataKey:
        """The subject's key, made when it has none. Raises Unreadable after its destruction."""
        known = _opened().get(subject)
        return known or self.keys([subject])[subject]

    def keys(self, subjects: Iterable[uuid.UUID]) -> dict[uuid.UUID, DataKey]:
        """Keys of many subjects in one go, made where missing."""
        wanted = list(dict.fromkeys(subjects))
        found = self._stored(wanted)
        if missing := [s for s in wanted if s not in found]:
            found |= self._made(missing) or self._stored(missing)
        opened = _opened()
        if len(opened) + len(found) > CACHED_KEYS:
            opened.clear()
        opened |= found
        return found

    def _stored(self, subjects: list[uuid.UUID]) -> dict[uuid.UUID, DataKey]:
        found: dict[uuid.UUID, DataKey] = {}
        with reading(), self.engine.connect() as connection:
            for part in _parts(subjects, 500):
                rows = connection.execute(select(data_keys).where(data_keys.c.subject_id.in_(part)))
                found |= {row.subject_id: self._unwrap(row) for row in rows}
        return found

    def _made(self, subjects: list[uuid.UUID]) -> dict[uuid.UUID, DataKey]:
        """New keys; none where somebody else made some of them at the same moment."""
        made = {s: DataKey(s, os.urandom(32)) for s in subjects}
        rows = [self._wrapped(s, key.secret) | {"created_at": now()} for s, key in made.items()]
        with writing(), self.engine.begin() as connection:
            self._hold(connection, "ROW SHARE")
            for part in _parts(subjects, 500):
                gone = select(destroyed_keys.c.subject_id).where(
                    destroyed_keys.c.subject_id.in_(part)
                )
                if (lost := connection.scalar(gone.limit(1))) is not None:
                    raise Unreadable(f"the key of {lost} was destroyed")
            done = connection.execute(insert_missing(self.engine.dialect.name, data_keys), rows)
        return made if done.rowcount == len(rows) else {}

    def _wrapped(self, subject: uuid.UUID, secret: bytes) -> dict[str, Any]:
        nonce = os.urandom(NONCE)
        body = AESGCM(self.masters[self.newest]).encrypt(nonce, secret, subject.bytes)
        return {"subject_id": subject, "master": self.newest, "wrapped": nonce + body}

    def _unwrap(self, row: Any) -> DataKey:
        if row.master not in self.masters:
            raise Unreadable(f"master key {row.master!r} is not configured")
        try:
            secret = AESGCM(self.masters[row.master]).decrypt(
                row.wrapped[:NONCE], row.wrapped[NONCE:], row.subject_id.bytes
            )
        except InvalidTag:
            raise Unreadable(f"master key {row.master!r} does not open the key store") from None
        return DataKey(row.subject_id, secret)

    def destroy(self, subject: uuid.UUID) -> None:
        """Forget the subject's key for good; what it sealed is unreadable from now on."""
        self.destroy_many([subject])

    def destroy_many(self, subjects: Iterable[uuid.UUID]) -> None:
        """Forget the keys of several subjects at once."""
        mark, moment = insert_missing(self.engine.dialect.name, destroyed_keys), now()
        with writing(), self.engine.begin() as connection:
            self._hold(connection, "EXCLUSIVE")
            for part in _parts(list(subjects), 500):
                connection.execute(delete(data_keys).where(data_keys.c.subject_id.in_(part)))
                gone = [{"subject_id": subject, "destroyed_at": moment} for subject in part]
                connection.execute(mark, gone)
                for subject in part:
                    _opened().pop(subject, None)

    def _hold(self, connection: Connection, mode: str) -> None:
        """Let nobody make a key while keys are destroyed; on SQLite writers wait anyway."""
        if self.engine.dialect.name == "postgresql":
            connection.execute(text(f"LOCK TABLE {destroyed_keys.name} IN {mode} MODE"))

    def check(self) -> None:
        """Open the house's key: fails loudly at start under a wrong or missing master key."""
        self.keys([HOUSE_KEY])

    def rotate(self, batch: int = 500) -> Iterator[int]:
        """Wrap all keys by the newest master key; yields how many each batch changed.

        Values need no rewriting; readers go on meanwhile; a stop in the middle loses nothing.
        """
        stale = select(data_keys).where(data_keys.c.master != self.newest).limit(batch)
        while True:
            with writing(), self.engine.begin() as connection:
                rows = connection.execute(stale).all()
                for row in rows:
                    fresh = self._wrapped(row.subject_id, self._unwrap(row).secret)
                    connection.execute(
                        update(data_keys)
                        .where(data_keys.c.subject_id == row.subject_id)
                        .values(fresh)
                    )
            if not rows:
                return
            yield len(rows)

    def counts(self) -> dict[str, int]:
        """How many data keys each master key wraps."""
        by_master = select(data_keys.c.master, func.count()).group_by(data_keys.c.master)
        with self.engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(by_master)}

    def blind(self, kind: str, *parts: str | None) -> bytes:
        """A keyed digest of 16 bytes for equality look-up; equal only for equal meaning.

        Letters and digits alone count, without case: `ab 12-3` finds `AB123`.
        """
        said = "|".join(["v1", kind, *(_bare(part or "") for part in parts)])
        return hmac.digest(self._index_key, said.encode(), hashlib.sha256)[:16]


def _bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).upper() if c.isalnum())


def _parts(items: list[uuid.UUID], size: int) -> Iterator[list[uuid.UUID]]:
    return (items[i : i + size] for i in range(0, len(items), size))


def _opened() -> dict[uuid.UUID, DataKey]:
    """Keys opened in this request or job; gone when it ends."""
    if not has_app_context():
        return {}
    if "opened_keys" not in g:
        g.opened_keys = {}
    keys: dict[uuid.UUID, DataKey] = g.opened_keys
    return keys


def forget_opened() -> None:
    """Close the keys that are open: a worker goes on for weeks, and they may be destroyed."""
    _opened().clear()


def vault() -> Vault:
    """The application's vault."""
    found: Vault = current_app.extensions["vault"]
    return found


class Sealed:
    """A text attribute kept encrypted in a binary column beside it.

    `subject` names the attribute that holds the guest's id. Reading opens the value (None where
    there is none) and raises Unreadable where it cannot be opened; it never looks empty.
    """

    def __init__(self, column: str, subject: str = "id") -> None:
        self.column, self.subject = column, subject

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def _place(self, instance: Any) -> str:
        return f"{instance.__tablename__}.{self.name}"

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        sealed = getattr(instance, self.column)
        if sealed is None:
            return None
        key = vault().key(getattr(instance, self.subject))
        return key.open(self._place(instance), sealed).decode()

    def __set__(self, instance: Any, value: str | None) -> None:
        if value == self.__get__(instance):
            return
        sealed = None
        if value is not None:
            key = vault().key(getattr(instance, self.subject))
            sealed = key.seal(self._place(instance), value.encode())
        setattr(instance, self.column, sealed)
