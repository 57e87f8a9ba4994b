"""Taking the list away: what a file holds, who may have it, and when it is gone."""

import csv
import io
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import Table, select

from app.auth.models import StaffSession, User
from app.core import audit, jobs
from app.core.actor import HOUSE, Actor
from app.core.audit import AuditEntry
from app.core.clock import now
from app.core.datamap import fact_of
from app.core.errors import NotAllowed, NotFound
from app.customers.exports import Export, rows, services
from app.customers.exports import work as working
from app.customers.exports.columns import INNER, LISTED, columns_for, label
from app.customers.exports.rows import batches, snapshot
from app.customers.listing import ListInput, asked
from app.customers.models import Customer
from app.extensions import db
from tests.customers.test_listing import codes, fill, page_of
from tests.page import Page, PageClient

Guest = Callable[..., Customer]
NAMES = ("Nguyễn Thị Ánh Tuyết", "Đỗ Đức", "王小明", "김민준", "O'Brien-Łukasz", "محمد", "=1+1")
SECRETS = ("id_number", "secondary_id_number", "tax_id", "medical_notes")


@pytest.fixture
def in_background(app: Flask) -> Any:
    """Every export is a long one."""
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, export_direct_rows=0)
    yield
    app.extensions["settings"] = settings


@pytest.fixture(autouse=True)
def no_files(app: Flask) -> Iterator[None]:
    """Begin and end with an empty folder."""
    yield
    for path in services.folder().iterdir():
        path.unlink()


