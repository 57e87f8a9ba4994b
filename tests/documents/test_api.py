"""Section 3.3: the shape, who may, and what is refused."""

from io import BytesIO
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from app.auth import tokens
from app.auth.models import ApiToken
from app.auth.permissions import SCOPES
from app.core.actor import HOUSE
from app.core.audit import AuditEntry
from app.documents import links, services
from app.extensions import db
from tests.documents.pictures import paper_pdf, picture


@pytest.fixture
def clerk(machine):
    return machine(*SCOPES)


def path(guest, row=None, rest=""):
    return f"/api/customers/{guest.id}/documents" + (f"/{row.id}" if row else "") + rest


def test_a_document_is_sent_as_the_specification_sends_it(clerk, an):
    sent = {
        "document_type": "passport", "document_number": "A12345678",
        "issue_date": "2018-06-15", "expiry_date": "2028-06-15",
    }  # fmt: skip
    made = clerk.post(path(an), data=sent, content_type="multipart/form-data")
    assert made.status_code == 201, made.text
    (listed,) = clerk.get(path(an)).json["documents"]
    assert listed == made.json
    told = {name: listed[name] for name in (
        "type", "number", "issue_date", "expiry_date", "status", "is_verified",
    )}  # fmt: skip
    assert told == {
        "type": "passport", "number": "A12345678", "issue_date": "2018-06-15",
        "expiry_date": "2028-06-15", "status": "active", "is_verified": False,
    }  # fmt: skip
    assert "file_url" not in listed


def test_put_changes_what_is_sent_and_delete_removes(clerk, an, paper):
    row = paper(an, document_number="B1234567", issuing_country="VNM")
    changed = clerk.put(path(an, row), json={"expiry_date": "2020-01-01"}).json
    assert (changed["status"], changed["issuing_country"]) == ("expired", "VNM")
    gone = path(an, row)
    assert clerk.delete(gone).status_code == 204
    assert clerk.delete(gone).status_code == 404


def test_a_number_that_cannot_be_decrypted_is_told_and_the_others_are_listed(clerk, an, paper):
    broken, whole = paper(an, document_number="B1234567"), paper(an, document_number="C1234567")
    broken.number_sealed = b"\x01" + b"x" * 40
    db.session.commit()
    listed = {each["id"]: each for each in clerk.get(path(an)).json["documents"]}
    told = [(listed[str(row.id)]["number"], listed[str(row.id)]["number_unreadable"])
            for row in (broken, whole)]  # fmt: skip
    assert told == [(None, True), ("C1234567", False)]
    assert clerk.get(path(an, broken)).json["number_unreadable"] is True
    changed = clerk.put(path(an, broken), json={"document_name": "Damaged"}).json
    assert (changed["number_unreadable"], changed["name"]) == (True, "Damaged")
    assert clerk.put(path(an, broken), json={"document_number": "B7654321"}).status_code == 500


def test_the_second_verification_is_a_conflict_that_names_the_first(clerk, machine, an, paper):
    row = paper(an)
    other = machine("documents.read", "documents.verify")
    verified = other.put(path(an, row, "/verification"), json={"verification_notes": "Seen"}).json
    assert (verified["is_verified"], verified["verified_by"]) == (True, "test machine")
    assert clerk.delete(path(an, row, "/verification")).status_code == 204
    assert clerk.get(path(an, row)).json["is_verified"] is False


@pytest.mark.parametrize(("sent", "field"), [
    ({}, "document_type"), ({"document_type": "ticket"}, "document_type"),
    ({"document_type": "visa", "expiry_date": "soon"}, "expiry_date"),
    ({"document_type": "visa", "expiry_date": ""}, "expiry_date"),
    ({"document_type": "visa", "owner": "me"}, "owner"),
])  # fmt: skip
def test_what_is_wrong_is_named(clerk, an, sent, field):
    answer = clerk.post(path(an), data=sent, content_type="multipart/form-data")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


def test_who_may_only_read_changes_nothing_and_a_writer_is_not_shown(machine, client, an, paper):
    row, reader = paper(an), machine("documents.read")
    assert reader.get(path(an)).status_code == 200
    assert reader.post(path(an), data={}).status_code == 403
    assert reader.put(path(an, row), json={}).status_code == 403
    assert reader.delete(path(an, row)).status_code == 403
    assert reader.put(path(an, row, "/verification"), json={}).status_code == 403
    writer = machine("documents.update", "documents.verify", "guests.read")
    assert writer.get(path(an)).status_code == 403
    assert writer.post(path(an), data={"document_type": "visa"}).status_code == 403
    assert writer.put(path(an, row), json={}).status_code == 403
    client.get(path(an), 401)


