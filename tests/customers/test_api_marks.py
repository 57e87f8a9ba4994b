"""Marks and look-ups by API."""

import pytest
from sqlalchemy import func, select

from app.core.audit import AuditEntry
from app.extensions import db

SCOPES = ("guests.read", "guests.tag", "guests.notes", "guests.warn", "guests.blacklist")


@pytest.fixture
def clerk(machine):
    return machine(*SCOPES)


def path(guest):
    return f"/api/customers/{guest.id}/marks"


def test_a_warning_is_placed_and_lifted_and_stays_as_history(clerk, guest):
    made = guest("John Doe")
    sent = {"kind": "warning", "level": 3, "reason": "Smoked in the room"}
    placed = clerk.post(path(made), json=sent)
    assert placed.status_code == 201
    db.session.refresh(made)
    assert made.warning_level == 3
    lifting = f"{path(made)}/{placed.json['id']}/liftings"
    assert clerk.post(lifting, json={"reason": "Apologised"}).status_code == 201
    assert clerk.post(lifting, json={"reason": "Again"}).status_code == 409
    (kept,) = clerk.get(path(made)).json["data"]
    assert kept["lifted_at"]
    assert kept["lift_reason"] == "Apologised"
    db.session.refresh(made)
    assert made.warning_level == 0


@pytest.mark.parametrize(
    "sent",
    [{}, {"kind": "warning", "reason": "x"}, {"kind": "warning", "level": 6, "reason": "x"},
     {"kind": "warning", "level": True, "reason": "x"}, {"kind": "tag", "value": "x"},
     {"kind": "warning", "level": 2.5, "reason": "x"},
     {"kind": "warning", "level": "2", "reason": "x"},
     {"kind": "nonsense", "reason": "x"}, {"kind": "tag", "reason": "x"},
     {"kind": "tag", "value": "x", "reason": "x", "expires_on": "2001-01-01"}],
)  # fmt: skip
def test_a_wrong_mark_is_refused_by_field(clerk, guest, sent):
    answer = clerk.post(path(guest("John Doe")), json=sent)
    assert answer.status_code == 422
    assert answer.json["errors"]


def test_a_truth_value_is_no_level_in_the_house_s_own_words(clerk, guest):
    sent = {"kind": "warning", "level": True, "reason": "x"}
    answer = clerk.post(path(guest("John Doe")), json=sent)
    (said,) = answer.json["errors"]
    assert (said["field"], said["detail"][:20]) == ("level", "This is not the kind")


def test_each_kind_needs_its_own_permission(machine, guest):
    made = guest("John Doe")
    weak = machine("guests.read", "guests.tag")
    banned = {"kind": "blacklist", "reason": "x"}
    assert weak.post(path(made), json=banned).status_code == 403
    tagged = {"kind": "tag", "value": "golf", "reason": "x"}
    answer = weak.post(path(made), json=tagged)
    assert answer.status_code == 201
    assert "reason" not in answer.json


def test_a_mark_of_another_guest_is_not_found(clerk, guest):
    one, other = guest("John Doe"), guest("Trần An")
    mark = clerk.post(path(one), json={"kind": "tag", "value": "x", "reason": "x"}).json
    answer = clerk.post(f"{path(other)}/{mark['id']}/liftings", json={"reason": "x"})
    assert answer.status_code == 404


def test_a_paper_is_looked_up_exactly_and_on_record(machine, guest):
    made = guest("John Doe", id_number="AB 123-456")
    officer = machine("guests.identity")
    found = officer.post("/api/customers/lookups", json={"number": "ab123456"})
    assert [row["id"] for row in found.json["data"]] == [str(made.id)]
    assert officer.post("/api/customers/lookups", json={"number": "AB12345"}).json["data"] == []
    looked = select(func.count()).where(AuditEntry.action == "paper.looked_up")
    assert db.session.scalar(looked) == 2
    assert machine("guests.read").post("/api/customers/lookups", json={}).status_code == 403


def test_nobody_may_try_many_numbers(machine):
    officer = machine("guests.identity")
    answers = [
        officer.post("/api/customers/lookups", json={"number": f"A{n:05}"}).status_code
        for n in range(61)
    ]
    assert answers == [200] * 60 + [429]
