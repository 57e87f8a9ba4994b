"""Background work: written with the change, done once, taken up again after a crash."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.core import jobs
from app.core.clock import now
from app.core.crypto import vault
from app.core.errors import Unreadable
from app.core.jobs import Job
from app.core.types import new_id
from app.extensions import db


@pytest.fixture
def ran(monkeypatch):
    """Collects the payloads of jobs of the kind `test.note`; no periodic work."""
    seen: list = []
    monkeypatch.setattr(jobs, "handlers", {"test.note": lambda job: seen.append(job.payload)})
    monkeypatch.setattr(jobs, "periodic", [])
    return seen


def drain() -> None:
    jobs.work("tester", threading.Event(), until_idle=True)


def only_job() -> Job:
    return db.session.scalars(select(Job).execution_options(populate_existing=True)).one()


def test_a_job_runs_when_its_transaction_commits_and_never_otherwise(app, ran):
    jobs.enqueue("test.note", {"n": 1})
    db.session.rollback()
    jobs.enqueue("test.note", {"n": 2})
    db.session.commit()
    drain()
    assert ran == [{"n": 2}]
    assert only_job().state == "done"


def test_a_job_for_later_waits(app, ran):
    jobs.enqueue("test.note", run_at=now() + timedelta(hours=1))
    db.session.commit()
    drain()
    assert ran == []


def test_a_failing_job_is_tried_again_and_at_last_lies_dead_with_its_reason(app, ran):
    def fail(_job: jobs.Claim) -> None:
        raise RuntimeError("no route")

    jobs.handlers["test.fail"] = fail
    jobs.enqueue("test.fail")
    db.session.commit()
    for _ in jobs.PAUSES:
        drain()
        job = only_job()
        job.run_at = now()
        db.session.commit()
    assert (only_job().state, only_job().error) == ("dead", "RuntimeError: no route")
    jobs.retry(only_job())
    db.session.commit()
    assert only_job().state == "queued"


def test_what_a_failing_job_wrote_is_undone(app, ran, guest):
    made = guest("Đỗ Đức")
    guest_id = made.id

    def half(_job: jobs.Claim) -> None:
        db.session.get_one(type(made), guest_id).city = "half done"
        db.session.flush()
        raise RuntimeError("cut off")

    jobs.handlers["test.half"] = half
    jobs.enqueue("test.half")
    db.session.commit()
    drain()
    assert db.session.get(type(made), guest_id).city is None


def test_an_unknown_kind_dies_at_once(app, ran):
    jobs.enqueue("test.nobody")
    db.session.commit()
    drain()
    assert only_job().state == "dead"


def test_of_eight_workers_one_gets_the_job(app, application, ran):
    jobs.enqueue("test.note")
    db.session.commit()
    claimed, gate = [], threading.Barrier(8)

    def claim(name: str) -> None:
        with application.app_context():
            gate.wait()
            if jobs.claim(name):
                claimed.append(name)
            db.session.remove()

    threads = [threading.Thread(target=claim, args=[f"w{n}"]) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(claimed) == 1


def test_a_worker_that_lost_its_lease_cannot_commit_its_work(app, ran):
    jobs.enqueue("test.note")
    db.session.commit()
    slow = jobs.claim("slow")
    only_job().lease_until = now() - timedelta(seconds=1)
    db.session.commit()
    assert jobs.claim("quick") is not None
    with pytest.raises(jobs.LeaseLost):
        jobs.progress(slow, 1)
    db.session.rollback()
    jobs.run(slow)
    assert only_job().state == "running"
    assert only_job().worker == "quick"


def test_periodic_work_is_planned_once_a_slot_by_however_many_workers(app, ran, monkeypatch):
    monkeypatch.setattr(jobs, "periodic", [jobs.Periodic("test.note", timedelta(days=400))])
    for _ in range(3):
        jobs.plan_periodic()
    drain()
    assert len(ran) == 1


KILLED = """
import sys, threading, time
from app import create_app
from app.core import jobs
from app.extensions import db

def slow(job):
    print("started", flush=True)
    time.sleep(60)

app = create_app()
jobs.handlers["test.slow"] = slow
jobs.periodic.clear()
with app.app_context():
    jobs.work("doomed", threading.Event())
"""


def test_a_killed_worker_s_job_is_taken_up_by_another(app, settings, ran):
    from tests.conftest import KEYS

    jobs.enqueue("test.slow", {"n": 7})
    db.session.commit()
    env = os.environ | KEYS | {
        "GUESTBOOK_MODE": "test", "DATABASE_URL": settings.database_url,
        "KEYSTORE_URL": settings.keystore_url, "GUESTBOOK_HOME": str(settings.home),
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", KILLED], env=env, stdout=subprocess.PIPE, text=True
    ) as doomed:
        assert doomed.stdout.readline() == "started\n"
        os.kill(doomed.pid, signal.SIGKILL)
        doomed.wait(10)
    job = only_job()
    assert job.state == "running"
    drain()
    assert ran == []
    job = only_job()
    job.lease_until = now() - timedelta(seconds=1)
    db.session.commit()
    jobs.handlers["test.slow"] = jobs.handlers["test.note"]
    time.sleep(0.01)
    drain()
    assert ran == [{"n": 7}]
    assert only_job().attempts == 2


def test_a_worker_outlives_a_database_that_went_away(app, ran, monkeypatch, caplog):
    stop, claim, faults = threading.Event(), jobs.claim, 3
    monkeypatch.setattr(jobs, "AWAY", 0.01)
    monkeypatch.setitem(jobs.handlers, "test.note", lambda job: (ran.append(job), stop.set()))
    jobs.enqueue("test.note", {})
    db.session.commit()

    def away(worker):
        nonlocal faults
        if faults:
            faults -= 1
            raise OperationalError("SELECT", {}, Exception("connection refused\nname: Tuyết"))
        return claim(worker)

    monkeypatch.setattr(jobs, "claim", away)
    jobs.work("patient", stop)
    assert len(ran) == 1
    assert only_job().state == "done"
    assert "connection refused" in caplog.text
    assert "Tuyết" not in caplog.text


def test_a_worker_keeps_no_key_open_after_a_job(app, monkeypatch):
    subject = new_id()
    monkeypatch.setitem(jobs.handlers, "test.seal", lambda _claim: vault().key(subject))
    monkeypatch.setattr(jobs, "periodic", [])
    jobs.enqueue("test.seal")
    db.session.commit()
    jobs.work("w", threading.Event(), until_idle=True)
    with app.app_context():  # another process
        vault().destroy(subject)
    with pytest.raises(Unreadable):
        vault().key(subject)
