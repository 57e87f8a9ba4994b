"""A worker killed in the middle of an import: the next loses no row and doubles none."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select, update

from app.core.actor import HOUSE
from app.core.clock import now
from app.core.jobs import Job
from app.customers.models import Customer
from app.customers.search.models import SearchRow
from app.extensions import db
from app.imports import services, stages
from app.imports.stages import CHECK, RUN
from tests.conftest import KEYS
from tests.importing import garbled

ROOT = Path(__file__).resolve().parents[2]
ROWS = 4000


def worker(settings) -> subprocess.Popen[bytes]:
    told = KEYS | {
        "GUESTBOOK_MODE": "test", "GUESTBOOK_HOME": str(settings.home),
        "DATABASE_URL": settings.database_url, "KEYSTORE_URL": settings.keystore_url,
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker"], cwd=ROOT,
        env=os.environ | told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def position(batch_id) -> int:
    db.session.rollback()
    found = services.get(batch_id).position
    db.session.rollback()
    return found


def test_kill_nine_in_the_middle_loses_and_doubles_no_row(bring, stage, done, settings):
    batch_id = bring(garbled(ROWS))
    wanted = stage(batch_id, CHECK).checked["new"]
    stages.begin(services.get(batch_id), RUN, by=HOUSE)
    db.session.commit()
    process = worker(settings)
    try:
        until = time.monotonic() + 120
        while position(batch_id) < 500 and time.monotonic() < until:
            time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    reached = position(batch_id)
    assert 500 <= reached < ROWS, "killed too late to prove anything"
    there = db.session.scalar(select(func.count()).select_from(Customer))
    assert there == services.get(batch_id).counts["new"], "portions are whole"
    db.session.execute(update(Job).values(lease_until=now() - timedelta(seconds=1)))
    db.session.commit()
    done()
    db.session.expire_all()
    batch = services.get(batch_id)
    assert (batch.state, batch.counts["read"]) == ("done", ROWS)
    numbers = db.session.scalars(select(Customer.external_id)).all()
    assert len(numbers) == len(set(numbers)) == wanted == batch.counts["new"]
    assert db.session.scalar(select(func.count()).select_from(SearchRow)) == wanted
