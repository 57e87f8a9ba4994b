"""Keys of files: one for each file, wrapped by its guest's key, in the key store.

Deleting a file's row destroys the file wherever a copy of it lies, in backups too, and destroying
the guest's key destroys all of that guest's files. Master keys never touch these rows, so that
their rotation rewrites no file.
"""

import os
import uuid
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select

from app.core.clock import now
from app.core.database import insert_missing, writing
from app.core.errors import Unreadable
from app.core.keystore import (
    DataKey,
    FileKey,
    KeyStore,
    file_keys,
    in_parts,
    refuse_destroyed,
)  # fmt: skip

PAGE = 1000


class FileKeys(KeyStore):
    """The part of the vault that keeps the keys of files."""

    @abstractmethod
    def key(self, subject: uuid.UUID) -> DataKey:
        """The subject's key."""

    def new_file_key(self, subject: uuid.UUID, file_id: uuid.UUID) -> FileKey:
        """A fresh key, stored at once. Raises Unreadable when the subject's was destroyed."""
        made = FileKey(file_id, os.urandom(32))
        row = _wrapped(made, self.key(subject), now())
        with writing(), self.engine.begin() as connection:
            self._hold(connection, "ROW SHARE")
            refuse_destroyed(connection, [subject])
            connection.execute(insert(file_keys), row)
        return made

    def file_key(self, subject: uuid.UUID, file_id: uuid.UUID) -> FileKey:
        """The key of the subject's file. Raises Unreadable where it is gone or damaged."""
        query = select(file_keys).where(
            file_keys.c.file_id == file_id, file_keys.c.subject_id == subject
        )
        with self.engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise Unreadable(f"the key of file {file_id} is not in the key store")
        return _unwrapped(row, self.key(subject))

    def destroy_file_keys(self, file_ids: Iterable[uuid.UUID], of: uuid.UUID | None = None) -> None:
        """Forget the keys of these files for good; `of`: only as they are wrapped for a subject."""
        with writing(), self.engine.begin() as connection:
            for part in in_parts(file_ids):
                gone = delete(file_keys).where(file_keys.c.file_id.in_(part))
                connection.execute(gone if of is None else gone.where(file_keys.c.subject_id == of))

    def move_file_keys(
        self,
        file_ids: Iterable[uuid.UUID],
        from_subject: uuid.UUID,
        to_subject: uuid.UUID,
        *,
        keep: bool = False,
    ) -> None:
        """Wrap the keys of these files for another subject; may be repeated.

        `keep` leaves the old ones too, for a caller whose own transaction may yet fail: it calls
        `destroy_file_keys(file_ids, of=from_subject)` when that has been committed. Raises
        Unreadable, and moves nothing, when one of the keys cannot be opened.
        """
        if from_subject == to_subject:
            return
        ids, owner, heir = list(file_ids), self.key(from_subject), self.key(to_subject)
        with writing(), self.engine.begin() as connection:
            self._hold(connection, "ROW SHARE")
            refuse_destroyed(connection, [to_subject])
            for part in in_parts(ids):
                old = select(file_keys).where(
                    file_keys.c.file_id.in_(part), file_keys.c.subject_id == from_subject
                )
                found = connection.execute(old).all()
                rows = [_wrapped(_unwrapped(r, owner), heir, r.created_at) for r in found]
                if rows:
                    connection.execute(insert_missing(self.engine.dialect.name, file_keys), rows)
        if not keep:
            self.destroy_file_keys(ids, of=from_subject)

    def file_key_ids(self, before: datetime) -> Iterator[uuid.UUID]:
        """The files whose keys were made before a moment, for the sweep of strays."""
        old = select(file_keys.c.file_id).where(file_keys.c.created_at < before).distinct()
        query, last = old.order_by(file_keys.c.file_id).limit(PAGE), None
        while True:
            later = query if last is None else query.where(file_keys.c.file_id > last)
            with self.engine.connect() as connection:
                found = list(connection.scalars(later))
            yield from found
            if len(found) < PAGE:
                return
            last = found[-1]


def _wrapped(key: FileKey, owner: DataKey, made: datetime) -> dict[str, Any]:
    sealed = owner.seal(_place(key.file_id), key.secret)
    return {
        "file_id": key.file_id, "subject_id": owner.subject, "wrapped": sealed, "created_at": made,
    }  # fmt: skip


def _unwrapped(row: Row[Any], owner: DataKey) -> FileKey:
    return FileKey(row.file_id, owner.open(_place(row.file_id), row.wrapped))


def _place(file_id: uuid.UUID) -> str:
    return f"file_keys.{file_id}"
