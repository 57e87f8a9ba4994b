"""Days and instants are written as staff of each language write them."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from app.core.i18n import clock, day, moment, ungrouped
from tests.auth.conftest import with_settings  # noqa: F401 - a fixture


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", ["3 Feb 2026", "Tuesday, 3 February 2026", "3 Feb 2026, 00:30", "00:30"]),
        ("vi", ["03/02/2026", "Thứ Ba, 03/02/2026", "00:30, 03/02/2026", "00:30"]),
    ],
)
def test_no_month_by_number_in_english_and_the_day_first(
    app: Flask, language: str, written: list[str]
) -> None:
    at = datetime(2026, 2, 2, 17, 30, tzinfo=UTC)  # half past midnight in Vietnam
    with app.test_request_context(headers={"Accept-Language": language}):
        that_day = date(2026, 2, 3)
        assert [day(that_day), day(that_day, "weekday"), moment(at), clock(at)] == written


@pytest.mark.sqlite_only
def test_nothing_is_written_as_nothing(app: Flask) -> None:
    with app.test_request_context():
        assert (day(None), moment(None)) == ("", "")


@pytest.mark.sqlite_only
@pytest.mark.parametrize("marks", [".", ",", " ", "\u00a0"])
def test_thousands_are_grouped_as_people_type_them_where_they_cannot_be_decimals(
    app: Flask,
    with_settings: Callable[..., None],  # noqa: F811
    marks: str,
) -> None:
    with app.test_request_context():
        typed = [marks.join(parts) for parts in (("10", "000"), ("1", "500", "000"))]
        assert [ungrouped(each) for each in typed] == ["10000", "1500000"]
        for other in (
            "10",
            f"10{marks}5",
            f"1{marks}500{marks}00",
            f"0{marks}125",
            "1.500,000",
            "x",
            "",
        ):
            assert ungrouped(other) == other
        with_settings(currency="EUR")
        assert ungrouped(typed[0]) == typed[0]
