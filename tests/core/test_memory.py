"""What the C library is told about memory."""

import subprocess
import sys

import pytest

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


@pytest.mark.skipif(sys.platform != "linux", reason="speaks to glibc")
def test_the_c_library_hears_and_threads_still_work():
    done = subprocess.run(
        [sys.executable, "-c", COUNT], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
