"""Bad input in every field of a guest: refused at its field, nothing saved, never a failure."""

import re

import pytest
from marshmallow import fields as m
from sqlalchemy import func, select

from app.core.errors import Invalid
from app.core.inputs import Amount, Choice, Country, Day, Email, Language, Phone, Several, Truth
from app.core.types import new_id
from app.customers.inputs import CustomerInput
from app.customers.models import Customer
from app.extensions import db

FIELDS = CustomerInput().fields
ON_FORM = [n for n in FIELDS if n not in ("vip_status", "vip_status_expiry", "credit_limit",
           "payment_terms", "default_payment_method", "tax_id_type", "tax_id")]  # fmt: skip
CONTROL = ["a\0b", "a\u202eb", "a\u200fb", "a\x07b", "\ufeffa"]
METAS = [
    "'; DROP TABLE customers; --",
    "{{7*7}}${7*7}<%= 7 %>",
    "<script>alert(1)</script>",
    "%s%n%x",
]
STRICT = (Choice, Country, Day, Email, Language, Phone, Amount)


def count():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Customer))


def post(may, name, value, status=422):
    form = {"form_id": str(new_id()), "customer_type": "individual", "full_name": "Đỗ Đức"}
    return may.post("/customers/new", form | {name: value}, status=status)


def accepted(may, names, value):
    """The fields of the form that take the value, when it is sent for each of them at once."""
    form = {"form_id": str(new_id()), "customer_type": "individual", "full_name": "Đỗ Đức"}
    sent = may.post("/customers/new", form | dict.fromkeys(names, value), status=422)
    body = sent.get_data(as_text=True)
    return [name for name in names if f'href="#{name}"' not in body]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("value", [*CONTROL, "x" * 5000])
def test_what_cannot_be_text_is_refused_at_its_field(may, value):
    names = [name for name in ON_FORM if not isinstance(FIELDS[name], Truth)]
    assert accepted(may, names, value) == []
    assert count() == 0


@pytest.mark.sqlite_only
@pytest.mark.parametrize("value", METAS)
def test_what_is_none_of_the_kind_is_refused_at_its_field(may, value):
    names = [name for name in ON_FORM if isinstance(FIELDS[name], STRICT)]
    assert accepted(may, names, value) == []
    assert count() == 0


@pytest.mark.parametrize("value", METAS)
def test_signs_of_other_languages_are_text_where_text_belongs(may, value):
    may.post("/customers/new", {"full_name": value, "customer_type": "individual", "city": value})
    guest = db.session.scalar(select(Customer))
    assert (guest.full_name, guest.city) == (value, value)
    page = may.get(f"/customers/{guest.id}").get_data(as_text=True)
    assert "<script>alert" not in page
    assert not re.search(r">[^<]*49", page.replace(str(guest.id), "")), "7*7 was worked out"


@pytest.mark.parametrize(
    ("name", "value"),
    [("date_of_birth", "2999-01-01"), ("date_of_birth", "1800-01-01"),
     ("date_of_birth", "2001-02-30"), ("id_issue_date", "2999-01-01"),
     ("id_expiry_date", "9999-99-99"), ("email", "a@b@c"), ("phone", "12"),
     ("phone", "+84 912 345 678 x9"), ("nationality", "XX"), ("nationality", "Atlantis"),
     ("languages_spoken", "klingon!"), ("customer_type", "king"), ("customer_type", ""),
     ("display_name", "4111 1111 1111 1111"), ("city", "4111-1111-1111-1111"),
     ("is_blacklisted", "on"), ("status", "erased"), ("version", "9"), ("id", "x")],
)  # fmt: skip
def test_a_value_against_the_rules_is_refused(may, name, value):
    if name == "version":
        return
    body = post(may, name, value).get_data(as_text=True)
    assert f'href="#{name}"' in body or "not known here" in body
    assert count() == 0


WRONG = [5, 1.5, [], ["x"], {}, {"$gt": ""}, True, float("nan"), 10**40]


@pytest.mark.parametrize("name", FIELDS)
def test_a_value_of_another_type_is_refused_at_its_field(app, name):
    field = FIELDS[name]
    for value in WRONG:
        if isinstance(field, Truth) and value is True:
            continue
        if isinstance(field, Several) and value in ([], ["x"]):
            continue
        if isinstance(field, m.Decimal) and isinstance(value, int | float) and 0 <= value < 10**12:
            continue
        with pytest.raises(Invalid) as fault:
            CustomerInput.read({name: value})
        assert any(key.split(".")[0] == name for key in fault.value.errors), (value, fault.value)


@pytest.mark.parametrize("name", [n for n in FIELDS if isinstance(FIELDS[n], Truth)])
def test_null_is_no_answer_to_a_yes_or_no(app, name):
    with pytest.raises(Invalid):
        CustomerInput.read({name: None})


@pytest.mark.parametrize("body", [None, [], "x", 5])
def test_what_is_no_object_is_refused(app, body):
    with pytest.raises(Invalid):
        CustomerInput.read(body)


def test_ten_megabytes_are_refused(may):
    post(may, "billing_address", "x" * 10_000_000, status=413)
    assert count() == 0


def test_broken_utf8_is_refused_at_its_field(may):
    token = may.csrf_token()
    sent = b"full_name=Bad%ff%feName&customer_type=individual&csrf_token=" + token.encode()
    answer = may.client.post(
        "/customers/new", data=sent, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 422
    assert "not valid Unicode" in answer.text
    answer = may.client.get("/api/customers?search=%ff&page=1")
    assert [each["field"] for each in answer.get_json()["errors"]] == ["search"]
    assert count() == 0


def test_broken_utf8_in_parts_is_refused_at_its_field(may):
    kind = "multipart/form-data; boundary=B"
    part = b'--B\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    token = may.csrf_token().encode()
    pairs = ((b"csrf_token", token), (b"full_name", b"Bad\xffName"))
    sent = b"".join(part % pair for pair in pairs) + b"--B--\r\n"
    answer = may.client.post("/customers/new", data=sent, content_type=kind)
    assert answer.status_code == 422
    assert 'href="#full_name"' in answer.text
    assert count() == 0
