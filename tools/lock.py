"""Resolves pyproject.toml into the two lock files, with hashes, for every supported system."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILE = (
    "pip", "compile", "--quiet", "--universal", "--python-version", "3.11",
    "--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url",
    "--no-emit-find-links",
)  # fmt: skip


def main() -> int:
    """Write requirements.txt and requirements-test.txt; the second contains the first."""
    uv = shutil.which("uv")
    if uv is None:
        print("Locking needs uv: install it with `python3 -m pip install uv`, then try again.")
        return 1
    newest = ["--upgrade"] if "--upgrade" in sys.argv[1:] else []
    runtime = [*newest, "pyproject.toml", "--output-file", "requirements.txt"]
    test = [
        *newest, "pyproject.toml", "--group", "test", "--constraint", "requirements.txt",
        "--output-file", "requirements-test.txt",
    ]  # fmt: skip
    for arguments in (runtime, test):
        subprocess.run([uv, *COMPILE, *arguments], cwd=ROOT, check=True)
    return _no_addresses()


def _no_addresses() -> int:
    for name in ("requirements.txt", "requirements-test.txt"):
        if "://" in (ROOT / name).read_text():
            print(f"{name} names an address; a lock file must fit any package index.")
            return 1
    print("Locked. `make test` installs the new versions.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
