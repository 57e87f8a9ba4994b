"""The daily run: images go with their keys, once, through kills and stores that are down."""

import os
import signal
import subprocess
import sys
import time
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from app.core import jobs
from app.core.actor import HOUSE
from app.core.audit import AuditEntry
from app.core.clock import now, today
from app.core.crypto import vault
from app.core.errors import StoreDown, Unreadable
from app.core.jobs import Claim, Job
from app.core.types import new_id
from app.documents import expiry, retention, services, strays
from app.documents.kinds import LATEST
from app.documents.models import Document, RetentionRun
from app.extensions import db
from app.stays import arrivals, bookings
from tests.conftest import KEYS
from tests.documents.conftest import id_of
from tests.stays.conftest import book  # noqa: F401 - a fixture

ROOT = Path(__file__).resolve().parents[2]
JOB = Claim(uuid.UUID(int=1), retention.KIND, {})


def run(**options):
    db.session.commit()
    return db.session.get(RetentionRun, retention.run(JOB, **options), populate_existing=True)


def figures(row: RetentionRun) -> tuple[int, ...]:
    return (row.due, row.removed, row.failed)


def stored(store) -> set[str]:
    return set(store.names(now() + timedelta(days=1)))


def entries(action: str):
    counted = select(func.count()).where(AuditEntry.action == action)
    return db.session.scalar(counted)


@pytest.fixture
def verified(paper, picture, own_store):
    """`verified(an)`: a passport with an image that nothing needs any more."""

    def make(guest):
        row = picture(paper(guest, document_number=f"B{new_id().int % 10**8:08}"))
        services.verify(guest.id, row.id, "Seen", by=HOUSE)
        db.session.commit()
        return row

    return make


def test_what_is_due_goes_with_its_key_and_what_was_verified_stays(
    an, paper, picture, verified, own_store
):
    waiting, row = picture(paper(an)), verified(an)
    key_id = row.file_key_id
    assert [each.row.id for each in retention.due()] == [row.id]
    first = run()
    assert figures(first) == (1, 1, 0)
    assert first.finished_at is not None
    assert (row.file_key_id, row.file_name, row.thumbnail_name, row.file_size) == (None,) * 4
    assert (row.file_removed_why, row.retention_date, row.deletion_scheduled) == (
        "verified", None, False,
    )  # fmt: skip
    assert row.file_removed_at is not None
    assert (row.is_verified, row.verified_name, row.verification_notes) == (
        True, HOUSE.name, "Seen",
    )  # fmt: skip
    assert stored(own_store) == {waiting.file_name, waiting.thumbnail_name}
    with pytest.raises(Unreadable):
        vault().file_key(an.id, key_id)
    assert figures(run()) == (0, 0, 0)
    assert (entries("document.file_ended"), entries("retention.ran")) == (1, 2)


def test_what_nobody_verified_goes_days_after_departure_and_its_record_says_so(
    an, guest, paper, picture, own_store, book, may  # noqa: F811
):  # fmt: skip
    forgotten, here = picture(paper(an), days_ago=LATEST), guest("Đỗ Đức")
    lodging = picture(paper(here), days_ago=LATEST)
    arrivals.check_in(bookings.hold(book(here, nights=2).id), by=HOUSE)
    picture(paper(an), days_ago=LATEST - 1)
    db.session.commit()
    assert "Not verified yet" in may.get("/documents/retention").text
    assert figures(run()) == (1, 1, 0)
    assert (forgotten.file_removed_why, forgotten.is_verified) == ("unverified", False)
    assert lodging.retention_date == today() + timedelta(days=2 + LATEST)
    assert (
        "Nobody verified the paper" in may.get(f"/customers/{an.id}/documents/{forgotten.id}").text
    )


def test_a_store_that_is_down_keeps_the_image_and_the_next_hour_removes_it(
    an, guest, verified, own_store, monkeypatch
):
    rows = [verified(an), *(verified(guest(f"Guest {n}")) for n in range(4))]
    asked = []

    def refuse(*names):
        asked.append(names)
        raise StoreDown("connection refused")

    with monkeypatch.context() as broken:
        broken.setattr(own_store, "remove", refuse)
        retention.daily(JOB)
    row = retention.latest()
    assert figures(row) == (5, 0, 5)
    assert "connection refused" in row.trouble
    assert len(asked) == retention.PATIENCE, "then it is left alone"
    assert vault().file_key(an.id, rows[0].file_key_id), "the image can still be shown"
    retention.daily(JOB)
    assert retention.latest().id == row.id, "one row a day"
    assert (figures(row), row.trouble) == ((5, 5, 0), None)
    retention.daily(JOB)
    assert len(retention.last_runs(9)) == 1


def test_an_image_that_was_replaced_meanwhile_stays(an, verified, picture, own_store):
    row = verified(an)
    image = retention._image(row, "verified")
    picture(row)
    fresh = row.file_key_id
    retention._removed(image, retention._begin(None), tired=False)
    db.session.commit()
    assert row.file_key_id == fresh
    assert vault().file_key(an.id, fresh)


