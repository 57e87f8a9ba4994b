"""The daily run of points in a process of its own, as the worker has it: `python -m bench.expiry`.

Each argument is a step: `expire:DAY` or `warn:DAY`. It prints {step: [seconds, megabytes]}: how
long it took, and the most memory that the process had by then.
"""

import json
import sys
import time
from datetime import date
from pathlib import Path

from app import create_app
from app.core.jobs import Claim
from app.core.types import new_id
from app.extensions import db
from app.loyalty import endings, expiry, runs

STEPS = {"expire": expiry.expire, "warn": endings.warn}


def main() -> None:
    """Do the steps, one after the other."""
    told, job = {}, Claim(new_id(), expiry.KIND, {})
    with create_app().test_request_context("/"):
        for step in sys.argv[1:]:
            name, day = step.split(":")
            runs.begin(date.fromisoformat(day))
            db.session.commit()
            start = time.perf_counter()
            STEPS[name](job, date.fromisoformat(day))
            told[step] = [time.perf_counter() - start, _most()]
    print(json.dumps(told))


def _most() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    main()