def test_the_merged_lead_to_the_survivor_and_the_forged_nowhere(clerk, an, guest, paper):
    double = guest("An again")
    double.status, double.merged_into = "merged", an.id
    db.session.commit()
    row = paper(an)
    assert len(clerk.get(path(double)).json["documents"]) == 1
    clerk.post(path(double), data={"document_type": "visa"}, content_type="multipart/form-data")
    assert len(services.of(an.id)) == 2
    other = guest("Đỗ Đức")
    for call in (clerk.get, clerk.delete):
        assert call(path(other, row)).status_code == 404


def test_sent_again_with_its_key_it_is_made_once(clerk, an):
    sent = {"document_type": "visa", "document_number": "VN123456"}
    key = {"Idempotency-Key": "one"}
    first, again = (
        clerk.post(path(an), data=sent, headers=key, content_type="multipart/form-data")
        for _ in range(2)
    )
    assert first.json == again.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(services.of(an.id)) == 1


def files_of(content, name="a.pdf", **values):
    return {"document_type": "passport", "file": (BytesIO(content), name)} | values


def test_a_file_is_sent_and_its_links_open_it_for_two_minutes(clerk, machine, client, an):
    content = paper_pdf()
    made = clerk.post(path(an), data=files_of(content))
    assert made.status_code == 201, made.text
    told = made.json
    assert (told["file_type"], told["pages"], told["is_encrypted"]) == ("pdf", 2, True)
    assert told["file_url"].startswith("http://127.0.0.1:8000/documents/links/")
    (listed,) = clerk.get(path(an)).json["documents"]
    url, small = (urlsplit(listed[name]).path for name in ("file_url", "thumbnail_url"))
    assert client.get(url).data == content, "the original, for a machine that may have it"
    assert client.get(small).mimetype == "image/jpeg"
    last = db.session.scalar(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1))
    assert (last.actor_name, last.subject_id) == ("test machine", an.id)
    reader = machine("documents.read")
    (seen,) = reader.get(path(an)).json["documents"]
    assert client.get(urlsplit(seen["file_url"]).path).mimetype == "image/jpeg", "watermarked"
    for forged in (url.lower(), "/documents/links/x", url + "%00", url[:-4]):
        client.get(forged, 404)
    revoke()
    client.get(url, 404)


def revoke():
    for token in db.session.scalars(select(ApiToken)):
        tokens.revoke_token(token, by=HOUSE)
    db.session.commit()


def test_a_file_is_brought_later_replaced_and_taken_away(clerk, machine, an, paper, in_store):
    row, large = paper(an, document_number="B1234567"), picture(size=(1500, 1200))
    where, names = path(an, row, "/file"), set()
    for content in (large, paper_pdf()):
        changed = clerk.put(where, data={"file": (BytesIO(content), "a")})
        assert changed.status_code == 200, changed.text
        names |= in_store()[0]
    assert (changed.json["file_type"], changed.json["number"]) == ("pdf", "B1234567")
    assert len(names) == 4
    assert clerk.put(where, data={}, content_type="multipart/form-data").status_code == 422
    assert clerk.delete(where).status_code == 204
    assert "file_url" not in clerk.get(path(an, row)).json
    reader, other = machine("documents.read"), path(an, row).replace(str(an.id), str(row.id))
    assert reader.put(where, data={"file": (BytesIO(large), "a")}).status_code in (403, 413)
    assert reader.delete(where).status_code == 403
    assert clerk.put(f"{other}/file", data={"file": (BytesIO(large), "a")}).status_code == 404


def test_a_link_ends_after_two_minutes_and_is_for_nobody_else(
    clerk, as_role, client, an, monkeypatch
):
    clerk.post(path(an), data=files_of(picture(), "a.jpg"))
    desk, manager = as_role("front_desk"), as_role("manager")
    url = urlsplit(desk.get(path(an)).json["documents"][0]["file_url"]).path
    assert desk.get(url).mimetype == "image/jpeg"
    for other in (manager, client):
        other.get(url, 404)
    monkeypatch.setattr(links, "SECONDS", -1)
    desk.get(url, 404)


@pytest.mark.parametrize(("content", "field"), [
    (b"", "file"), (b"PK\3\4zip", "file"), (b"<svg/>", "file"), (picture()[:300], "file"),
])  # fmt: skip
def test_a_file_that_is_not_taken_is_named(clerk, an, in_store, content, field):
    before = in_store()
    answer = clerk.post(path(an), data=files_of(content))
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field), answer.text
    assert clerk.post(path(an), data={"document_type": "visa", "file": "text"},
                      content_type="multipart/form-data").status_code == 422  # fmt: skip
    assert services.of(an.id) == []
    assert in_store() == before


def test_a_file_sent_again_with_its_key_is_stored_once(clerk, an, in_store):
    names, _keys = in_store()
    key = {"Idempotency-Key": "two"}
    one = picture()
    first, again = (clerk.post(path(an), data=files_of(one), headers=key) for _ in range(2))
    assert first.json == again.json
    other = clerk.post(path(an), data=files_of(picture()), headers=key)
    assert other.status_code == 422
    assert len(in_store()[0] - names) == 2
