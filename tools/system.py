"""What this machine allows: a plain word on the console, packages of the system by apt."""

import os
import platform
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_updated: list[bool] = []


def say(sentence: str) -> None:
    """Tell the person at the console, at once."""
    print(sentence, flush=True)


def distribution() -> str:
    """`debian`, `ubuntu`, ... as Linux says of itself, or `macos`."""
    if platform.system() == "Darwin":
        return "macos"
    try:
        return platform.freedesktop_os_release()["ID"]
    except (OSError, KeyError):
        return "unknown"


def may_install() -> bool:
    """Whether apt is here and may be used without asking for a password."""
    if shutil.which("apt-get") is None:
        return False
    if os.geteuid() == 0:
        return True
    if shutil.which("sudo") is None:
        return False
    asked = subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True)
    return asked.returncode == 0


def apt_install(*packages: str) -> bool:
    """Install packages of Debian or Ubuntu; whether it went well. Says what it does."""
    if not may_install():
        return False
    say(f"Installing {', '.join(packages)} with apt-get ...")
    if not _updated:
        _apt("update")
        _updated.append(True)
    return _apt("install", "--yes", "--no-install-recommends", *packages)


def _apt(*arguments: str) -> bool:
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    done = subprocess.run(
        [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", *arguments],
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        say(f"apt-get {arguments[0]} failed:\n{done.stdout[-1000:]}{done.stderr[-2000:]}")
    return done.returncode == 0
