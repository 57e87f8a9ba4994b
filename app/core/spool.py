"""Temporary files that never hold anything plain: what is spilled to the disk is sealed first.

Each has a key of its own that exists in memory alone, and no name in the folder that it lies in;
so it is gone with the process, however that ends. Werkzeug would write uploads as they are.
"""

import io
import os
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, cast

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from htmx_flask.requests import HtmxAwareRequest

from app.core.clock import current_settings
from app.core.errors import StoreDown
from app.core.sealed_files import CHUNK, STEP, Chunked
from app.core.storage import temporary, told, write_all


def spool(folder: Path | None = None) -> IO[bytes]:
    """An empty temporary file, to be written once, then read at any place, as often as wanted.

    Up to a chunk stays in memory. Raises StoreFull or StoreDown when the disk refuses.
    """
    place = folder or temporary(current_settings())
    return cast(IO[bytes], _Buffered(_Spool(place), CHUNK))


class SpoolingRequest(HtmxAwareRequest):  # type: ignore[misc]
    """Keeps uploads in spools."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return spool()


class _Buffered(io.BufferedRandom):
    def close(self) -> None:
        with suppress(StoreDown):  # whoever closes it wants no more of it
            super().close()


class _Spool(Chunked):
    """Chunks on the disk, each sealed by its number; the last, which still grows, in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cipher = AESGCM(os.urandom(32))
        self.file: Any = None
        self.tail = bytearray()
        self.number, self.piece = -1, b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        """Add at the end. Sealed chunks cannot be changed, nor need they be."""
        if self.place != self.size:
            raise io.UnsupportedOperation("a spool grows at its end alone")
        view = memoryview(data).cast("B")
        self.tail += view
        self.size += len(view)
        self.place = self.size
        while len(self.tail) >= CHUNK:
            self._spill(bytes(self.tail[:CHUNK]))
            del self.tail[:CHUNK]
        return len(view)

    def _spill(self, piece: bytes) -> None:
        if self.file is None:
            with told():
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self.file = TemporaryFile(buffering=0, dir=self.folder)  # noqa: SIM115 - see close
        number = (self.size - len(self.tail)) // CHUNK
        with told():
            self.file.seek(number * STEP)
        write_all(self.file, [self.cipher.encrypt(_nonce(number), piece, None)])

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        if self.place >= self.size:
            return 0
        return self.give(buffer, self._piece(self.place // CHUNK))

    def _piece(self, number: int) -> bytes | bytearray:
        if number == self.size // CHUNK:
            return self.tail
        if number != self.number:
            with told():
                self.file.seek(number * STEP)
                sealed = self.file.read(STEP)
            self.piece, self.number = self.cipher.decrypt(_nonce(number), sealed, None), number
        return self.piece

    def close(self) -> None:
        if self.file is not None:
            self.file.close()
        super().close()


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")
