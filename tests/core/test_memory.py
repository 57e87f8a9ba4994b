"""What the C library is told about memory, and what servers do not hold in it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.core.types import new_id

ROOT = Path(__file__).parents[2]
COUNT = """
import threading
from app.core.memory import hold_little_memory
assert hold_little_memory()
together = threading.Barrier(8)
def work():
    together.wait(); held = [bytearray(100_000) for _ in range(50)]; together.wait(); del held
threads = [threading.Thread(target=work) for _ in range(8)]
[t.start() for t in threads]; [t.join() for t in threads]
"""


SERVE = """
import sys, wsgi
others = {"PIL", "zxingcpp", "boto3", "openpyxl", "alembic", "app.demo", "app.cli"}
sys.exit(", ".join(sorted(others & set(sys.modules))) or None)
"""


def test_servers_go_without_what_only_others_need(tmp_path):
    home = {"GUESTBOOK_HOME": str(tmp_path), "DATABASE_URL": ""}
    done = subprocess.run(
        [sys.executable, "-c", SERVE], capture_output=True, text=True, check=False,
        env=os.environ | home, cwd=ROOT,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_workers_that_were_forked_from_one_process_never_make_the_same_id():
    made = {new_id()}
    reader, writer = os.pipe()
    for _ in range(2):
        if not os.fork():
            os.write(writer, "".join(new_id().hex for _ in range(100)).encode())
            os._exit(0)
    told = b"".join(os.read(reader, 3200) for _ in range(2)).decode()
    assert [os.wait()[1] for _ in range(2)] == [0, 0]
    made |= {told[at : at + 32] for at in range(0, len(told), 32)}
    assert len(made) == 201


@pytest.mark.skipif(sys.platform != "linux", reason="speaks to glibc")
def test_the_c_library_hears_and_threads_still_work():
    done = subprocess.run(
        [sys.executable, "-c", COUNT], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
