"""The stages of an import, over the real guest target and both engines."""

import io
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from app.core import jobs
from app.core.actor import HOUSE
from app.core.audit import AuditEntry
from app.core.clock import now
from app.core.crypto import vault
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound, Unreadable
from app.core.jobs import Job, LeaseLost
from app.customers.models import Customer
from app.extensions import db
from app.imports import report, saved, services, stages, storage, work
from app.imports.models import ImportBatch, ImportProblem
from app.imports.stages import CHECK, RESUME, RUN, UNDO
from tests.importing import garbled

FILE = "guest_id,full_name,email\n1,Nguyễn Thị Ánh Tuyết,tuyet@mail.vn\n2,Đỗ Đức,wrong\n3,,x@y.vn\n"


def guests() -> int:
    return db.session.scalar(select(func.count()).select_from(Customer)) or 0


def test_a_dry_run_says_what_would_happen_and_writes_no_guest(bring, stage):
    batch = stage(bring(FILE), CHECK)
    assert batch.state == "checked"
    assert batch.checked == {"new": 2, "refused": 1, "read": 3, "warned": 1}
    assert [(p.row, p.kind, p.field) for p in services.problems(batch)] == [
        (3, "left_out", "email"), (4, "refused", "full_name"),
    ]  # fmt: skip
    assert guests() == 0


def test_the_import_does_what_the_dry_run_said(bring, stage):
    batch_id = bring(garbled(1300))
    checked = dict(stage(batch_id, CHECK).checked)
    batch = stage(batch_id, RUN)
    assert batch.state == "done"
    assert batch.counts == checked
    assert guests() == checked["new"]
    assert batch.finished_at is not None


def test_a_thousand_rows_take_few_statements(bring, stage, count_statements):
    batch_id = bring(garbled(1000))
    stage(batch_id, CHECK)
    with count_statements() as said:
        stage(batch_id, RUN)
    assert len(said) < 130


def test_only_those_who_may_import_can(actor_of, bring):
    with pytest.raises(NotAllowed):
        bring(FILE, by=actor_of("front_desk"))
    batch = services.get(bring(FILE))
    for refused in (
        lambda by: services.plan(batch, batch.mapping, batch.options, by=by),
        lambda by: stages.begin(batch, CHECK, by=by),
        lambda by: stages.stop(batch, by=by),
        lambda by: services.discard(batch, by=by),
    ):
        with pytest.raises(NotAllowed):
            refused(actor_of("marketing"))


def test_fields_beyond_ones_rights_are_not_offered_and_not_taken(actor_of, bring):
    administrator = actor_of("administrator")
    content = "full_name,passport no\nAn,B123\n"
    batch = services.get(bring(content, by=administrator))
    assert batch.mapping == {"0": "full_name"}
    with pytest.raises(Invalid):
        services.plan(batch, {"0": "full_name", "1": "passport_number"}, batch.options,
                      by=administrator)  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"0": "full_name", "1": "full_name"}, "column-0"),
        ({"0": "status"}, "column-0"),
        ({"x": "full_name"}, "column-x"),
        ({"1": "email"}, ""),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_at_its_column(bring, columns, field):
    batch = services.get(bring(FILE))
    with pytest.raises(Invalid) as refusal:
        services.plan(batch, columns, batch.options, by=HOUSE)
    assert field in refusal.value.errors


def test_the_file_lies_sealed_readable_by_its_owner_alone_and_goes_with_its_key(bring, app):
    batch = services.get(bring(FILE))
    (place,) = [p for p in storage.folder().iterdir() if batch.id.hex in p.name]
    assert place.stat().st_mode & 0o777 == 0o600
    assert b"tuyet" not in place.read_bytes()
    assert storage.open_file(batch.id, batch.size).read().decode() == FILE
    place.write_bytes(place.read_bytes()[:-1] + b"\0")
    with pytest.raises(Unreadable):
        storage.open_file(batch.id, batch.size).read()
    storage.remove(batch.id)
    assert not place.exists()
    with pytest.raises(Unreadable):
        vault().key(batch.id)


def test_large_sealed_files_are_read_at_any_place(app):
    batch_id, content = uuid.uuid4(), bytes(range(256)) * 1000
    assert storage.save(batch_id, io.BytesIO(content)) == len(content)
    with storage.open_file(batch_id, len(content)) as file:
        assert file.read() == content
        for place in (0, 65_535, 65_536, 131_000, len(content) - 3):
            file.seek(place)
            assert file.read(7) == content[place : place + 7]
    storage.remove(batch_id)


