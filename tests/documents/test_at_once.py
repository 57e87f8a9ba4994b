"""Two at the same moment, and others who go on working while somebody's upload takes its time."""

import threading
from io import BytesIO

import pytest

from app.core.actor import HOUSE
from app.core.database import writing
from app.core.storage import LocalStore, store
from app.core.types import new_id
from app.documents import services
from app.extensions import db
from tests.documents.pictures import picture


def tab(guest, row=None, rest=""):
    return f"/customers/{guest.id}/documents" + (f"/{row.id}" if row else "") + rest


def at_once(calls):
    """The sorted status codes of calls that begin at the same moment."""
    db.session.commit()
    start, codes = threading.Barrier(len(calls)), []

    def one(browser, token, path, form):
        start.wait(10)
        codes.append(browser.client.post(path, data=form | {"csrf_token": token}).status_code)

    threads = [threading.Thread(target=one, args=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    return sorted(codes)


@pytest.fixture
def desks(as_role):
    """Two people at work, each with a token for forms."""
    return [(browser, browser.csrf_token()) for browser in map(as_role, ("front_desk", "manager"))]


def test_of_two_verifications_one_counts_and_the_other_is_told(desks, an, paper):
    row = paper(an)
    sent = {"version": str(row.version), "verification_notes": "Seen"}
    path = tab(an, row, "/verifications")
    assert at_once([(*desk, path, sent) for desk in desks]) == [303, 409]
    db.session.expire_all()
    assert services.find(an.id, row.id).is_verified


def test_the_same_upload_twice_at_once_is_one_document_with_one_file(desks, an, in_store):
    content, once = picture(), str(new_id())
    calls = [
        (*desk, tab(an), {"form_id": once, "document_type": "visa",
                          "file": (BytesIO(content), "a.jpg")})
        for desk in desks
    ]  # fmt: skip
    assert at_once(calls) == [303, 303]
    (row,) = services.of(an.id)
    assert in_store() == ({row.file_name, row.thumbnail_name}, {row.file_key_id})


def test_while_the_store_is_slow_others_write(desks, an, paper, monkeypatch):
    row, (browser, token) = paper(an), desks[0]
    reached, go = threading.Event(), threading.Event()
    real = LocalStore.put

    def slow(self, name, pieces):
        reached.set()
        assert go.wait(20)
        real(self, name, pieces)

    monkeypatch.setattr(LocalStore, "put", slow)
    form = {"form_id": str(new_id()), "document_type": "visa", "csrf_token": token,
            "file": (BytesIO(picture()), "a.jpg")}  # fmt: skip
    codes, path = [], tab(an)
    thread = threading.Thread(
        target=lambda: codes.append(browser.client.post(path, data=form).status_code)
    )
    db.session.commit()
    thread.start()
    assert reached.wait(20)
    services.archive(an.id, row.id, True, by=HOUSE)
    db.session.commit()
    go.set()
    thread.join()
    assert codes == [303]


class Trickle(BytesIO):
    """A body whose sender is slow: at each piece somebody else writes."""

    asked = 0

    def readinto(self, buffer, /):
        self.asked += 1
        with writing(), db.engine.connect() as connection:
            connection.exec_driver_sql("UPDATE users SET name = name")
            connection.rollback()
        return super().readinto(buffer)


@pytest.mark.sqlite_only
def test_while_a_sender_is_slow_others_write(may, an):
    mark = "----------x"
    fields = {"form_id": str(new_id()), "document_type": "visa", "csrf_token": may.csrf_token()}
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode()
             for n, v in fields.items()]  # fmt: skip
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    body = b"".join(parts) + head.encode() + picture(size=(1200, 900)) + f"\r\n--{mark}--".encode()
    sent = Trickle(body)
    answer = may.client.post(
        tab(an), input_stream=sent, content_length=len(body),
        content_type=f"multipart/form-data; boundary={mark}",
    )  # fmt: skip
    assert answer.status_code == 303
    assert sent.asked > 3
    assert store().read(services.of(an.id)[0].file_name, 0, 1)
