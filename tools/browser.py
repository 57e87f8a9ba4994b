"""Finds the browser for the tests, or gets one."""

import os
import shutil
import subprocess
from pathlib import Path

from tools.environment import PYTHON
from tools.system import apt_install, distribution, say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = (
    "Applications/Chromium.app/Contents/MacOS/Chromium",
    "Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
OF_PLAYWRIGHT = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
    "chromium_headless_shell-*/*/*headless[-_]shell",
)
ADVICE = {
    "debian": "`sudo apt-get install chromium`",
    "ubuntu": "`.venv/bin/python -m playwright install --with-deps chromium`",
    "macos": "`brew install --cask chromium`",
}


def find_browser() -> Path | None:
    """Chromium or Chrome: CHROMIUM from the environment, the system's, or playwright's own."""
    named = os.environ.get("CHROMIUM")
    if named:
        return Path(named) if os.access(named, os.X_OK) else None
    on_path = [Path(found) for name in NAMES if (found := shutil.which(name))]
    installed = [root / app for root in (Path("/"), Path.home()) for app in MAC]
    own = [path for pattern in OF_PLAYWRIGHT for path in sorted(_playwrights().glob(pattern))]
    fit = (path for path in [*on_path, *installed, *own] if os.access(path, os.X_OK))
    return next(fit, None)


def _playwrights() -> Path:
    given = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    caches = "Library/Caches" if distribution() == "macos" else ".cache"
    return Path(given) if given else Path.home() / caches / "ms-playwright"


def why_missing() -> str:
    """What to tell who has no browser."""
    if os.environ.get("CHROMIUM"):
        return "CHROMIUM names no program that can be started"
    advice = ADVICE.get(distribution(), "your system's package of chromium")
    return f"No Chromium or Chrome was found; get it with {advice}, or name one in CHROMIUM"


def get_browser() -> bool:
    """Have a browser, installing one where that is allowed; whether there is one now."""
    if find_browser() or os.environ.get("CHROMIUM"):
        return find_browser() is not None
    # Ubuntu's package only points to a snap, which does not work everywhere.
    if distribution() != "ubuntu" and apt_install("chromium"):
        return find_browser() is not None
    return _playwrights_own() and find_browser() is not None


def _playwrights_own() -> bool:
    say("Fetching playwright's own Chromium ...")
    command = [str(PYTHON), "-m", "playwright", "install", "--only-shell", "chromium"]
    try:
        done = subprocess.run(command, check=False, capture_output=True, timeout=600)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
