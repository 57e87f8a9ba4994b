"""What other systems write in their cells, and what a guest gets of it."""

from datetime import date

import pytest
from flask_babel import force_locale

from app.customers.importing.clean import Rules, clean
from app.customers.importing.dates import parse_day

TODAY = date(2026, 11, 22)


def read(order="dmy", consent=False, **raw):
    with force_locale("en"):
        return clean(raw, Rules(order, "VN", TODAY, consent))


@pytest.mark.parametrize(
    ("text", "order", "wanted"),
    [
        ("31/12/1985", "dmy", date(1985, 12, 31)),
        ("12/31/1985", "mdy", date(1985, 12, 31)),
        ("1985/12/31", "ymd", date(1985, 12, 31)),
        ("1985-12-31", "dmy", date(1985, 12, 31)),
        ("1985-12-31 00:00:00", "mdy", date(1985, 12, 31)),
        ("1985-12-31T10:20:30Z", "mdy", date(1985, 12, 31)),
        ("1.2.1990", "dmy", date(1990, 2, 1)),
        ("1.2.1990", "mdy", date(1990, 1, 2)),
        ("31-DEC-85", "dmy", date(1985, 12, 31)),
        ("31 December 1985", "mdy", date(1985, 12, 31)),
        ("December 31, 1985", "dmy", date(1985, 12, 31)),
        ("19851231", "dmy", date(1985, 12, 31)),
        ("31412", "dmy", date(1985, 12, 31)),
        ("31412.75", "dmy", date(1985, 12, 31)),
        ("29/2/2024", "dmy", date(2024, 2, 29)),
        ("1/1/85", "dmy", date(1985, 1, 1)),
        ("1/1/05", "dmy", date(2005, 1, 1)),
        ("01/01/1900", "dmy", None),
        ("00/00/0000", "dmy", None),
        ("0", "dmy", None),
        ("1899-12-30", "dmy", None),
    ],
)
def test_a_date_of_birth_in_any_writing(text, order, wanted):
    assert parse_day(text, order, "birth", TODAY) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "31/02/1985",
        "31/12/1985/",
        "13/13/1985",
        "1/1/26",
        "yesterday",
        "1/1/985",
        "12",
        "2025",
        "9" * 40,
    ],
)
def test_what_is_no_date_or_not_for_sure_is_not_guessed(text):
    with pytest.raises((ValueError, OverflowError)):
        parse_day(text, "dmy", "birth", TODAY)


def test_a_two_digit_year_of_expiry_lies_ahead():
    assert parse_day("1/1/31", "dmy", "future", TODAY) == date(2031, 1, 1)


@pytest.mark.parametrize(
    ("text", "country", "wanted"),
    [
        ("0912 345 678", None, "+84912345678"),
        ("84912345678", None, "+84912345678"),
        ("0084 912.345.678", None, "+84912345678"),
        ("+84(0)912345678", None, "+84912345678"),
        ("+61(0)440997712", None, "+61440997712"),
        ("912345678", None, "+84912345678"),
        ("01684567890", None, "+84384567890"),
        ("+84 168 456 7890", None, "+84384567890"),
        ("0491 580 504", "AU", "+61491580504"),
        ("01036501353", "KR", "+821036501353"),
        ("8619321150382", None, "+8619321150382"),
        ("Tel: 0912345678", None, "+84912345678"),
    ],
)
def test_phones_in_any_style(app, text, country, wanted):
    found = read(phone=text, **({"country": country} if country else {}))
    assert found.values["phone"] == wanted
    assert not found.left_out


def test_several_phones_in_one_cell_go_to_the_fields_there_are(app):
    found = read(phone="0912345678 / +84987654321; 0903111222, 0903111333")
    assert [found.values[n] for n in ("phone", "alternative_phone", "whatsapp_number")] == [
        "+84912345678", "+84987654321", "+84903111222",
    ]  # fmt: skip
    assert [name for name, _ in found.left_out] == ["phone"]


@pytest.mark.parametrize("text", ["8.49E+10", "12", "abc", "+999999999999998", "0912345678901234"])
def test_a_phone_that_is_none_is_left_out_and_said(app, text):
    found = read(phone=text)
    assert "phone" not in found.values
    assert [name for name, _ in found.left_out] == ["phone"]


def test_an_extension_is_left_out_and_the_number_kept(app):
    found = read(phone="028 3822 1234 ext 12")
    assert found.values["phone"] == "+842838221234"
    assert found.left_out


@pytest.mark.parametrize("text", ["0000000000", "1111111111", "0123456789"])
def test_a_placeholder_is_no_phone_and_no_fault(app, text):
    found = read(phone=text)
    assert (found.values, found.left_out) == ({}, [])
    assert found.mended


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("An@Mail.VN", "An@mail.vn"),
        ("AN@MAIL.VN", "an@mail.vn"),
        ("mailto:an@mail.vn", "an@mail.vn"),
        ("Văn An <an@mail.vn>", "an@mail.vn"),
        (" an @ mail.vn. ", "an@mail.vn"),
    ],
)
def test_addresses_as_people_paste_them(app, text, wanted):
    assert read(email=text).values["email"] == wanted


