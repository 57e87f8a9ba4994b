"""Phone numbers are read in any style and shown in the property's."""

import pytest

from app.core.phones import national, parse_phone, show_phone, to_e164


@pytest.mark.parametrize(
    ("text", "region", "e164"),
    [
        ("0912 345 678", "VN", "+84912345678"),
        ("+84 (912) 345-678", "US", "+84912345678"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("０９１２３４５６７８", "VN", "+84912345678"),
        ("06 12345678", "IT", "+390612345678"),
    ],
)
def test_any_style_is_read(text: str, region: str, e164: str) -> None:
    assert parse_phone(text, region) == e164
    assert to_e164(text, region) == e164


@pytest.mark.parametrize("text", ["", "hello", "12", "0912345678 ext. 5", "9" * 5000, "\x00"])
def test_what_is_no_number_is_refused(text: str) -> None:
    assert to_e164(text, "VN") is None
    with pytest.raises(ValueError, match="phone number"):
        parse_phone(text, "VN")


@pytest.mark.parametrize(
    ("e164", "digits"),
    [("+84912345678", "0912345678"), ("+390612345678", "0612345678"), ("+999123", "999123")],
)
def test_national_digits(e164: str, digits: str) -> None:
    assert national(e164) == digits


def test_style_follows_the_property() -> None:
    assert show_phone("+84912345678", "VN") == "0912 345 678"
    assert show_phone("+84912345678", "US") == "+84 912 345 678"
    assert show_phone("no number", "VN") == "no number"