def read(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def download(browser: PageClient, kind: str = "csv", query: str = "", **more: str) -> bytes:
    sent = {"format": kind, "csrf_token": browser.csrf_token()} | more
    answer = browser.client.post(f"/customers/exports{query}", data=sent, buffered=True)
    assert answer.status_code == 200
    return bytes(answer.data)


def work() -> None:
    jobs.work("tester", threading.Event(), until_idle=True)


def entries(action: str) -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_a_short_list_comes_at_once(may: PageClient, guest: Guest) -> None:
    for name in NAMES:
        guest(name, phone="0912345678", email="a@example.com")
    answer = may.post("/customers/exports", {"format": "csv"}, 200, buffered=True)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(
        r"attachment; filename=guests-\d{4}-\d\d-\d\d\.csv", answer.headers["Content-Disposition"]
    )
    rows = read(answer.data)
    assert {row["Full name"] for row in rows} == {*NAMES[:-1], "'=1+1"}
    assert {row["Phone"] for row in rows} == {"'+84912345678"}


def test_excel_gets_texts_numbers_and_days(may: PageClient, guest: Guest) -> None:
    for name in NAMES:
        guest(name, phone="0912345678")
    book = openpyxl.load_workbook(io.BytesIO(download(may, "xlsx")))
    head, *rows = book[book.sheetnames[0]].iter_rows(values_only=True)
    named = [dict(zip(head, row, strict=True)) for row in rows]
    assert {row["Full name"] for row in named} == {*NAMES[:-1], "'=1+1"}
    assert {row["Phone"] for row in named} == {"+84912345678"}
    assert {row["Spent"] for row in named} == {0}


def test_a_file_holds_exactly_the_list_in_its_order(may: PageClient, app: Flask) -> None:
    fill()
    query = "?has_stayed=true&sort_by=full_name&order=desc"
    rows = read(download(may, query=query))
    listed = codes(page_of(has_stayed=True, sort_by="full_name", order="desc", limit=100))
    assert [row["Code"] for row in rows] == listed


@pytest.mark.parametrize("cap", [7, 10_000])
@pytest.mark.parametrize(
    "said", [{}, {"sort_by": "last_stay_date", "order": "asc"}, {"search": "nguyen"},
             {"tags": "vip"}, {"search": "an", "sort_by": "total_spent"}],
)  # fmt: skip
def test_a_stream_leaves_nobody_out(
    app: Flask, monkeypatch: pytest.MonkeyPatch, said: dict[str, str], cap: int
) -> None:
    fill()
    whole = codes(page_of(**said, limit=100))
    monkeypatch.setattr(asked, "CAP", cap)
    with snapshot() as connection:
        parts = list(batches(connection, ListInput.read(said), ["customer_code"]))
    found = [row[0] for part in parts for row in part]
    assert sorted(map(str, found)) == sorted(whole)
    if "sort_by" in said or not said:
        assert found == whole


def test_no_sensitive_column_leaves_for_anybody(app: Flask) -> None:
    columns = cast(Table, Customer.__table__).columns
    for name in columns_for(HOUSE, "all"):
        fact = fact_of(columns[name]) if name in columns else None
        assert fact is None or not fact.sensitive
    assert not set(SECRETS) & set(columns_for(HOUSE, "all"))


def test_each_column_is_exported_or_left_out_for_a_reason(app: Flask) -> None:
    everything = set(columns_for(HOUSE, "all"))
    for column in cast(Table, Customer.__table__).columns:
        fact = fact_of(column)
        assert fact
        reason = column.key in INNER or fact.sensitive or fact.about != "guest"
        assert (column.key in everything) is not reason or column.key == "created_at"


def test_every_head_is_a_word(app: Flask) -> None:
    assert {name for name in columns_for(HOUSE, "all") if "_" in label(name)} == set()
    assert len({label(name) for name in LISTED}) == len(LISTED)


def test_the_rights_of_a_role_choose_the_columns(actor_of: Callable[[str], Actor]) -> None:
    marketing, manager = actor_of("marketing"), actor_of("manager")
    assert "credit_limit" in columns_for(manager, "all")
    hidden = {"credit_limit", "internal_notes", "warning_notes"}
    assert not hidden & {*columns_for(marketing, "all")}


@pytest.mark.parametrize("role", ["front_desk", "guest_relations", "administrator"])
def test_who_may_not_export_is_refused(
    as_role: Callable[..., PageClient], actor_of: Callable[[str], Actor], role: str
) -> None:
    browser = as_role(role)
    browser.get("/customers/exports/new", 403)
    browser.post("/customers/exports", {"format": "csv"}, 403)
    with pytest.raises(NotAllowed):
        services.prepare({}, {"format": "csv"}, by=actor_of(role))
    assert not entries("guests.exported")


def test_a_stranger_gets_nothing(may_not: PageClient) -> None:
    may_not.get("/customers/exports/new", 303)
    assert may_not.post("/customers/exports", {"format": "csv"}, 401).status_code == 401


def test_an_old_sign_in_must_be_proven_again(may: PageClient, guest: Guest) -> None:
    guest("Đỗ Đức")
    for session in db.session.scalars(select(StaffSession)):
        session.proven_at = now() - timedelta(hours=1)
    db.session.commit()
    assert may.get("/customers/exports/new", 303).location.startswith("/confirm")


def test_an_export_is_on_record_before_it_leaves(
    may: PageClient, guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest("Đỗ Đức")
    download(may, query="?search=duc")
    entry = entries("guests.exported")[0]
    said = audit.payloads([entry])[entry.id]
    assert said
    assert (said["rows"], said["filters"]) == (1, {"search": "duc"})
    assert "full_name" in said["columns"]

    def broken(*_args: Any, **_more: Any) -> None:
        raise OSError("the log is full")

    monkeypatch.setattr(audit, "record", broken)
    may.post("/customers/exports", {"format": "csv"}, 500)


@pytest.mark.parametrize(
    ("data", "query"),
    [({}, ""), ({"format": "pdf"}, ""), ({"format": "csv", "scope": "x"}, ""),
     ({"format": "csv"}, "?vip_status=x"), ({"format": "csv"}, "?nope=1")],
)  # fmt: skip
def test_a_wrong_wish_is_answered_in_words(
    may: PageClient, guest: Guest, data: dict[str, str], query: str
) -> None:
    guest("Đỗ Đức")
    answer = may.post(f"/customers/exports{query}", data, 422)
    assert "This cannot be exported." in answer.text
    assert not entries("guests.exported")


def start(browser: PageClient, kind: str = "csv") -> uuid.UUID:
    where = browser.post("/customers/exports", {"format": kind}, 303).location
    return uuid.UUID(where.rsplit("/", 1)[1])


def kept(export: uuid.UUID) -> Export:
    found = db.session.get(Export, export, populate_existing=True)
    assert found
    return found


@pytest.mark.usefixtures("in_background")
def test_a_long_list_is_made_in_the_background(may: PageClient, app: Flask) -> None:
    fill()
    listed = codes(page_of(limit=100))
    export = start(may)
    here = f"/customers/exports/{export}"
    waiting = may.fragment(here).text
    assert "every 2s" in waiting
    assert "Writing the file" in waiting
    may.get(f"{here}/file", 404)
    work()
    ready = may.get(here).text
    assert "every 2s" not in ready
    assert "The file is ready." in ready
    rows = read(may.get(f"{here}/file", buffered=True).data)
    assert [row["Code"] for row in rows] == listed
    path = services.folder() / str(kept(export).file)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [len(entries(f"guests.export{end}")) for end in ("_requested", "_finished", "ed")] == [
        1, 1, 1,
    ]  # fmt: skip


@pytest.mark.usefixtures("in_background")
def test_only_its_maker_fetches_a_file(
    may: PageClient, as_role: Callable[..., PageClient], app: Flask
) -> None:
    fill(5)
    export = start(may)
    work()
    other = as_role("manager", "other")
    for path in ("", "/file"):
        other.get(f"/customers/exports/{export}{path}", 404)
    other.post(f"/customers/exports/{export}/cancellation", {}, 404)
    may.get(f"/customers/exports/{export}/file", buffered=True)


@pytest.mark.usefixtures("in_background")
def test_a_cancelled_export_leaves_no_file(may: PageClient, app: Flask) -> None:
    fill(5)
    first, second = start(may), start(may, "xlsx")
    may.post(f"/customers/exports/{first}/cancellation")
    work()
    may.post(f"/customers/exports/{second}/cancellation")
    for export in (first, second):
        assert "Cancelled." in may.get(f"/customers/exports/{export}").text
        may.get(f"/customers/exports/{export}/file", 404)
    assert not list(services.folder().iterdir())


@pytest.mark.usefixtures("in_background")
def test_cancelling_stops_the_writing(
    may: PageClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(60)
    monkeypatch.setattr(rows, "SIZE", 5)
    monkeypatch.setattr(working, "TELL_EVERY", 0)
    export = start(may)
    told: list[int] = []
    tell = working._tell

    def cancel_soon(job: Any, done: int, export_id: Any) -> None:
        told.append(done)
        if done == 10:
            found = db.session.get(Export, export_id)
            assert found
            services.cancel(found, by=HOUSE)
            db.session.commit()
        tell(job, done, export_id)

    monkeypatch.setattr(working, "_tell", cancel_soon)
    work()
    assert told == [5, 10]
    assert "Cancelled." in may.get(f"/customers/exports/{export}").text
    assert not list(services.folder().iterdir())


@pytest.mark.usefixtures("in_background")
def test_who_lost_the_right_meanwhile_gets_no_file(may: PageClient, app: Flask) -> None:
    fill(5)
    export = start(may)
    user = db.session.get(User, kept(export).made_by)
    assert user
    user.role = "front_desk"
    db.session.commit()
    work()
    job = db.session.get(jobs.Job, kept(export).job_id)
    assert job
    assert job.state == "dead"
    assert not list(services.folder().iterdir())


@pytest.mark.usefixtures("in_background")
def test_after_three_days_everything_is_gone(may: PageClient, app: Flask) -> None:
    fill(5)
    export = start(may)
    work()
    kept(export).expires_at = now() - timedelta(seconds=1)
    db.session.commit()
    may.get(f"/customers/exports/{export}/file", 404)
    assert services.sweep() == 1
    db.session.commit()
    assert db.session.get(Export, export) is None
    assert not list(services.folder().iterdir())


def test_an_export_of_nobody_else_is_found_by_its_maker(
    app: Flask, actor_of: Callable[[str], Actor]
) -> None:
    with pytest.raises(NotFound):
        services.mine(uuid.uuid4(), by=actor_of("manager"))


def test_the_form_says_what_the_file_will_hold(may: PageClient, guest: Guest) -> None:
    guest("Đỗ Đức")
    page = Page(may.get("/customers/exports/new?search=duc").text)
    assert "Export 1 guests" in page.text
    assert "never exported" in page.text
