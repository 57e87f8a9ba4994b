"""Temporary files: what is written is read again, and no disk ever holds it as it was."""

import io
import os
import resource
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask, request_started
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, stream_encode_multipart

from app.core.errors import StoreDown, StoreFull
from app.core.sealed_files import CHUNK
from app.core.spool import spool
from app.extensions import db
from app.imports.models import ImportBatch
from tests.page import PageClient

CANARY = b"Canary-Nguyen-B7654321"
SIZES = st.lists(st.sampled_from([0, 1, 7, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK]), max_size=6)


@settings(max_examples=40, deadline=None)
@given(SIZES, st.lists(st.tuples(st.floats(0, 1), st.integers(0, 2 * CHUNK)), max_size=8))
def test_a_spool_is_read_as_it_was_written(sizes, places):
    plain = io.BytesIO()
    with spool(Path(tempfile.gettempdir())) as file:
        for number, size in enumerate(sizes):
            piece = os.urandom(1) * size
            assert file.write(piece) == plain.write(piece), number
        whole = plain.getvalue()
        assert file.tell() == len(whole)
        assert file.seek(0) == 0
        assert file.read() == whole
        for share, length in places:
            place = int(share * len(whole))
            file.seek(place)
            assert file.read(length) == whole[place : place + length]
        file.seek(0, os.SEEK_END)
        assert file.read() == b""


def test_a_spool_cannot_be_changed_behind_its_end(tmp_path):
    with spool(tmp_path) as file:
        file.write(b"x" * 3 * CHUNK)
        file.seek(0)
        file.write(b"y")
        with pytest.raises(io.UnsupportedOperation):
            file.flush()
        with pytest.raises(io.UnsupportedOperation):
            file.close()


def upload(browser: PageClient, content: bytes) -> Callable[[], TestResponse]:
    """Sends an import when it is called; the test client itself would write it to the disk."""
    form = {"csrf_token": browser.csrf_token(), "file": FileStorage(io.BytesIO(content), "g.csv")}
    body, length, boundary = stream_encode_multipart(form, use_tempfile=False)
    kind = f"multipart/form-data; boundary={boundary}"
    return lambda: browser.client.post(
        "/imports", input_stream=body, content_length=length, content_type=kind
    )


def held_on_disk(folder: Path) -> list[bytes]:
    """What this process holds open in a folder, with or without a name, as it lies there."""
    found = []
    for each in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            if str(each.readlink()).startswith(str(folder)):
                found.append(each.read_bytes())
    return found


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="asks Linux what is open")
def test_an_upload_never_lies_plain_on_a_disk(settings, may, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spilled: list[bytes] = []

    def look(*_of_the_flush: object) -> None:
        spilled.extend(held_on_disk(settings.home / "tmp") + held_on_disk(tmp_path))

    rows = b"".join(b"%d,%s An,\n" % (n, CANARY) for n in range(70_000))
    content = b"guest_id,full_name,email\n" + rows
    assert len(content) > 2_000_000
    send = upload(may, content)
    event.listen(db.session, "before_flush", look)
    try:
        assert send().status_code == 303
    finally:
        event.remove(db.session, "before_flush", look)
    assert max(map(len, spilled)) > 1_900_000, "nothing was spilled, so nothing was proved"
    left = [p.read_bytes() for top in (settings.home, tmp_path) for p in top.rglob("*")
            if p.is_file()]  # fmt: skip
    assert not [body for body in spilled + left if CANARY in body]
    assert not [p for p in (settings.home / "tmp").iterdir() if p.suffix != ".lock"]


def test_an_upload_that_finds_no_room_is_refused_in_words_and_leaves_nothing(
    application: Flask, settings, may
):
    content = b"guest_id,full_name\n" + b"1,An Nguyen\n" * 750_000
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(_sender: Flask, **_more: object) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8_000_000, usual[1]))

    send = upload(may, content)
    try:
        with request_started.connected_to(fill, application):
            answer = send()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert answer.status_code == 507
    assert "There is no room for this file" in answer.get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(ImportBatch)) == 0
    assert not [p for p in (settings.home / "tmp").iterdir() if p.suffix != ".lock"]


def test_a_store_that_is_away_or_full_is_told_to_people_and_machines(app: Flask):
    for path, kind in [("/customers", "text/html"), ("/api/customers", "application/problem+json")]:
        with app.test_request_context(path):
            for error, status in [(StoreDown("x"), 503), (StoreFull("x"), 507)]:
                answer = app.make_response(app.handle_user_exception(error))
                assert (answer.status_code, answer.mimetype) == (status, kind)
                assert ("Retry-After" in answer.headers) == (status == 503)
