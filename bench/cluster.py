"""The PostgreSQL server of the benchmark: with the defaults of its makers, kept between runs."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.postgres import USER, find_programs

GIVEN = "GUESTBOOK_BENCH_POSTGRES"


class NoServer(Exception):
    """PostgreSQL cannot be had; its text says why."""


def _who(data: Path) -> dict[str, Any]:
    """PostgreSQL refuses root, so its programs then run as the account that it comes with."""
    if os.geteuid():
        return {}
    try:
        account = pwd.getpwnam("postgres")
    except KeyError:
        account = pwd.getpwnam("nobody")
    for folder in [data, *data.parents]:
        if folder.exists() and not folder.stat().st_mode & 0o001:
            raise NoServer(f"{folder} must be open to the account {account.pw_name}")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _create(programs: Path, data: Path, who: dict[str, Any]) -> None:
    data.mkdir(parents=True, mode=0o700)
    if who:
        os.chown(data, who["user"], who["group"])
    command = [str(programs / "initdb"), "-D", str(data), "-U", USER, "-A", "trust", "-E", "UTF8"]
    done = subprocess.run(
        [*command, "--locale=C.UTF-8"], cwd="/", capture_output=True, text=True, check=False, **who
    )
    if done.returncode:
        shutil.rmtree(data)
        raise NoServer(done.stdout + done.stderr)


@contextlib.contextmanager
def server(home: Path) -> Iterator[str]:
    """A running server over the cluster in `home`; yields its URL without a database's name.

    GUESTBOOK_BENCH_POSTGRES names another one: `postgresql://user@host` and a user who may create
    databases. Raises NoServer.
    """
    given = os.environ.get(GIVEN)
    if given:
        yield given.rstrip("/") + "/"
        return
    programs, data = find_programs(), home.resolve() / "postgresql"
    if programs is None:
        raise NoServer("no PostgreSQL 15 or newer was found")
    who = _who(home.resolve())
    if not data.exists():
        _create(programs, data, who)
    with tempfile.TemporaryDirectory(prefix="gb-bench-") as socket:
        if who:
            os.chown(socket, who["user"], who["group"])
        running = _start(programs, data, socket, who)
        try:
            yield f"postgresql://{USER}@/?host={socket}"
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(60)


def _start(programs: Path, data: Path, socket: str, who: dict[str, Any]) -> subprocess.Popen[bytes]:
    command = [str(programs / "postgres"), "-D", str(data), "-k", socket, "-c", "listen_addresses="]
    quiet = subprocess.DEVNULL
    running: subprocess.Popen[bytes] = subprocess.Popen(
        command, cwd="/", stdin=quiet, stdout=quiet, stderr=quiet, **who
    )
    state, until = data / "postmaster.pid", time.monotonic() + 60
    while not _ready(state, running.pid):
        if running.poll() is not None or time.monotonic() > until:
            running.kill()
            raise NoServer(f"PostgreSQL did not start; is another one running over {data}?")
        time.sleep(0.05)
    return running


def _ready(state: Path, process: int) -> bool:
    with contextlib.suppress(OSError, IndexError):
        lines = state.read_text().splitlines()
        return lines[0] == str(process) and lines[-1].strip() == "ready"
    return False
