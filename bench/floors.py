"""The floors: what the machine and the libraries cost before Guestbook does anything.

H a bare Flask answer on the same server, S a scan of the guests by five LIKEs without a match,
W a bare insert of one guest with its commit, I a bare batch insert into the same indexed table.
"""

import contextlib
import http.client
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import Engine, delete, insert, text

from app.core.database import reading, writing
from app.customers.models import Customer
from bench.bases import ROOT
from bench.people import guest

YEAR = 2099
SCAN = text(
    "SELECT count(*) FROM customers WHERE full_name LIKE :none OR email LIKE :none"
    " OR phone LIKE :none OR company_name LIKE :none OR customer_code LIKE :none"
)


def scan(engine: Engine) -> int:
    """S, once."""
    with reading(), engine.connect() as connection:
        return int(connection.execute(SCAN, {"none": "%qzxqzx%"}).scalar_one())


def new_guests(count: int, start: int = 1, seed: int = 99) -> list[dict[str, Any]]:
    """Made-up guests of a year of their own, to be inserted and swept away again."""
    dice = random.Random(seed + start)
    return [guest(dice, YEAR, serial) for serial in range(start, start + count)]


def insert_one(engine: Engine, row: dict[str, Any]) -> None:
    """W, once."""
    with writing(), engine.begin() as connection:
        connection.execute(insert(Customer), row)


def insert_batch(engine: Engine, rows: list[dict[str, Any]]) -> None:
    """I, once: rows per second are `len(rows)` over the time."""
    with writing(), engine.begin() as connection:
        connection.execute(insert(Customer), rows)


def sweep(engine: Engine) -> None:
    """Remove what floors and subjects inserted."""
    with writing(), engine.begin() as connection:
        connection.execute(delete(Customer).where(Customer.number >= (YEAR - 2000) << 32))


bare = Flask("bare")


@bare.get("/")
def answer() -> str:
    """H: what a Flask answer costs by itself."""
    return "ok"


class Server(NamedTuple):
    """A running gunicorn: where it listens, and its master process."""

    port: int
    master: int

    @property
    def workers(self) -> list[int]:
        """The processes that answer (Linux; empty elsewhere)."""
        children = Path(f"/proc/{self.master}/task/{self.master}/children")
        return [int(pid) for pid in children.read_text().split()] if children.exists() else []


@contextlib.contextmanager
def serving(target: str, settings: dict[str, str], threads: int = 2) -> Iterator[Server]:
    """`target` under gunicorn with one worker, as the product runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "gunicorn", "--workers", "1", "--threads", str(threads)]
    command += ["--preload", "--worker-class", "gthread", "--bind", f"127.0.0.1:{port}", target]
    running = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | settings,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _until_open(port, running)
        yield Server(port, running.pid)
    finally:
        running.terminate()
        running.wait(20)


def _until_open(port: int, running: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and running.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")


def fetch(
    port: int,
    path: str,
    headers: dict[str, str] | None = None,
    body: str | bytes | None = None,
) -> tuple[int, bytes]:
    """One GET, or with a body one POST, on a connection of its own: status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST" if body else "GET", path, body, headers or {})
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


def resident_megabytes(process: int) -> float:
    """Proportional resident memory of a process (Linux); 0 where the system does not tell."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0
