"""Gets what the benchmark needs and runs it; arguments go to `python -m bench`."""

import os
import sys
from typing import NoReturn

from tools.environment import PYTHON, TEST, Missing, ensure
from tools.run_tests import get_postgresql
from tools.system import ROOT, say


def main() -> NoReturn:
    """Prepare, then become the benchmark."""
    try:
        ensure(TEST)
    except Missing as missing:
        sys.exit(str(missing))
    if not get_postgresql():
        say("PostgreSQL cannot be had here, so only SQLite is measured.")
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "bench", *sys.argv[1:]])


if __name__ == "__main__":
    main()
