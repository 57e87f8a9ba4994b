"""The format of sealed files: chunks that open one by one, in their place of their file alone.

A version byte and a random prefix of seven bytes, then chunks of 64 KiB by AES-256-GCM (the STREAM
construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015). A chunk's nonce is the prefix, its
number, and whether it is the last; the file's id and the purpose are bound in. So whatever is
cut off, moved, doubled, swapped or altered does not open, while any place can be read by itself.
"""

import io
import os
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.core.errors import Unreadable
from app.core.keystore import FileKey
from app.core.storage import Store

VERSION = b"\x01"
PREFIX = 7
HEAD = len(VERSION) + PREFIX
CHUNK = 64 * 1024
TAG = 16
STEP = CHUNK + TAG
AHEAD = 16
"""Chunks that are fetched at once, at most, from a file that is read in order."""


def sealed(key: FileKey, purpose: str, stream: BinaryIO) -> Iterator[bytes]:
    """The stream from where it stands to its end, sealed, in pieces of a chunk each."""
    prefix = os.urandom(PREFIX)
    cipher = _Chunks(key, purpose, prefix)
    yield VERSION + prefix
    number, piece = 0, _whole(stream)
    while following := _whole(stream) if len(piece) == CHUNK else b"":
        yield cipher.seal(number, piece, last=False)
        number, piece = number + 1, following
    yield cipher.seal(number, piece, last=True)


def sealed_size(size: int) -> int:
    """How many bytes a file of `size` bytes has when it is sealed."""
    return HEAD + size + TAG * (_last(size) + 1)


def opened(key: FileKey, purpose: str, store: Store, name: str, size: int) -> BinaryIO:
    """The plain bytes of a file of `size` bytes, to be read at any place.

    Holds one chunk; one read in order fetches ever more at once, up to a megabyte. Reading raises
    Unreadable where the file was altered, Missing where there is none, and StoreDown.
    """
    return io.BufferedReader(_Opened(key, purpose, store, name, size), CHUNK)


def read_small(key: FileKey, purpose: str, store: Store, name: str) -> bytes:
    """The plain bytes of a file below a megabyte, such as a thumbnail, by one request.

    Its size need not be known. Raises what reading from `opened` raises.
    """
    body = store.read(name, 0, HEAD + AHEAD * STEP)
    chunks = _begun(key, purpose, body)
    parts = [body[at : at + STEP] for at in range(HEAD, len(body), STEP)]
    last = len(parts) - 1
    return b"".join(chunks.open(n, part, last=n == last) for n, part in enumerate(parts))


def _whole(stream: BinaryIO) -> bytes:
    """A chunk's worth, however little the stream gives at a time."""
    piece = stream.read(CHUNK)
    while piece and len(piece) < CHUNK and (more := stream.read(CHUNK - len(piece))):
        piece += more
    return piece


def _last(size: int) -> int:
    """The number of the last chunk; a file without a byte has one as well."""
    return max(size - 1, 0) // CHUNK


class _Chunks:
    """Seals and opens the chunks of one file."""

    def __init__(self, key: FileKey, purpose: str, prefix: bytes) -> None:
        self.cipher, self.prefix = AESGCM(key.secret), prefix
        self.what = f"{purpose} {key.file_id}"
        self.bound = f"1|{purpose}|{key.file_id}".encode()

    def seal(self, number: int, piece: bytes, *, last: bool) -> bytes:
        return self.cipher.encrypt(self._nonce(number, last), piece, self.bound)

    def open(self, number: int, piece: bytes, *, last: bool) -> bytes:
        try:
            return self.cipher.decrypt(self._nonce(number, last), piece, self.bound)
        except (InvalidTag, ValueError):
            raise Unreadable(f"{self.what}: chunk {number} cannot be decrypted") from None

    def _nonce(self, number: int, last: bool) -> bytes:
        return self.prefix + number.to_bytes(4, "big") + bytes([last])


def _begun(key: FileKey, purpose: str, begin: bytes) -> _Chunks:
    """What opens the chunks of the file that begins so."""
    if begin[:1] != VERSION or len(begin) < HEAD + TAG:
        raise Unreadable(f"{purpose} {key.file_id}: unknown format")
    return _Chunks(key, purpose, begin[1:HEAD])


class Chunked(io.RawIOBase):
    """A file of `size` plain bytes that is opened chunk by chunk, read at any place."""

    place, size = 0, 0

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

    def give(self, buffer: memoryview, chunk: bytes | bytearray) -> int:
        """Put what the chunk at this place has into the buffer; how many bytes that were."""
        start = self.place % CHUNK
        part = chunk[start : start + len(buffer)]
        buffer[: len(part)] = part
        self.place += len(part)
        return len(part)


class _Opened(Chunked):
    """Opens the chunk that is wanted, and keeps it until another is."""

    def __init__(self, key: FileKey, purpose: str, store: Store, name: str, size: int) -> None:
        self.store, self.name, self.size = store, name, size
        self.key, self.purpose, self.last = key, purpose, _last(size)
        self.chunks: _Chunks | None = None
        self.number, self.piece = -1, b""
        self.fetched, self.first, self.width = b"", 0, 0

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        if self.place and self.place >= self.size:
            return 0
        number = self.place // CHUNK
        if number != self.number:
            self.piece, self.number = self._open(number), number
        return self.give(buffer, self.piece)

    def _open(self, number: int) -> bytes:
        chunks = self._chunks()
        piece = chunks.open(number, self._sealed(number), last=number == self.last)
        if len(piece) != min(CHUNK, self.size - number * CHUNK):
            raise Unreadable(f"{self.purpose} {self.key.file_id}: not of {self.size} bytes")
        return piece

    def _chunks(self) -> _Chunks:
        if self.chunks is None:
            begin = self.store.read(self.name, 0, HEAD + STEP)  # the first chunk is wanted mostly
            self.chunks = _begun(self.key, self.purpose, begin)
            self.fetched, self.width = begin[HEAD:], 1
        return self.chunks

    def _sealed(self, number: int) -> bytes:
        """The chunk as it lies in the store; the next ones too, where reading goes in order."""
        if not self.first <= number < self.first + self.width:
            in_order = number == self.first + self.width
            self.width = min(2 * self.width, AHEAD) if in_order else 1
            self.first = number
            start = HEAD + number * STEP
            self.fetched = self.store.read(self.name, start, self.width * STEP)
        place = (number - self.first) * STEP
        return self.fetched[place : place + STEP]