def test_two_addresses_in_one_cell(app):
    found = read(email="a@mail.vn; b@mail.vn, c@mail.vn")
    assert (found.values["email"], found.values["alternative_email"]) == ("a@mail.vn", "b@mail.vn")
    assert len(found.left_out) == 1


@pytest.mark.parametrize("text", ["an@@mail.vn", "an.mail.vn", "an@mail", "@", "a@b@c.vn"])
def test_an_address_that_is_none_is_left_out_and_said(app, text):
    found = read(email=text)
    assert "email" not in found.values
    assert found.left_out


def test_placeholders_of_addresses_are_no_fault(app):
    for text in ("noemail@none.com", "N/A", "khong co", "none@example.com"):
        assert (read(email=text).values, read(email=text).left_out) == ({}, [])


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("nationality", "Việt", "VN"), ("nationality", "American", "US"),
        ("country", "VIET NAM", "VN"),
        ("country", "KOR", "KR"), ("gender", "Nữ", "female"), ("gender", "M", "male"),
        ("title", "MR.", "Mr"), ("title", "Cô", "Ms"), ("id_type", "CCCD", "national_id"),
        ("vip_status", "Kim cương", "diamond"), ("customer_source", "Booking.com", "ota"),
        ("credit_limit", "1.500.000 ₫", 1500000), ("credit_limit", "1,500.50", 1500.5),
        ("languages_spoken", "vi, English; Korean", ["vi", "en", "ko"]),
        ("city", "  Đà   Nẵng ", "Đà Nẵng"),
    ],
)  # fmt: skip
def test_words_of_other_systems_are_understood(app, name, text, wanted):
    found = read(**{name: text})
    assert found.values[name] == wanted
    assert not found.left_out


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("nationality", "Atlantis"), ("gender", "7"), ("vip_status", "V9"), ("country", "NA"),
        ("credit_limit", "much"), ("id_type", "library card"), ("postal_code", "x" * 50),
        ("company_name", "4111 1111 1111 1111"), ("city", "H\ufffdi An"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_left_out_and_said(app, name, text):
    found = read(**{name: text})
    assert name not in found.values
    assert [field for field, _ in found.left_out] == [name]


def test_names_stay_as_they_are(app):
    for name in ("Nguyễn Thị Ánh Tuyết", "Đỗ Đức", "王小明", "김민준", "O'Brien-Łukasz", "محمد"):
        assert read(full_name=name).values["full_name"] == name
    found = read(last_name="Null", first_name="Na")
    assert found.values == {"last_name": "Null", "first_name": "Na"}


def test_a_form_of_address_leaves_the_name_for_its_own_field(app):
    found = read(first_name="MR Văn Phong", last_name="Nguyễn")
    assert found.values == {"title": "Mr", "first_name": "Văn Phong", "last_name": "Nguyễn"}
    assert read(first_name="Anh Thư").values == {"first_name": "Anh Thư"}


def test_papers_in_columns_of_their_own(app):
    found = read(full_name="An", passport_number="B1", national_id_number="079012345678")
    assert found.values["id_type"] == "passport"
    assert found.values["secondary_id_number"] == "079012345678"
    assert read(id_number="0").values == {}


def test_papers_out_of_order_lose_the_date_not_the_guest(app):
    found = read(id_issue_date="1/1/2020", id_expiry_date="1/1/2019")
    assert "id_issue_date" in found.values
    assert [name for name, _ in found.left_out] == ["id_expiry_date"]


def test_an_apostrophe_that_guards_a_cell_is_taken_off(app):
    assert read(phone="'+84912345678").values["phone"] == "+84912345678"
    assert read(last_name="'t Hooft").values["last_name"] == "'t Hooft"


def test_a_refusal_counts_always_and_consent_only_when_declared(app):
    assert read(email_opt_in="không").values == {"email_opt_in": False}
    undeclared = read(email_opt_in="yes", gdpr_consent="1")
    assert (undeclared.values, undeclared.unasked) == ({}, 2)
    assert read(email_opt_in="yes", consent=True).values == {"email_opt_in": True}


@pytest.mark.parametrize(
    "text",
    ["", " ", "\u0000", "'", "%", "{{7*7}}", "'; DROP TABLE customers; --", "x" * 5000, "\u202eabc",
     "\ud83d", "=1+1", "@", "+", "0" * 400, "-1", "1e999", "٣١/١٢/١٩٨٥", "NaN", "Ⅻ"],
)  # fmt: skip
def test_nothing_that_stands_in_a_cell_breaks_the_row(app, text):
    from app.customers.importing.fields import fields

    for field in fields(None):
        if field.name not in ("external_id", "note", "tags") and text:
            read(**{field.name: text})