def test_stopping_keeps_whole_rows_and_resuming_loses_and_doubles_none(bring, stage, done):
    batch_id = bring(garbled(1700))
    total = stage(batch_id, CHECK).checked["new"]
    stages.begin(services.get(batch_id), RUN, by=HOUSE)
    stages.stop(services.get(batch_id), by=HOUSE)
    db.session.commit()
    done()
    batch = services.get(batch_id)
    assert (batch.state, batch.position, guests()) == ("stopped", 501, batch.counts["new"])
    batch = stage(batch_id, RESUME)
    assert batch.state == "done"
    assert guests() == total == batch.counts["new"]
    numbers = db.session.scalars(select(Customer.external_id)).all()
    assert len(set(numbers)) == len(numbers)


def test_a_worker_that_lost_its_lease_writes_nothing(bring, stage, monkeypatch):
    batch_id = bring(garbled(600))
    stage(batch_id, CHECK)
    stages.begin(services.get(batch_id), RUN, by=HOUSE)
    db.session.commit()
    first = jobs.claim("slow")
    assert first is not None
    db.session.execute(update(Job).values(lease_until=now() - timedelta(seconds=1)))
    db.session.commit()
    second = jobs.claim("quick")
    assert second is not None
    with pytest.raises(LeaseLost):
        work.run(first)
    db.session.rollback()
    assert guests() == 0
    jobs.run(second)
    assert guests() == services.get(batch_id).counts["new"]


def test_a_dead_job_leaves_a_stopped_import(bring, stage):
    batch_id = bring(FILE)
    stage(batch_id, CHECK)
    job = stages.begin(services.get(batch_id), RUN, by=HOUSE)
    job.state = "dead"
    db.session.commit()
    batch = services.get(batch_id)
    assert batch.state == "stopped"
    assert batch.fault
    assert stage(batch_id, RESUME).state == "done"
    assert guests() == 2


def test_two_touches_start_one_job(bring, stage):
    batch_id = bring(FILE)
    stage(batch_id, CHECK)
    batch = services.get(batch_id)
    stages.begin(batch, RUN, by=HOUSE)
    with pytest.raises(Conflict):
        stages.begin(batch, RUN, by=HOUSE)


def test_a_second_import_waits_for_the_first(bring, stage):
    first, second = bring(FILE), bring(FILE, source_system="mews")
    stage(first, CHECK)
    stage(second, CHECK)
    stages.begin(services.get(first), RUN, by=HOUSE)
    with pytest.raises(Conflict, match=r"g\.csv"):
        stages.begin(services.get(second), RUN, by=HOUSE)


def test_a_file_that_is_gone_ends_in_words_not_in_a_loop(bring, stage):
    batch_id = bring(FILE)
    stage(batch_id, CHECK)
    (place,) = [p for p in storage.folder().iterdir() if batch_id.hex in p.name]
    place.unlink()
    batch = stage(batch_id, RUN)
    assert batch.state in ("stopped", "running")
    assert guests() == 0


def test_undo_takes_everything_back(imported, stage):
    batch = imported(garbled(700))
    ids = db.session.scalars(select(Customer.id)).all()
    batch = stage(batch.id, UNDO)
    assert (batch.state, guests()) == ("undone", 0)
    assert batch.counts["undone"] == len(ids)
    trail = select(func.count()).where(AuditEntry.action == "customer.import_undone")
    assert db.session.scalar(trail) == len(ids)
    services.discard(services.get(batch.id), by=HOUSE)


def test_only_what_left_nothing_behind_can_be_discarded(imported):
    batch = imported(FILE)
    with pytest.raises(Conflict):
        services.discard(services.get(batch.id), by=HOUSE)


def test_a_template_comes_back_by_the_titles_of_the_columns(bring, app):
    batch = services.get(bring(FILE, existing="update"))
    services.plan(batch, {"1": "display_name", "0": "external_id", "2": "full_name"},
                  batch.options, by=HOUSE)  # fmt: skip
    saved.keep_template(batch, " Old  system ", services.look(batch), by=HOUSE)
    db.session.commit()
    other = "email,GUEST ID,Full_Name\na@b.vn,9,An\n"
    again = services.receive("guests", "b.csv", io.BytesIO(other.encode()), by=HOUSE, language="en")
    assert again.mapping == {"0": "full_name", "1": "external_id", "2": "display_name"}
    assert again.options["existing"] == "update"
    assert again.options["template"] == "Old system"
    saved.drop_template(saved.template_of("guests", "Old system").id, by=HOUSE)
    with pytest.raises(NotFound):
        saved.template_of("guests", "Old system")


