"""Encryption of fields: one data key per guest, kept in a store of its own, wrapped by master keys.

AES-256-GCM with table, column and guest bound in, so that a value moved elsewhere does not open.
Destroying a guest's key makes what was sealed with it unreadable everywhere.
"""

import hashlib
import hmac
import os
import unicodedata
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app, g, has_app_context
from sqlalchemy import bindparam, delete, func, select, update

from app.core.clock import now
from app.core.database import insert_missing, reading, writing
from app.core.errors import Unreadable
from app.core.file_keys import FileKeys
from app.core.keystore import (
    NONCE,
    DataKey,
    data_keys,
    destroyed_keys,
    file_keys,
    in_parts,
    refuse_destroyed,
)  # fmt: skip

HOUSE_KEY = uuid.UUID(int=0)
"""The subject whose key seals what belongs to no guest, such as second factors of staff."""
CACHED_KEYS = 500


class Vault(FileKeys):
    """The key store and the master keys that wrap what is in it."""

    def __init__(self, url: str, masters: tuple[tuple[str, bytes], ...], index_key: bytes) -> None:
        super().__init__(url)
        self.masters = dict(masters)
        self.newest = masters[0][0]
        self._index_key = index_key

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
            for part in in_parts(subjects):
                rows = connection.execute(select(data_keys).where(data_keys.c.subject_id.in_(part)))
                found |= {row.subject_id: self._unwrap(row) for row in rows}
        return found

    def _made(self, subjects: list[uuid.UUID]) -> dict[uuid.UUID, DataKey]:
        """New keys; none where somebody else made some of them at the same moment."""
        made = {s: DataKey(s, os.urandom(32)) for s in subjects}
        rows = [self._wrapped(s, key.secret) | {"created_at": now()} for s, key in made.items()]
        with writing(), self.engine.begin() as connection:
            self._hold(connection, "ROW SHARE")
            for part in in_parts(subjects):
                refuse_destroyed(connection, part)
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
            for part in in_parts(subjects):
                for table in (data_keys, file_keys):
                    connection.execute(delete(table).where(table.c.subject_id.in_(part)))
                gone = [{"subject_id": subject, "destroyed_at": moment} for subject in part]
                connection.execute(mark, gone)
                for subject in part:
                    _opened().pop(subject, None)

    def check(self) -> None:
        """Raise Unreadable under a wrong master key, or without one that still wraps keys."""
        self.keys([HOUSE_KEY])
        missing = set(self.counts()) - set(self.masters)
        if missing:
            raise Unreadable(f"master key {min(missing)!r} is not configured, but still wraps keys")

    def rotate(self, batch: int = 500) -> Iterator[int]:
        """Wrap all keys by the newest master key; yields how many each batch changed.

        Values need no rewriting; readers go on meanwhile; a stop in the middle loses nothing.
        """
        stale = select(data_keys).where(data_keys.c.master != self.newest).limit(batch)
        anew = update(data_keys).where(data_keys.c.subject_id == bindparam("of"))
        anew = anew.values({name: bindparam(name) for name in ("subject_id", "master", "wrapped")})
        while True:
            with writing(), self.engine.begin() as connection:
                rows = connection.execute(stale).all()
                fresh = [self._wrapped(row.subject_id, self._unwrap(row).secret) for row in rows]
                if fresh:
                    connection.execute(anew, [f | {"of": f["subject_id"]} for f in fresh])
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
