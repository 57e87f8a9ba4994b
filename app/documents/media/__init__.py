"""Files that strangers sent: recognised, checked, cleaned and drawn, all in a process of its own.

What is stored of a picture is written anew, so nothing that a camera or an attacker put beside the
pixels survives; a PDF is stored as it came, after it was looked through.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import SEEK_END
from typing import Any, BinaryIO

from app.core.errors import Invalid
from app.documents.media import process
from app.documents.media.formats import HEAD_LENGTH, recognised
from app.documents.media.sentences import WHY
from app.documents.media.wire import Refused


@dataclass(frozen=True)
class Examined:
    """What may be stored of a file. kind: 'jpg', 'png' or 'pdf', of what is stored."""

    kind: str
    pages: int
    width: int | None
    height: int | None
    """Pixels of a picture as stored; None for a PDF."""
    thumbnail: bytes
    """A JPEG of at most 320 pixels on a side."""
    clean: bytes | None
    """The picture written anew; None for a PDF, which is stored as it was sent."""


def examine(stream: BinaryIO, size: int) -> Examined:
    """Check a file of `size` bytes and make what is stored of it; the stream stands at its start
    again. Raises Invalid({"file": sentence}) for every file that is not taken.
    """
    told, (thumbnail, *clean) = _decoded(stream, size, {"do": "examine"})
    stream.seek(0)
    kind = recognised(clean[0]) if clean else "pdf"
    return Examined(kind, thumbnail=thumbnail, clean=clean[0] if clean else None, **told)


def preview(stream: BinaryIO, kind: str, page: int, words: str) -> bytes:
    """A JPEG of page `page` (from 1) of a stored file, at most 1,600 pixels on a side, with
    `words` (who looks, and when) all over it. Raises Invalid as `examine` does, also for a page
    that is not there.
    """
    task = {"do": "preview", "kind": kind, "page": page, "words": words}
    with _said_in_words():
        _, pictures = process.decode(task | {"size": stream.seek(0, SEEK_END)}, stream)
    return pictures[0]


def read(stream: BinaryIO, size: int) -> dict[str, Any]:
    """What a paper's first page says to machines. Raises Invalid as `examine` does."""
    return _decoded(stream, size, {"do": "read", "page": 1})[0]


def _decoded(
    stream: BinaryIO, size: int, task: dict[str, Any]
) -> tuple[dict[str, Any], list[bytes]]:
    with _said_in_words():
        stream.seek(0)
        kind = recognised(stream.read(HEAD_LENGTH))
        return process.decode(task | {"kind": kind, "size": size}, stream)


@contextmanager
def _said_in_words() -> Iterator[None]:
    try:
        yield
    except Refused as refusal:
        raise Invalid({"file": WHY.get(refusal.code, WHY["damaged"])}) from None
