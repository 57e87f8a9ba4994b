"""Checks format, lint, types and import contracts, then runs the tests."""

import subprocess
import sys
from typing import NoReturn

from tools import run_tests
from tools.environment import HOME, TEST, Missing, ensure
from tools.system import ROOT, say

TYPED = ("app", "bench", "deploy", "tests", "tools", "wsgi.py")


def steps() -> list[list[str]]:
    """The commands, in order."""
    typed = [name for name in TYPED if (ROOT / name).exists()]
    return [
        ["ruff", "format", "--check", "."],
        ["ruff", "check", "."],
        ["mypy", *typed],
        ["lint-imports", "--no-logo"],
    ]


def main() -> NoReturn:
    """Run every check; the tests only when all of them pass."""
    try:
        ensure(TEST)
    except Missing as missing:
        sys.exit(str(missing))
    failed = [name for name, *arguments in steps() if not _passes(name, arguments)]
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}. The tests run when these pass.")
    run_tests.main()


def _passes(name: str, arguments: list[str]) -> bool:
    say(f"== {name} {' '.join(arguments)}")
    return subprocess.run([HOME / "bin" / name, *arguments], cwd=ROOT, check=False).returncode == 0


if __name__ == "__main__":
    main()
