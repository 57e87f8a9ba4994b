"""Processes that work at once on one database, each with an application of its own."""

import os
import subprocess
import sys

from app.config import Settings
from tests.conftest import KEYS
from tools.system import ROOT

# They part after the imports, which would take them longer than the work, and before there is an
# application: nothing that matters is shared.
HERD = """
import os, sys, traceback
from app import create_app, features

work, count = compile(sys.argv[1], "work", "exec"), int(sys.argv[2])
features.pages(), features.apis()
children = []
for number in range(count):
    child = os.fork()
    if not child:
        try:
            exec(work, {"app": create_app(), "number": number, "given": sys.argv[3:]})
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    children.append(child)
sys.exit(sum(os.waitpid(child, 0)[1] != 0 for child in children))
"""


def side_by_side(work: str, settings: Settings, count: int, *given: object, patience: int) -> None:
    """Run the work, which finds `app`, `number` and `given`, so many times; all must end well."""
    told = KEYS | {
        "GUESTBOOK_MODE": "test", "GUESTBOOK_HOME": str(settings.home),
        "DATABASE_URL": settings.database_url, "KEYSTORE_URL": settings.keystore_url,
    }  # fmt: skip
    command = [sys.executable, "-c", HERD, work, str(count), *map(str, given)]
    ended = subprocess.run(
        command, cwd=ROOT, env=os.environ | told, stderr=subprocess.PIPE, text=True,
        timeout=patience,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-3000:]
