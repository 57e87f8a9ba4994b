"""`make demo` and `make run`: prepares Guestbook, serves it with its worker, ends both together."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from types import FrameType

from tools.environment import PYTHON, RUNTIME, Missing, ensure
from tools.system import ROOT, say

HOST = "127.0.0.1"
PATIENCE = 60  # seconds until the first page must answer
GRACE = 25  # seconds for what is under way to finish
SECRETS = ("Sign-in ", "API token:")


class Stopped(Exception):
    """Somebody pressed Ctrl-C or asked the process to end."""


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise Missing(f"PORT must be a whole number from 1 to 65535, not {text!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(text)))
        except PermissionError:
            raise Missing(f"Port {text} is not for everybody; choose one above 1023.") from None
        except OSError:
            raise Missing(f"Port {text} is taken; choose another, as in `PORT=8010`.") from None
    return int(text)


def _surroundings(kind: str, port: int) -> dict[str, str]:
    home = os.environ.get("GUESTBOOK_HOME") or str(ROOT / "var" / kind)
    address = os.environ.get("BASE_URL") or f"http://{HOST}:{port}"
    env = os.environ | {"GUESTBOOK_HOME": home, "PORT": str(port), "BASE_URL": address}
    if kind == "demo":
        env.setdefault("SECOND_FACTOR_ROLES", "")  # the printed passwords are to be enough
    return env


def _flask(env: dict[str, str], *command: str, quiet: bool = False) -> str:
    """What the command printed; raises Missing when it failed, having shown why on stderr."""
    done = subprocess.run(
        [PYTHON, "-m", "flask", "--app", "wsgi", *command],
        cwd=ROOT,
        env=env,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise Missing(f"{done.stdout}`flask {' '.join(command)}` did not succeed; nothing runs.")
    if not quiet:
        print(done.stdout, end="", flush=True)
    return done.stdout


def _prepare(kind: str, env: dict[str, str]) -> list[str]:
    """Bring the data up to date; the lines to show once all is ready."""
    _flask(env, *(["demo"] if kind == "demo" else []), "prepare")
    if kind == "run":
        return _flask(env, "setup", "token", quiet=True).splitlines()
    say("Filling in sample guests, if they are not there yet ...")
    lines = _flask(env, "demo", "seed", quiet=True).splitlines()
    for line in lines:
        if not line.startswith(SECRETS):
            say(line)
    return [line for line in lines if line.startswith(SECRETS)]


def _die_with_parent() -> None:
    """Where Linux offers it, end when the parent is killed outright."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _begin(env: dict[str, str], *command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [PYTHON, "-m", *command],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches this process alone, which then ends the rest
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
    )


def _wait_until_ready(address: str, running: dict[str, subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        _all_alive(running)
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"{address}/healthz", timeout=5).close()  # noqa: S310
            return
        time.sleep(0.1)
    raise Missing(f"{address} did not answer within {PATIENCE} seconds; all was stopped.")


def _all_alive(running: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, process in running.items():
        if process.poll() is not None:
            raise Missing(
                f"The {name} ended by itself (exit code {process.returncode}); see what it said"
                " above. All was stopped."
            )


def _end(running: dict[str, subprocess.Popen[bytes]]) -> None:
    """Let each finish what it does; after GRACE seconds end its whole group."""
    for process in running.values():
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + GRACE
    for process in running.values():
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, until - time.monotonic()))
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    for word in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(word, signal.SIG_IGN)  # one is enough; the end must not be interrupted
    raise Stopped


def serve(env: dict[str, str], lines: list[str]) -> None:
    """Run the web server and the worker until told to stop. Raises Missing if one fails."""
    address = f"http://{HOST}:{env['PORT']}"
    log = f"{env['GUESTBOOK_HOME']}/access.log"
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        running["web server"] = _begin(
            env, "gunicorn", "-c", "deploy/gunicorn.conf.py", "--log-level", "warning",
            "--access-logfile", log,
        )  # fmt: skip
        running["worker"] = _begin(env, "flask", "--app", "wsgi", "worker")
        _wait_until_ready(address, running)
        say("\n".join(["", f"Guestbook is ready at {address}", *lines, "Ctrl-C ends it."]))
        while True:
            _all_alive(running)
            time.sleep(0.3)
    finally:
        _end(running)


def main() -> int:
    """`python -m tools.start demo|run`."""
    kind = sys.argv[1]
    for word in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(word, _stop)
    try:
        port = _port()
        ensure(RUNTIME)
        env = _surroundings(kind, port)
        serve(env, _prepare(kind, env))
    except Stopped:
        say("\nGuestbook has stopped.")
    except Missing as missing:
        say(str(missing))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
