"""The audit log: in the change's transaction, masked, and erasable without losing its order."""

import hashlib
import hmac
import json

import pytest
from sqlalchemy import select

from app.core import audit
from app.core.actor import HOUSE
from app.core.audit import AuditEntry, AuditPayload
from app.core.crypto import vault
from app.customers import services
from app.extensions import db


def entries(action: str) -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_a_change_and_its_entry_stand_or_fall_together(app, guest):
    made = guest("Đỗ Đức")
    services.update(made, {"city": "Huế"}, by=HOUSE)
    db.session.rollback()
    assert entries("customer.updated") == []
    services.update(made, {"city": "Huế"}, by=HOUSE)
    db.session.commit()
    [entry] = entries("customer.updated")
    assert audit.payloads([entry])[entry.id]["changes"] == {"city": [None, "Huế"]}


def test_sensitive_values_are_masked_and_others_are_not(app, guest):
    made = guest("Đỗ Đức", id_number="P1234567")
    services.update(made, {"id_number": "P7654321", "medical_notes": "asthma"}, by=HOUSE)
    db.session.commit()
    said = json.dumps([*audit.payloads(entries("customer.updated")).values()])
    assert "P7654321" not in said
    assert "P1234567" not in said
    assert "asthma" not in said
    assert "id_number" in said


def test_nothing_personal_stands_in_the_clear(app, guest):
    guest("Đỗ Đức", city="Cà Mau")
    rows = db.session.scalars(select(AuditPayload))
    assert all("Cà Mau".encode() not in row.body for row in rows)


def test_a_destroyed_key_takes_the_payload_but_leaves_the_entry(app, guest):
    made = guest("Đỗ Đức")
    vault().destroy(made.id)
    [entry] = entries("customer.created")
    assert audit.payloads([entry]) == {entry.id: None}
    assert entry.commitment


def test_the_commitment_fits_the_payload_and_no_other(app, guest):
    made = guest("Đỗ Đức")
    [entry] = entries("customer.created")
    row = db.session.get(AuditPayload, entry.id)
    body = vault().key(made.id).open(audit.PLACE, row.body)
    assert hmac.digest(row.salt, body, hashlib.sha256) == entry.commitment


def test_no_entry_means_no_change(app, guest, monkeypatch):
    made = guest("Đỗ Đức")

    def broken(*_a, **_k):
        raise OSError("disk full")

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(OSError, match="disk full"):
        services.update(made, {"city": "Huế"}, by=HOUSE)
    db.session.rollback()
    assert db.session.get(type(made), made.id).city is None
