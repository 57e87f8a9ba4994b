"""Resolves pyproject.toml into the lock files, with hashes, for every supported system."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.txt", "requirements-test.txt", "requirements-postgres.txt")
COMPILE = (
    "pip", "compile", "--quiet", "--universal", "--python-version", "3.11",
    "--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url",
    "--no-emit-find-links",
)  # fmt: skip


def main() -> int:
    """Write the three lock files; that of the tests contains that of the application."""
    uv = shutil.which("uv")
    if uv is None:
        print("Locking needs uv: install it with `python3 -m pip install uv`, then try again.")
        return 1
    newest = ["--upgrade"] if "--upgrade" in sys.argv[1:] else []
    runtime = [*newest, "pyproject.toml", "--output-file", LOCKS[0]]
    test = [
        *newest, "pyproject.toml", "--group", "test", "--constraint", LOCKS[0],
        "--output-file", LOCKS[1],
    ]  # fmt: skip
    postgres = [*newest, "--group", "postgres", "--no-deps", "--output-file", LOCKS[2]]
    for arguments in (runtime, test, postgres):
        subprocess.run([uv, *COMPILE, *arguments], cwd=ROOT, check=True)
    return _no_addresses()


def _no_addresses() -> int:
    for name in LOCKS:
        if "://" in (ROOT / name).read_text():
            print(f"{name} names an address; a lock file must fit any package index.")
            return 1
    print("Locked. `make test` installs the new versions.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
