"""Makes the virtual environment .venv and installs a lock file into it, once for each lock."""

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys

from tools.system import ROOT, apt_install, say

HOME = ROOT / ".venv"
PYTHON = HOME / "bin" / "python"
NOTE = HOME / "installed.json"
OLDEST = (3, 11)
RUNTIME, TEST, POSTGRES = (
    "requirements.txt",
    "requirements-test.txt",
    "requirements-postgres.txt",
)
INCLUDED = {RUNTIME: (RUNTIME, TEST), TEST: (TEST,), POSTGRES: (POSTGRES,)}


class Missing(Exception):
    """Something that a person has to provide; its text says what, and how to get it."""


def ensure(lock: str) -> None:
    """Have everything of the lock file in .venv. Raises Missing with what to do."""
    _have_venv()
    noted = _noted()
    if not any(noted.get(name) == _digest(name) for name in INCLUDED[lock]):
        _install(lock)
        NOTE.write_text(json.dumps(_noted() | {lock: _digest(lock)}))


def _digest(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def _noted() -> dict[str, str]:
    return dict(json.loads(NOTE.read_text())) if NOTE.exists() else {}


def _have_venv() -> None:
    if _works():
        return
    if sys.version_info < OLDEST:
        raise Missing(f"Guestbook needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    if importlib.util.find_spec("ensurepip") is None:
        _get_venv_module()
    say("Making the virtual environment .venv ...")
    shutil.rmtree(HOME, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", HOME], check=False)
    if made.returncode:
        raise Missing("The virtual environment could not be made; see what Python says above.")


def _works() -> bool:
    """Whether .venv has a Python that starts: an upgrade of the system's may break it."""
    if not PYTHON.exists():
        return False
    probe = [str(PYTHON), "-c", "import sys, pip; sys.exit(sys.version_info < (3, 11))"]
    return subprocess.run(probe, check=False, capture_output=True).returncode == 0


def _get_venv_module() -> None:
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if not apt_install(package):
        raise Missing(
            f"Python's venv module is missing. Install it with `sudo apt-get install {package}`"
            " and try again."
        )


def _install(lock: str) -> None:
    say(f"Installing what {lock} lists into .venv; the first time takes a minute ...")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    exact = ["--require-hashes", *(["--no-deps"] if lock == POSTGRES else []), "-r", lock]
    done = subprocess.run([*pip, *exact], cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode:
        raise Missing(
            f"{done.stderr.strip()[-3000:]}\npip could not install {lock}. If it could not reach"
            " its package index, connect to the network and try again."
        )


def main() -> None:
    """`python -m tools.environment [test]`."""
    try:
        ensure(TEST if "test" in sys.argv[1:] else RUNTIME)
    except Missing as missing:
        sys.exit(str(missing))


if __name__ == "__main__":
    main()
