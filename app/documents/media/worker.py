"""The process that decodes what strangers sent: one task, then it ends.

It knows no key and no database, may write no file, and has little memory and time. What it needs
of the file it asks for over the pipe, and little else is within its reach.
"""

import io
import os
import sys
import traceback
from pathlib import Path
from typing import Any, BinaryIO, Final

from app.documents.media import tasks, wire
from app.documents.media.limits import accept_limits
from app.documents.media.walls import enclose
from app.documents.media.wire import Refused

BUFFER: Final = 1 << 16


class Asked(io.RawIOBase):
    """The file, which lies with the application; every range is asked for when it is read."""

    def __init__(self, requests: BinaryIO, answers: BinaryIO, size: int) -> None:
        self.requests, self.answers, self.size, self.place = requests, answers, size, 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move without asking for anything."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self.place, os.SEEK_END: self.size}[whence]
        self.place = max(0, start + offset)
        return self.place

    def tell(self) -> int:
        """Where the next read begins."""
        return self.place

    def readinto(self, buffer: Any) -> int:
        """Ask for as much as fits."""
        length = min(len(buffer), wire.LONGEST_RANGE, self.size - self.place)
        if length <= 0:
            return 0
        wire.send(self.requests, wire.RANGE, wire.PLACE.pack(self.place, length))
        _, data = wire.receive(self.answers)
        buffer[: len(data)] = data
        self.place += len(data)
        return len(data)


def serve() -> None:
    """Do the one task that comes in, and say what came of it."""
    answers, requests = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not mix with what is said
    task = wire.unpacked(wire.receive(answers)[1])
    stream: BinaryIO = io.BufferedReader(Asked(requests, answers, task["size"]), BUFFER)
    try:
        described, pictures = _done(task, stream)
    except Refused as refusal:
        wire.send(requests, wire.REFUSED, wire.packed(refusal.__dict__))
    else:
        for picture in pictures:
            wire.send(requests, wire.BLOB, picture)
        wire.send(requests, wire.DONE, wire.packed(described))
    requests.flush()
    os._exit(0)  # nothing here needs tidying, and libraries that do it late only cost time


def _needed() -> list[str]:
    """Where libraries, our own code, programs and what those know of languages lie."""
    own = sys.modules["app"].__path__
    return [*sys.path, *own, *os.get_exec_path(), os.environ.get("TESSDATA_PREFIX", "")]


def _done(task: dict[str, Any], stream: BinaryIO) -> tuple[dict[str, Any], list[bytes]]:
    try:
        tasks.prepare(task)
        accept_limits()
        enclose(_needed())
        return tasks.TASKS[task["do"]](task, stream)
    except (Refused, wire.Broken):
        raise
    except MemoryError:
        raise Refused("heavy") from None
    except Exception as error:  # noqa: BLE001  # whatever a decoder makes of a hostile file
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}:{place.lineno}"
        raise Refused("damaged", f"{type(error).__name__} at {where}") from None
