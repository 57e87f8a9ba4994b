"""Bodies that no JSON API should take: a clear 4xx, nothing saved, never a 500."""

import io
import json

import pytest
from sqlalchemy import func, select

from app.customers.inputs import CustomerInput
from app.customers.models import Customer
from app.extensions import db

CUSTOMERS = "/api/customers"
BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "null": b"null",
    "a list": b"[]",
    "lists in lists": b'[[[[[{"full_name": "A"}]]]]]',
    "a text": b'"A"',
    "a number": b"1",
    "true": b"true",
    "NaN": b'{"full_name": "A", "credit_limit": NaN}',
    "Infinity": b'{"full_name": "A", "credit_limit": -Infinity}',
    "1e400": b'{"full_name": "A", "credit_limit": 1e400}',
    "1e99999999999": b'{"full_name": "A", "credit_limit": 1e99999999999}',
    "a whole number of 65 bits": b'{"full_name": "A", "credit_limit": 18446744073709551616}',
    "5,000 digits": b'{"full_name": "A", "credit_limit": ' + b"9" * 5000 + b"}",
    "a field twice": b'{"full_name": "A", "full_name": "B"}',
    "a field twice, deeper": b'{"full_name": "A", "address": {"city": "A", "city": "B"}}',
    "a lone surrogate": b'{"full_name": "A\\ud800"}',
    "a lone surrogate in a name": b'{"full_name": "A", "\\ud800": 1}',
    "a lone surrogate in a list": b'{"full_name": "A", "tags": ["\\udfff"]}',
    "NUL": b'{"full_name": "A\\u0000B"}',
    "a raw control character": b'{"full_name": "A\x01"}',
    "a mark of direction": '{"full_name": "A\u202eB"}'.encode(),
    "broken UTF-8": b'{"full_name": "\xff\xfe"}',
    "half a character": b'{"full_name": "\xe1\xbb"}',
    "UTF-16": '{"full_name": "A"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"full_name": "A"}',
    "depth": b'{"full_name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "objects without end": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "something after the end": b'{"full_name": "A"} {}',
    "a comment": b'{"full_name": "A" /* x */}',
    "Python": b"{'full_name': 'A'}",
    "5,000 characters": b'{"full_name": "' + b"A" * 5000 + b'"}',
    "an address that is a list": b'{"full_name": "A", "address": [1]}',
    "an address that is a text": b'{"full_name": "A", "address": "x"}',
    "tags that are a text": b'{"full_name": "A", "tags": "x"}',
    "tags that are objects": b'{"full_name": "A", "tags": [{}]}',
    "a name that is a list": b'{"full_name": ["A"]}',
    "a name that is a number": b'{"full_name": 1}',
    "truth as a number": b'{"full_name": "A", "marketing_consent": 1}',
    "truth as a text": b'{"full_name": "A", "marketing_consent": "yes"}',
    "truth as an amount": b'{"full_name": "A", "credit_limit": true}',
    "an amount as a text": b'{"full_name": "A", "credit_limit": "12"}',
    "a day that is none": b'{"full_name": "A", "date_of_birth": "2023-02-29"}',
    "a day to come": b'{"full_name": "A", "date_of_birth": "2199-01-01"}',
    "a day as a number": b'{"full_name": "A", "date_of_birth": 19850615}',
    "an empty day": b'{"full_name": "A", "date_of_birth": ""}',
    "an empty word of a list": b'{"full_name": "A", "gender": ""}',
    "a field of the server's": b'{"full_name": "A", "id": "x", "is_blacklisted": true}',
    "a card's number": b'{"full_name": "A", "internal_notes": "4111 1111 1111 1111"}',
    "no name": b'{"email": "a@example.com"}',
    "an empty name": b'{"full_name": "  "}',
}


@pytest.mark.parametrize("kind", BODIES)
def test_a_bad_body_is_refused_and_nothing_is_saved(clerk, kind):
    answer = clerk.post(CUSTOMERS, data=BODIES[kind], content_type="application/json")
    assert answer.status_code in (400, 422), answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == answer.status_code
    assert answer.json.get("errors") or answer.json.get("detail")
    assert db.session.scalar(select(func.count()).select_from(Customer)) == 0


def test_a_body_of_ten_megabytes_is_too_large(clerk):
    answer = clerk.post(CUSTOMERS, data=b" " * 10_000_000, content_type="application/json")
    assert answer.status_code == 413
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json"]
)
def test_only_json_is_read(clerk, kind):
    answer = clerk.post(CUSTOMERS, data=b'{"full_name": "A"}', content_type=kind)
    assert answer.status_code == 415


@pytest.mark.parametrize("value", [1, True, [], {}, [[]], 1.5, "\u0000", "x" * 5000, -(2**62)])
def test_every_field_bears_every_type(clerk, value):
    for name in [*CustomerInput().fields, "tags", "address", "preferences"]:
        answer = clerk.post(CUSTOMERS, data=json.dumps({"full_name": "A", name: value}),
                            content_type="application/json")  # fmt: skip
        assert answer.status_code in (201, 409, 422), (name, answer.get_data(as_text=True))


@pytest.mark.parametrize(
    "value", ["'; DROP TABLE customers; --", "{{7*7}}", "${7*7}", "%s%n", "<b>"]
)
def test_metacharacters_are_kept_as_they_are(clerk, value):
    answer = clerk.post(CUSTOMERS, json={"full_name": value})
    assert (answer.status_code, answer.json["full_name"]) == (201, value)


def test_money_is_read_exactly(clerk):
    sent = b'{"full_name": "A", "credit_limit": 999999999999.999}'
    assert clerk.post(CUSTOMERS, data=sent, content_type="application/json").status_code == 201
    assert str(db.session.scalar(select(Customer.credit_limit))) == "999999999999.999"


@pytest.mark.parametrize(
    ("body", "field"),
    [(b'{"full_name": "A", "credit_limit": NaN}', "credit_limit"),
     (b'{"full_name": "A", "preferences": {"room": [1e400]}}', "preferences.room.0"),
     (b'{"full_name": "A", "credit_limit": 18446744073709551616}', "credit_limit"),
     (b'{"full_name": "A", "address": {"city": "A", "city": "B"}}', "address.city"),
     (b'{"marketing_consent": "yes", "credit_limit": "5", "email": 7, "surprise": 1}',
      "credit_limit email marketing_consent surprise")],
)  # fmt: skip
def test_what_no_field_can_hold_is_refused_at_its_field(clerk, body, field):
    answer = clerk.post(CUSTOMERS, data=body, content_type="application/json")
    assert answer.status_code == 422
    assert sorted(each["field"] for each in answer.json["errors"]) == field.split()


def test_a_large_body_in_chunks_is_too_large_too(clerk):
    body = io.BytesIO(b'{"full_name": "' + b"A" * 3_000_000 + b'"}')
    answer = clerk.post(
        CUSTOMERS, input_stream=body, content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True},
    )  # fmt: skip
    assert answer.status_code == 413


def test_what_an_address_may_say_once_is_refused_twice(clerk):
    answer = clerk.get(f"{CUSTOMERS}?page=1&page=2")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "page")
    assert clerk.get(f"{CUSTOMERS}?tags=a&tags=b").status_code == 200
