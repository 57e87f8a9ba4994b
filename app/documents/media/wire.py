"""What the application and the process that decodes say to each other, over two pipes.

The application sends one task. The process then asks for ranges of the file, as many as it needs,
each of which is answered, and ends with the pictures that it made (`BLOB`) and their description
(`DONE`), or with why it refuses.
"""

import json
import struct
from typing import Any, BinaryIO, Final

TASK: Final = b"T"
RANGE: Final = b"R"
ANSWER: Final = b"A"
BLOB: Final = b"B"
DONE: Final = b"D"
REFUSED: Final = b"X"

HEAD: Final = struct.Struct(">cI")
PLACE: Final = struct.Struct(">QI")
LONGEST_RANGE: Final = 1 << 20
LONGEST_FRAME: Final = 32 << 20


class Refused(Exception):
    """The file is not taken; `code` is one of `sentences.WHY`, `details` is for the log alone."""

    def __init__(self, code: str, details: str = "") -> None:
        super().__init__(code, details)
        self.code, self.details = code, details


class Broken(Exception):
    """The other side is gone, or speaks nonsense."""


def send(pipe: BinaryIO, kind: bytes, payload: bytes) -> None:
    """Write one frame. Raises Broken."""
    try:
        pipe.write(HEAD.pack(kind, len(payload)))
        pipe.write(payload)
        pipe.flush()
    except BrokenPipeError as error:
        raise Broken("nobody listens") from error


def receive(pipe: BinaryIO) -> tuple[bytes, bytes]:
    """Read one frame. Raises Broken."""
    kind, length = HEAD.unpack(_exactly(pipe, HEAD.size))
    if length > LONGEST_FRAME:
        raise Broken("a frame of that length is never sent")
    return kind, _exactly(pipe, length)


def packed(message: dict[str, Any]) -> bytes:
    """A message as bytes."""
    return json.dumps(message).encode()


def unpacked(payload: bytes) -> dict[str, Any]:
    """The message again. Raises Broken."""
    try:
        return dict(json.loads(payload))
    except (ValueError, TypeError) as error:
        raise Broken("no message") from error


def _exactly(pipe: BinaryIO, length: int) -> bytes:
    data = pipe.read(length)
    if len(data) < length:
        raise Broken("nobody speaks")
    return data
