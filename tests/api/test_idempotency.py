"""A POST sent twice with one Idempotency-Key is done once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.auth.permissions import SCOPES
from app.auth.tokens import create_token
from app.core import idempotency
from app.core.actor import HOUSE
from app.core.clock import now
from app.core.crypto import vault
from app.core.idempotency import IdempotencyKey
from app.customers.models import Customer
from app.extensions import db

CUSTOMERS = "/api/customers"
SENT = {"full_name": "Nguyễn Văn An", "email": "an@example.com", "id_number": "A12345678"}


def post(client, body=SENT, key="key-1", path=CUSTOMERS):
    return client.post(path, json=body, headers={"Idempotency-Key": key})


def guests():
    return db.session.scalar(select(func.count()).select_from(Customer))


def test_the_second_gets_the_answer_of_the_first(clerk):
    first, second = post(clerk), post(clerk)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.get_data() == first.get_data()
    for name in ("Location", "ETag", "Content-Type"):
        assert second.headers[name] == first.headers[name]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert guests() == 1


def test_another_body_under_the_key_is_refused(clerk):
    post(clerk)
    answer = post(clerk, SENT | {"full_name": "Trần Bình"})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "Idempotency-Key"
    assert guests() == 1


def test_keys_belong_to_one_caller_and_one_route(clerk, machine, guest):
    post(clerk)
    assert post(machine(*SCOPES)).status_code == 409  # a look-alike: so it was not replayed
    made = guest("Trần Bình")
    tag = {"kind": "tag", "value": "golf", "reason": "plays"}
    assert post(clerk, tag, path=f"{CUSTOMERS}/{made.id}/marks").status_code == 201
    assert post(clerk, tag, path=f"{CUSTOMERS}/{made.id}/marks").status_code == 201


def test_a_refusal_is_not_kept(clerk):
    assert post(clerk, {"full_name": ""}).status_code == 422
    assert post(clerk).status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "ü", "x" * 256])
def test_an_unusable_key_is_refused(clerk, key):
    assert post(clerk, key=key).status_code == 422
    assert guests() == 0


def test_nothing_readable_is_stored(clerk):
    made = post(clerk).json
    (row,) = db.session.scalars(select(IdempotencyKey))
    stored = b"".join(
        v if isinstance(v, bytes) else str(v).encode()
        for v in (getattr(row, c.name) for c in IdempotencyKey.__table__.columns)
    )
    for secret in ("Nguyễn", "an@example.com", "A12345678", "key-1", made["customer_code"]):
        assert secret.encode() not in stored
    assert str(row.subject_id) == made["id"]
    vault().destroy(row.subject_id)
    assert post(clerk).status_code == 500


def test_answers_are_forgotten_after_a_day(clerk, monkeypatch):
    post(clerk)
    idempotency.sweep(None)
    assert db.session.scalar(select(func.count()).select_from(IdempotencyKey)) == 1
    later = now() + timedelta(hours=25)
    monkeypatch.setattr(idempotency, "now", lambda: later)
    idempotency.sweep(None)
    assert db.session.scalar(select(func.count()).select_from(IdempotencyKey)) == 0


def test_thirty_at_once_make_one_guest(application):
    with application.app_context():
        _, secret = create_token("crowd", SCOPES, by=HOUSE)
        db.session.commit()

    def send(_number):
        client = application.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
        answer = post(client)
        return answer.status_code, answer.get_data()

    with ThreadPoolExecutor(30) as crowd:
        answers = list(crowd.map(send, range(30)))
    made = {body for status, body in answers if status == 201}
    assert {status for status, _ in answers} <= {201, 409}
    assert len(made) == 1
    with application.app_context():
        assert guests() == 1
