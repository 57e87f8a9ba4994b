"""Turning to a new master key: under load, killed in the middle, taken up again."""

import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.config import new_key, read_settings
from app.core.crypto import Vault, vault
from app.core.errors import Unreadable
from app.core.types import new_id
from tests.conftest import KEYS

ROOT = Path(__file__).parents[2]
SECOND = f"second:{new_key()}"
COUNT = 1500


def vault_with(settings, masters: str) -> Vault:
    read = read_settings({"GUESTBOOK_MODE": "test", "MASTER_KEYS": masters})
    return Vault(settings.keystore_url, read.master_keys, settings.index_key)


def rotating(settings) -> subprocess.Popen[bytes]:
    told = KEYS | {
        "GUESTBOOK_MODE": "test", "GUESTBOOK_HOME": str(settings.home),
        "DATABASE_URL": settings.database_url, "KEYSTORE_URL": settings.keystore_url,
        "MASTER_KEYS": f"{SECOND},{KEYS['MASTER_KEYS']}",
    }  # fmt: skip
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "keys", "rotate", "--batch", "10"]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | told, stdout=subprocess.PIPE)


def test_a_rotation_killed_in_the_middle_disturbs_no_reader_and_is_taken_up_again(app, settings):
    vault().check()
    subjects = [new_id() for _ in range(COUNT)]
    secrets = {key.subject: key.secret for key in vault().keys(subjects).values()}
    file_id, owner = new_id(), subjects[0]
    file_key = vault().new_file_key(owner, file_id)
    both, faults = vault_with(settings, f"{SECOND},{KEYS['MASTER_KEYS']}"), []
    over = threading.Event()

    def read() -> None:
        dice = random.Random(1)
        while not over.wait(0.002):
            try:
                who = dice.choice(subjects)
                assert both.key(who).secret == secrets[who]
                assert both.file_key(owner, file_id) == file_key
            except Exception as fault:  # noqa: BLE001 - any is a fault
                faults.append(fault)

    reader = threading.Thread(target=read)
    reader.start()
    process = rotating(settings)
    try:
        assert process.stdout
        line = process.stdout.readline().decode()
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert line == f"10 of {COUNT + 1} keys wrapped anew\n"
    counts = both.counts()
    assert 10 <= counts["second"] < COUNT, "killed too late to prove anything"
    assert counts["first"] + counts["second"] == COUNT + 1
    alone = vault_with(settings, SECOND)
    with pytest.raises(Unreadable, match="'first' is not configured"):
        alone.check()
    assert sum(both.rotate()) == counts["first"]
    over.set()
    reader.join(30)
    assert not faults
    assert both.counts() == {"second": COUNT + 1}
    alone.check()
    assert alone.file_key(owner, file_id) == file_key
    assert {k.subject: k.secret for k in alone.keys(subjects).values()} == secrets
    both.engine.dispose()
    alone.engine.dispose()
