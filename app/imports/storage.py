"""The uploaded files: sealed with a key of their own, readable at any place, gone for good."""

import io
import os
import uuid
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from app.core.clock import current_settings, now
from app.core.crypto import vault
from app.core.errors import NotFound
from app.core.keystore import DataKey

PIECE = 64 * 1024
OVERHEAD = 29
"""Bytes that sealing adds to each piece: version, nonce and tag."""
ORPHANED = timedelta(days=1)


def folder() -> Path:
    """Where the files lie; only this program's user may look."""
    place = current_settings().home / "imports"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def _path(batch_id: uuid.UUID) -> Path:
    return folder() / f"{batch_id.hex}.sealed"


def _place(number: int) -> str:
    return f"import_batches.file.{number}"


def save(batch_id: uuid.UUID, stream: BinaryIO) -> int:
    """Seal the stream into a file of the batch; how many bytes it had."""
    key, size, number = vault().key(batch_id), 0, 0
    handle = os.open(_path(batch_id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        stream.seek(0)
        while piece := stream.read(PIECE):
            out.write(key.seal(_place(number), piece))
            size, number = size + len(piece), number + 1
        out.flush()
        os.fsync(out.fileno())
    return size


def open_file(batch_id: uuid.UUID, size: int) -> BinaryIO:
    """The file's plain bytes. Raises NotFound when it is gone, Unreadable when it was altered."""
    if not _path(batch_id).exists():
        raise NotFound(f"the file of import {batch_id}")
    return io.BufferedReader(_Sealed(_path(batch_id), vault().key(batch_id), size), PIECE)


def remove(batch_id: uuid.UUID) -> None:
    """Delete the file and destroy its key, so that no copy of it can be read either."""
    _path(batch_id).unlink(missing_ok=True)
    vault().destroy(batch_id)


def orphans(known: set[uuid.UUID]) -> list[uuid.UUID]:
    """Batches of files that no row speaks of since a day."""
    limit = (now() - ORPHANED).timestamp()
    old = [p for p in folder().glob("*.sealed") if p.stat().st_mtime < limit]
    return [batch for p in old if (batch := uuid.UUID(p.stem)) not in known]


class _Sealed(io.RawIOBase):
    """Opens the piece that is wanted, and keeps it until another is."""

    def __init__(self, path: Path, key: DataKey, size: int) -> None:
        self.file, self.key, self.size = path.open("rb"), key, size
        self.place, self.number, self.piece = 0, -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self.place, os.SEEK_END: self.size}[whence]
        self.place = max(0, start + offset)
        return self.place

    def tell(self) -> int:
        return self.place

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        if self.place >= self.size:
            return 0
        number, start = divmod(self.place, PIECE)
        if number != self.number:
            self.file.seek(number * (PIECE + OVERHEAD))
            sealed = self.file.read(PIECE + OVERHEAD)
            self.piece, self.number = self.key.open(_place(number), sealed), number
        part = self.piece[start : start + len(buffer)]
        buffer[: len(part)] = part
        self.place += len(part)
        return len(part)

    def close(self) -> None:
        self.file.close()
        super().close()
