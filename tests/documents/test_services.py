"""Documents as records: added once, changed by field, verified by one, found by their number."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.core.actor import HOUSE
from app.core.clock import today
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound, Stale, Unreadable
from app.core.types import new_id
from app.customers import services as guests
from app.documents import services, trail
from app.documents.inputs import ChangedDocument, DocumentInput
from app.documents.models import Document
from app.extensions import db


def changed(row, by=HOUSE, version=None, **values):
    read = ChangedDocument.read(values)
    return services.change(row.customer_id, row.id, read, by=by, version=version)


def test_a_number_is_sealed_and_finds_its_guest(an, guest, paper, actor_of):
    row = paper(an, document_number="b 123-4567")
    stored = db.session.scalar(select(Document.number_sealed))
    assert b"1234567" not in stored
    assert row.document_number == "b 123-4567"
    desk = actor_of("front_desk")
    assert guests.find_by_paper("B1234567", by=desk) == [an]
    changed(row, document_number="C7654321")
    assert guests.find_by_paper("B1234567", by=desk) == []
    assert guests.find_by_paper("c7654321", by=desk) == [an]


def test_a_damaged_number_is_an_error_and_never_none(an, paper):
    row = paper(an, document_number="B1234567")
    db.session.execute(update(Document).values(number_sealed=b"\x01" + b"x" * 40))
    db.session.expire_all()
    with pytest.raises(Unreadable):
        services.find(an.id, row.id).document_number  # noqa: B018 - reading it is the test


def test_the_same_form_twice_is_one_document_and_the_same_number_is_refused(an, guest, paper):
    once, values = new_id(), DocumentInput.read({"document_type": "visa"})
    first = services.add(an.id, values, by=HOUSE, document_id=once)
    assert services.add(an.id, values, by=HOUSE, document_id=once) is first
    with pytest.raises(NotFound):
        services.add(guest("Đỗ Đức").id, values, by=HOUSE, document_id=once)
    old = paper(an, document_number="B1234567")
    with pytest.raises(Conflict, match="already"):
        paper(an, document_number="b-1234567")
    db.session.rollback()
    services.archive(an.id, old.id, True, by=HOUSE)
    paper(an, document_number="B1234567")
    with pytest.raises(Conflict, match="already"):
        services.archive(an.id, old.id, False, by=HOUSE)


@pytest.mark.parametrize(("sent", "field"), [
    ({}, "document_type"), ({"document_type": "ticket"}, "document_type"),
    ({"document_type": "visa", "document_number": "---"}, "document_number"),
    ({"document_type": "visa", "document_number": "x" * 101}, "document_number"),
    ({"document_type": "visa", "document_number": "4111 1111 1111 1111"}, "document_number"),
    ({"document_type": "visa", "issue_date": "2024-02-30"}, "issue_date"),
    ({"document_type": "visa", "issue_date": "2999-01-01"}, "issue_date"),
    ({"document_type": "visa", "issue_date": "2020-01-02", "expiry_date": "2020-01-01"},
     "expiry_date"),
    ({"document_type": "visa", "issuing_country": "Atlantis"}, "issuing_country"),
    ({"document_type": "visa", "document_name": "a\0b"}, "document_name"),
    ({"document_type": "visa", "is_verified": True}, "is_verified"),
])  # fmt: skip
def test_what_is_wrong_is_named(app, sent, field):
    with pytest.raises(Invalid) as refused:
        DocumentInput.read(sent)
    assert list(refused.value.errors) == [field]


def test_it_expires_by_its_date_and_dates_stay_in_order(an, paper):
    row = paper(an, expiry_date=str(today() - timedelta(days=1)), issue_date="2015-01-01")
    assert row.status == "expired"
    changed(row, expiry_date=str(today()))
    assert row.status == "active", "valid through its last day"
    assert row.status_on(today() + timedelta(days=1)) == "expired"
    with pytest.raises(Invalid, match="before it was issued"):
        changed(row, expiry_date="2014-01-01")


def test_the_second_who_verifies_is_told_who_did(an, paper, actor_of):
    row = paper(an)
    lan, huong = actor_of("front_desk"), actor_of("manager")
    services.verify(an.id, row.id, "Seen at the desk", by=lan, version=row.version)
    assert services.verify(an.id, row.id, by=lan).verified_name == lan.name
    with pytest.raises(Conflict, match=lan.name):
        services.verify(an.id, row.id, by=huong)
    assert [event.action for event in trail.of(row)] == ["document.verified", "document.added"]


def test_what_was_vouched_for_ends_the_verification_and_what_was_not_keeps_it(an, paper):
    row = paper(an, document_number="B1234567")
    services.verify(an.id, row.id, by=HOUSE)
    changed(row, document_name="The old one")
    assert row.is_verified
    changed(row, document_number="B1234568")
    assert (row.is_verified, row.verified_at, row.verified_name) == (False, None, None)
    services.verify(an.id, row.id, by=HOUSE)
    services.end_verification(an.id, row.id, by=HOUSE)
    assert not row.is_verified


def test_nobody_verifies_what_was_changed_after_they_looked(an, paper):
    row = paper(an)
    seen = row.version
    changed(row, document_number="B1234567")
    with pytest.raises(Stale):
        services.verify(an.id, row.id, by=HOUSE, version=seen)
    services.archive(an.id, row.id, True, by=HOUSE)
    with pytest.raises(Conflict, match="archived"):
        services.verify(an.id, row.id, by=HOUSE)


def test_two_who_change_different_fields_both_keep_theirs(an, paper, actor_of):
    row = paper(an, issuing_authority="Hà Nội", expiry_date="2030-01-01")
    seen, lan = row.version, actor_of("front_desk")
    changed(row, by=lan, expiry_date="2031-01-01", version=seen)
    form = {"issuing_authority": "Cục QLXNC", "expiry_date": "2030-01-01"}
    assert set(changed(row, version=seen, **form)) == {"issuing_authority"}
    assert str(row.expiry_date) == "2031-01-01"
    with pytest.raises(Stale, match=lan.name) as clash:
        changed(row, version=seen, expiry_date="2032-01-01")
    assert clash.value.details["fields"] == ["expiry_date"]


def test_a_removed_document_is_gone_and_its_story_stays(an, paper):
    row = paper(an, document_number="B1234567", issuing_country="VNM")
    services.remove(an.id, row.id, by=HOUSE)
    assert services.of(an.id) == []
    gone = trail.of(row)[0]
    assert gone.action == "document.removed"
    assert gone.changes["issuing_country"] == ["VN", None] or gone.changes["issuing_country"] == (
        "VN",
        None,
    )
    assert gone.changes["document_number"][0] == "•••"


@pytest.mark.parametrize("role", ["privacy_officer", "marketing"])
def test_who_may_not_is_refused_each_change(an, paper, actor_of, role):
    row, by = paper(an), actor_of(role)
    values = DocumentInput.read({"document_type": "visa"})
    for act in (
        lambda: services.add(an.id, values, by=by),
        lambda: services.change(an.id, row.id, values, by=by),
        lambda: services.verify(an.id, row.id, by=by),
        lambda: services.end_verification(an.id, row.id, by=by),
        lambda: services.archive(an.id, row.id, True, by=by),
        lambda: services.remove(an.id, row.id, by=by),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_somebody_elses_document_is_not_found(an, guest, paper):
    row, other = paper(an), guest("Đỗ Đức")
    for act in (services.find, services.hold):
        with pytest.raises(NotFound):
            act(other.id, row.id)
