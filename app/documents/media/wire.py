"""What the application and the process that decodes say to each other, over two pipes.

The application sends one task. The process then asks for ranges of the file (`RANGE`), as many as
it needs, and ends with pictures (`BLOB`, any number) and their description (`DONE`), or with why
it refuses (`REFUSED`).
"""

import json
import struct
from typing import Any, BinaryIO, Final

RANGE: Final = b"R"
BLOB: Final = b"B"
DONE: Final = b"D"
REFUSED: Final = b"X"

HEAD: Final = struct.Struct(">cI")
PLACE: Final = struct.Struct(">QI")
LONGEST_RANGE: Final = 1 << 20
LONGEST_FRAME: Final = 64 << 20


class Refused(Exception):
    """The file is not taken; `code` is one of `sentences.WHY`, `details` is for the log alone."""

    def __init__(self, code: str, details: str = "") -> None:
        super().__init__(code, details)
        self.code, self.details = code, details


def send(pipe: BinaryIO, kind: bytes, payload: bytes) -> None:
    """Write one frame."""
    pipe.write(HEAD.pack(kind, len(payload)))
    pipe.write(payload)
    pipe.flush()


def receive(pipe: BinaryIO) -> tuple[bytes, bytes]:
    """Read one frame. Raises EOFError where the other side is gone, ValueError for nonsense."""
    kind, length = HEAD.unpack(_exactly(pipe, HEAD.size))
    if length > LONGEST_FRAME:
        raise ValueError("a frame that no worker sends")
    return kind, _exactly(pipe, length)


def packed(message: dict[str, Any]) -> bytes:
    """A message as bytes."""
    return json.dumps(message).encode()


def unpacked(payload: bytes) -> dict[str, Any]:
    """The message again. Raises ValueError for anything but an object."""
    message = json.loads(payload)
    if not isinstance(message, dict):
        raise ValueError("a message that no worker sends")
    return message


def _exactly(pipe: BinaryIO, length: int) -> bytes:
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return data