def test_reading_otherwise_guesses_the_columns_anew(bring):
    batch = services.get(bring("full_name|city\nAn|Huế\n"))
    services.reshape(batch, {"delimiter": ","}, by=HOUSE)
    assert [c.title for c in services.look(batch).columns] == ["full_name|city"]
    services.reshape(batch, {"delimiter": "|", "header": False}, by=HOUSE)
    assert [c.title for c in services.look(batch).columns] == ["Column A", "Column B"]


def test_a_file_without_titles_is_imported_from_its_first_row(bring, stage):
    batch = services.get(bring("full_name\nĐỗ Đức\n"))
    services.reshape(batch, {"header": False}, by=HOUSE)
    services.plan(batch, {"0": "full_name"}, batch.options, by=HOUSE)
    db.session.commit()
    assert stage(batch.id, CHECK).checked["new"] == 2


def test_the_report_has_the_rows_as_they_stood_with_reasons_and_no_formula(imported):
    content = "guest_id,full_name,email\n1,An,=cmd|calc\n2,,x@y.vn\n3,Bình,b@c.vn\n"
    batch = imported(content)
    said = "".join(report.lines(batch, None)).splitlines()
    assert said[0].lstrip("\ufeff") == "Row,Reasons,guest_id,full_name,email"
    assert said[1].startswith("2,Left out: E-mail: ")
    assert said[1].endswith(",1,An,'=cmd|calc")
    assert said[2].startswith("3,Refused: Full name: ")
    assert len(said) == 3
    assert len("".join(report.lines(batch, "refused")).splitlines()) == 2


def test_the_report_outlives_the_file_without_its_values(imported):
    batch = imported(FILE)
    storage.remove(batch.id)
    said = "".join(report.lines(batch, None))
    assert "4,Refused" in said
    assert "x@y.vn" not in said


def test_no_remark_holds_a_value_of_the_file(imported):
    imported(garbled(400))
    said = " ".join(db.session.scalars(select(ImportProblem.sentence)))
    assert "@mail" not in said.replace("name@example.com", "")
    assert "Atlantis" not in said


def test_files_go_some_days_after_the_end_and_unused_ones_later(imported, bring, done):
    ended, idle, young = imported(FILE).id, bring(FILE), bring(FILE)
    long_ago = now() - timedelta(days=31)
    old = update(ImportBatch).where(ImportBatch.id.in_([ended, idle]))
    db.session.execute(old.values(created_at=long_ago, finished_at=long_ago))
    db.session.commit()
    jobs.enqueue("imports.sweep")
    db.session.commit()
    done()
    db.session.expire_all()
    assert services.get(ended).stored is False
    with pytest.raises(NotFound):
        services.get(idle)
    kept = {p.stem for p in storage.folder().glob("*.sealed")}
    assert young.hex in kept
    assert not {ended.hex, idle.hex} & kept


def test_ragged_and_torn_rows_are_refused_by_number(imported):
    batch = imported('guest_id,full_name\n1,An\n2,Bình,extra\n3,"Chi\n4,Dung\n')
    assert [(p.row, p.kind) for p in services.problems(batch)] == [(3, "refused"), (4, "refused")]
    assert batch.counts["new"] == 2


def test_audit_says_who_imported_what(imported, actor_of):
    batch = imported(FILE, by=actor_of("manager"))
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    actions = [entry.action for entry in entries if entry.subject_type in ("import", "customer")]
    assert actions == [
        "import.received", "import.check_started", "import.checked", "import.run_started",
        "customer.imported", "customer.imported", "import.finished",
    ]  # fmt: skip
    assert {e.actor_name for e in entries if e.subject_id == batch.id} == {"Manager"}


def test_a_damaged_workbook_in_the_middle_stops_with_a_sentence(bring, stage, monkeypatch):
    def broken(*_args):
        yield from ()
        raise Invalid({"file": "This file is damaged."})

    batch_id = bring(FILE)
    monkeypatch.setattr(work, "read", broken)
    batch = stage(batch_id, CHECK)
    assert (batch.state, batch.fault) == ("mapping", "This file is damaged.")


def test_the_time_left_follows_the_pace(bring):
    batch = services.get(bring(FILE))
    batch.state, batch.total, batch.counts = "running", 1000, {"read": 250}
    batch.since = {"at": (now() - timedelta(seconds=50)).isoformat(), "done": 0}
    assert 145 <= (stages.seconds_left(batch) or 0) <= 155
    db.session.execute(delete(ImportBatch))
