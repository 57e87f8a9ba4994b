"""Section 3.3: the shape, who may, and what is refused."""

import pytest

from app.auth.permissions import SCOPES
from app.documents import services
from app.extensions import db


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