def test_kill_nine_in_the_middle_and_the_next_worker_ends_it(guest, verified, settings, tmp_path):
    rows = [verified(guest(f"Guest {n}")).id for n in range(60)]
    env = os.environ | KEYS | {
        "GUESTBOOK_MODE": "test", "DATABASE_URL": settings.database_url,
        "KEYSTORE_URL": settings.keystore_url, "GUESTBOOK_HOME": str(tmp_path),
    }  # fmt: skip
    jobs.enqueue(retention.KIND)
    db.session.commit()
    with subprocess.Popen([sys.executable, "-c", WORKER], cwd=ROOT, env=env) as doomed:
        until = time.monotonic() + 60
        while _gone() < 5 and time.monotonic() < until:
            time.sleep(0.01)
        doomed.send_signal(signal.SIGKILL)
        doomed.wait()
    reached = _gone()
    assert 5 <= reached < len(rows), "killed too late to prove anything"
    db.session.execute(update(Job).values(lease_until=now() - timedelta(seconds=1)))
    db.session.commit()
    while job := jobs.claim("second"):
        jobs.run(job)
    last = retention.latest()
    db.session.refresh(last)
    assert (figures(last), last.trouble) == ((60, 60, 0), None)
    assert entries("document.file_ended") == 60, "each is told once"
    assert not any((tmp_path / "files").iterdir())
    assert list(vault().file_key_ids(now() + timedelta(days=1))) == []


WORKER = """
import threading
import time
from app import create_app
from app.core import jobs
app = create_app()
jobs.periodic.clear()
store, remove = app.extensions["store"], app.extensions["store"].remove
store.remove = lambda *names: (remove(*names), time.sleep(0.03))  # as one far away
with app.app_context():
    jobs.work("doomed", threading.Event())
"""


def _gone():
    db.session.rollback()
    return db.session.scalar(
        select(func.count()).where(Document.file_removed_at.is_not(None))
    )  # fmt: skip


def old(store, name: str) -> None:
    past = time.time() - 2 * 86400
    for path in store.folder.glob(f"{name}.*"):
        os.utime(path, (past, past))


def test_strays_older_than_a_day_go_and_young_ones_and_documents_stay(
    an, paper, picture, own_store
):
    row = picture(paper(an), days_ago=3)
    for name in (row.file_name, row.thumbnail_name):
        old(own_store, name)
    own_store.put("a" * 64, [b"cut off"])
    own_store.put("b" * 64, [b"an upload that goes on"])
    (own_store.folder / f"{'c' * 64}.half").write_bytes(b"half")
    own_store.put("00000000000000000000000000000000", [b"in a bucket that others use"])
    for name in ("a" * 64, "c" * 64, "00000000000000000000000000000000"):
        old(own_store, name)
    vault().new_file_key(an.id, new_id())
    vault().new_file_key(an.id, lone := id_of())
    _made_long_ago(lone)
    ran = run()
    assert (ran.strays, ran.lost, ran.trouble) == (3, [], None)
    assert stored(own_store) == {
        "b" * 64, "00000000000000000000000000000000", row.file_name, row.thumbnail_name,
    }  # fmt: skip
    assert len(list(vault().file_key_ids(now() + timedelta(days=1)))) == 2


def _made_long_ago(key_id) -> None:
    from app.core.keystore import file_keys

    with vault().engine.begin() as connection:
        connection.execute(
            update(file_keys).where(file_keys.c.file_id == key_id)
            .values(created_at=now() - timedelta(days=2))
        )  # fmt: skip


def test_so_many_strays_that_it_must_be_the_wrong_database_are_left_alone(app, own_store):
    for n in range(strays.FEW + 1):
        own_store.put(f"{n:064}", [b"somebody else's"])
        old(own_store, f"{n:064}")
    ran = run()
    assert ran.strays == 0
    assert "left alone" in ran.trouble
    assert len(stored(own_store)) == strays.FEW + 1
    assert run(all_strays=True).strays == strays.FEW + 1


def test_what_a_document_has_lost_is_told_and_nothing_is_mended(
    an, paper, picture, own_store, caplog
):
    whole, no_file, no_key = (picture(paper(an), days_ago=3) for _ in range(3))
    for row in (whole, no_file, no_key):
        _made_long_ago(row.file_key_id)
    own_store.remove(no_file.thumbnail_name)
    vault().destroy_file_keys([no_key.file_key_id])
    ran = run()
    assert sorted(ran.lost) == sorted([str(no_file.id), str(no_key.id)])
    assert no_file.file_key_id is not None
    assert "is lost" in caplog.text
    assert sorted(run().lost) == sorted(ran.lost)


def test_papers_expire_by_the_property_s_date_once_and_the_archived_stay(an, paper, own_store):
    yesterday, here = str(today() - timedelta(days=1)), str(today())
    rows = [paper(an, expiry_date=yesterday), paper(an, expiry_date=here)]
    rows += [paper(an, expiry_date=yesterday), paper(an)]
    services.archive(an.id, rows[2].id, True, by=HOUSE)
    for row in rows[:2]:
        row.status = "active"  # as on the days before
    db.session.commit()
    assert list(expiry.mark_expired()) == [1]
    assert [row.status for row in rows] == ["expired", "active", "archived", "active"]
    assert list(expiry.mark_expired()) == []
    rows[0].status = "active"
    assert run().expired == 1
    assert entries("document.expired") == 2


def test_the_command_says_what_would_go_and_then_what_went(app, an, verified, own_store):
    row = verified(an)
    shell = app.test_cli_runner()
    said = shell.invoke(args=["documents", "retain", "--dry-run"]).output
    assert f"{row.id} passport" in said
    assert "1 images would be removed" in said
    assert db.session.get(Document, row.id, populate_existing=True).file_key_id is not None
    done = shell.invoke(args=["documents", "retain"])
    assert (done.exit_code, "1 of 1 images removed" in done.output) == (0, True)
