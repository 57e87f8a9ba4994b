"""The uploaded files: sealed with a key of their own, readable at any place, gone for good.

They lie in the home folder, whichever store keeps the documents: the worker reads them row by row.
"""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from app.core.clock import current_settings, now
from app.core.crypto import vault
from app.core.errors import Missing, NotFound
from app.core.keystore import FileKey
from app.core.sealed_files import opened, sealed
from app.core.storage import LocalStore

PURPOSE = "import"
ORPHANED = timedelta(days=1)


def folder() -> Path:
    """Where the files lie; only this program's user may look."""
    return current_settings().home / "imports"


def _store() -> LocalStore:
    return LocalStore(folder())


def _key(batch_id: uuid.UUID) -> FileKey:
    """A batch belongs to no guest, so its key is a subject's own."""
    return FileKey(batch_id, vault().key(batch_id).secret)


def save(batch_id: uuid.UUID, stream: BinaryIO) -> int:
    """Seal the stream into a file of the batch; how many bytes it had."""
    stream.seek(0)
    _store().put(batch_id.hex, sealed(_key(batch_id), PURPOSE, stream))
    return stream.tell()


def open_file(batch_id: uuid.UUID, size: int) -> BinaryIO:
    """The file's plain bytes. Raises NotFound when it is gone, Unreadable when it was altered."""
    try:
        _store().read(batch_id.hex, 0, 1)
    except Missing:
        raise NotFound(f"the file of import {batch_id}") from None
    return opened(_key(batch_id), PURPOSE, _store(), batch_id.hex, size)


def remove(batch_id: uuid.UUID) -> None:
    """Delete the file and destroy its key, so that no copy of it can be read either."""
    _store().remove(batch_id.hex)
    vault().destroy(batch_id)


def orphans(known: set[uuid.UUID]) -> list[uuid.UUID]:
    """Batches of files that no row speaks of since a day."""
    strays = map(uuid.UUID, _store().names(now() - ORPHANED))
    return [batch for batch in strays if batch not in known]
