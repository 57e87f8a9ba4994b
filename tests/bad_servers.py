"""Servers that misbehave as networks do: silent, deaf, slow, cut off, broken."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: 1000000\r\n\r\n"
BROKEN = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class BadServer:
    """Takes calls on a port of its own until it is left; `calls` says how many there were."""

    def __init__(self, manner: str) -> None:
        self.answer: Callable[[socket.socket], None] = getattr(self, f"_{manner}")
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.calls = 0
        self.over = threading.Event()

    def __enter__(self) -> "BadServer":
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        self.over.set()
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _serve(self) -> None:
        while not self.over.is_set():
            try:
                call, _ = self.listener.accept()
            except OSError:
                return
            self.calls += 1
            threading.Thread(target=self._one, args=[call], daemon=True).start()

    def _one(self, call: socket.socket) -> None:
        with call, suppress(OSError):
            self.answer(call)

    def _silent(self, call: socket.socket) -> None:
        """Hears everything and says nothing."""
        call.settimeout(0.05)
        while not self.over.is_set():
            with suppress(TimeoutError):
                if not call.recv(1_000_000):
                    return

    def _deaf(self, call: socket.socket) -> None:
        """Does not even read."""
        self.over.wait(10)

    def _cuts(self, call: socket.socket) -> None:
        """Hangs up in the middle of its answer."""
        call.recv(1000)
        call.sendall(HEAD + b"<some")

    def _trickles(self, call: socket.socket) -> None:
        """Never pauses long enough for a time-out, but takes for ever."""
        call.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        asked = call.recv(1000)
        if asked.startswith(b"GET"):
            call.sendall(HEAD)
        while not self.over.wait(0.01):
            if asked.startswith(b"GET"):
                call.sendall(bytes(1000))
            else:
                call.recv(1000)

    def _broken(self, call: socket.socket) -> None:
        """Has faults of its own."""
        call.recv(1000)
        call.sendall(BROKEN)
