"""Has a file decoded in a process of its own, which a hostile one may crash, stall or fill up."""

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import BoundedSemaphore, Event, Timer
from typing import Any, BinaryIO, Final

from app.documents.media import wire
from app.documents.media.limits import MOST_SECONDS
from app.documents.media.wire import Refused

AT_ONCE: Final = 2
PATIENCE: Final = 20
"""Seconds that a request waits for its turn."""
_HERE: Final = Path(__file__).parent
_PASSED_ON: Final = ("PATH", "TESSDATA_PREFIX", "DYLD_LIBRARY_PATH", "LD_LIBRARY_PATH")
_CALM: Final = {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1", "OMP_THREAD_LIMIT": "1"}

logger = logging.getLogger(__name__)
_turns = BoundedSemaphore(AT_ONCE)


class _Child:
    """The process; it is killed with all that it started when its time is over."""

    def __init__(self, seconds: float) -> None:
        self.late = Event()
        self.running = subprocess.Popen(  # noqa: S603  # our own interpreter, our own file
            _command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=_CALM | {name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            cwd="/", start_new_session=True,
        )  # fmt: skip
        self.timer = Timer(seconds, self._stop_late)
        self.timer.daemon = True
        self.timer.start()

    @property
    def pipes(self) -> tuple[BinaryIO, BinaryIO]:
        """(to the process, from the process)."""
        assert self.running.stdin
        assert self.running.stdout
        return self.running.stdin, self.running.stdout  # type: ignore[return-value]

    def end(self) -> int:
        """Stop whatever still runs; how the process ended. Its number stays ours until then."""
        self.timer.cancel()
        self.timer.join()
        self._kill()
        for pipe in self.pipes:
            with suppress(OSError):
                pipe.close()
        return self.running.wait()

    def _stop_late(self) -> None:
        self.late.set()
        self._kill()

    def _kill(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.running.pid, signal.SIGKILL)


def decode(task: dict[str, Any], stream: BinaryIO) -> tuple[dict[str, Any], list[bytes]]:
    """What the process says of the file, and the pictures that it made. Raises Refused."""
    with _turn():
        child = _Child(MOST_SECONDS)
        try:
            answer = _conversation(child, task, stream)
        except (EOFError, BrokenPipeError, ValueError) as error:
            raise _why(child, error) from None
        finally:
            child.end()
    return answer


@contextmanager
def _turn() -> Iterator[None]:
    """Pictures take much memory while they are decoded, so only a few are at once."""
    if not _turns.acquire(timeout=PATIENCE):
        raise Refused("busy")
    try:
        yield
    finally:
        _turns.release()


def _conversation(
    child: _Child, task: dict[str, Any], stream: BinaryIO
) -> tuple[dict[str, Any], list[bytes]]:
    to, back = child.pipes
    wire.send(to, wire.RANGE, wire.packed(task))
    pictures: list[bytes] = []
    while True:
        kind, payload = wire.receive(back)
        if kind == wire.RANGE:
            wire.send(to, wire.RANGE, _range(stream, payload))
        elif kind == wire.BLOB:
            pictures.append(payload)
        elif kind == wire.REFUSED:
            raise _refusal(wire.unpacked(payload))
        else:
            return wire.unpacked(payload), pictures


def _range(stream: BinaryIO, payload: bytes) -> bytes:
    start, length = wire.PLACE.unpack(payload)
    stream.seek(start)
    return stream.read(min(length, wire.LONGEST_RANGE))


def _refusal(said: dict[str, Any]) -> Refused:
    refusal = Refused(str(said["code"]), str(said["details"]))
    logger.info("A file was refused: %s %s", refusal.code, refusal.details)
    return refusal


def _why(child: _Child, error: Exception) -> Refused:
    """What the silence of the process means."""
    ended = child.end()
    logger.warning("The process that decodes ended with %s (%r)", ended, error)
    if child.late.is_set() or ended == -signal.SIGXCPU:
        return Refused("slow")
    return Refused("damaged")


def _command() -> list[str]:
    paths = [path for path in sys.path if path]
    return [sys.executable, "-I", "-S", str(_HERE / "boot.py"), str(_HERE.parents[1]), *paths]
