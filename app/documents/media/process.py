"""Has a file decoded in a process of its own, which a hostile one may crash, stall or fill up."""

import fcntl
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event, Timer
from typing import Any, BinaryIO, Final

from app.core.clock import current_settings
from app.core.storage import temporary, told
from app.documents.media import wire
from app.documents.media.formats import HEAD_LENGTH, recognised
from app.documents.media.limits import MOST_SECONDS
from app.documents.media.wire import Refused

AT_ONCE: Final = 2
"""For all processes of the house together: each may take as much memory as `limits` says."""
PATIENCE: Final = 20
"""Seconds that a request waits for its turn."""
PAUSE: Final = 0.03
_HERE: Final = Path(__file__).parent
_PASSED_ON: Final = ("PATH", "TESSDATA_PREFIX", "DYLD_LIBRARY_PATH", "LD_LIBRARY_PATH")
_OUT_OF_MEMORY: Final = (signal.SIGABRT, signal.SIGKILL, signal.SIGTRAP, signal.SIGILL)
"""How libraries, or the system, end a process that wants more than there is."""
MOST_PICTURES: Final = 2
_CALM: Final = {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1", "OMP_THREAD_LIMIT": "1"}

logger = logging.getLogger(__name__)


class _Child:
    """The process; it is killed with all that it started when its time is over."""

    def __init__(self, seconds: float) -> None:
        self.late = Event()
        self.running = subprocess.Popen(  # noqa: S603  # our own interpreter, our own file
            _command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=_environment(), cwd="/", start_new_session=True,
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
        """Stop whatever still runs; how the process ended. Its number is ours until then."""
        if self.running.returncode is not None:
            return self.running.returncode
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
            return _conversation(child, task, stream)
        except wire.Broken as broken:
            raise _why(child, broken) from None
        finally:
            child.end()


@contextmanager
def _turn() -> Iterator[None]:
    """Hold one of the locks that the house's processes share; it ends with whoever holds it."""
    until = time.monotonic() + PATIENCE
    with ExitStack() as opened:
        turns = [opened.enter_context(_lock(number)) for number in range(AT_ONCE)]
        while not any(map(_taken, turns)):
            if time.monotonic() > until:
                raise Refused("busy")
            time.sleep(PAUSE)
        yield


def _lock(number: int) -> BinaryIO:
    folder = temporary(current_settings())
    with told():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return (folder / f"decoding-{number}.lock").open("ab")


def _taken(turn: BinaryIO) -> bool:
    try:
        fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _conversation(
    child: _Child, task: dict[str, Any], stream: BinaryIO
) -> tuple[dict[str, Any], list[bytes]]:
    to, back = child.pipes
    wire.send(to, wire.TASK, wire.packed(task))
    pictures: list[bytes] = []
    while True:
        kind, payload = wire.receive(back)
        if kind == wire.RANGE:
            wire.send(to, wire.ANSWER, _range(stream, payload))
        elif kind == wire.BLOB and len(pictures) < MOST_PICTURES:
            pictures.append(_picture(payload))
        elif kind == wire.REFUSED:
            raise _refusal(wire.unpacked(payload))
        elif kind == wire.DONE:
            return wire.unpacked(payload), pictures
        else:
            raise wire.Broken("nothing of the kind was asked for")


def _range(stream: BinaryIO, payload: bytes) -> bytes:
    start, length = wire.PLACE.unpack(payload)
    stream.seek(start)
    return stream.read(min(length, wire.LONGEST_RANGE))


def _picture(payload: bytes) -> bytes:
    """What was made, recognised once more: a hostile file may have taken the process over."""
    if recognised(payload[:HEAD_LENGTH]) not in ("jpg", "png"):
        raise wire.Broken("no picture")
    return payload


def _refusal(said: dict[str, Any]) -> Refused:
    refusal = Refused(str(said.get("code")), str(said.get("details")))
    logger.info("A file was refused: %s %s", refusal.code, refusal.details)
    return refusal


def _why(child: _Child, broken: wire.Broken) -> Refused:
    """What the silence of the process means."""
    ended = child.end()
    logger.warning("The process that decodes ended with %s: %s", ended, broken)
    if child.late.is_set() or ended == -signal.SIGXCPU:
        return Refused("slow")
    return Refused("heavy" if -ended in _OUT_OF_MEMORY else "damaged")


def _command() -> list[str]:
    # Libraries alone: the folder of the application may hold its data, too.
    paths = [path for path in sys.path if path and Path(path).resolve() != _HERE.parents[2]]
    return [sys.executable, "-I", "-S", str(_HERE / "boot.py"), str(_HERE.parents[1]), *paths]


def _environment() -> dict[str, str]:
    """No settings, since they hold keys."""
    return _CALM | {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
