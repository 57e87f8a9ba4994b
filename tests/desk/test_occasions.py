"""Birthdays and anniversaries during a stay, leap days included."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as some

from app.desk.occasions import of_party, within

DAYS = some.dates(date(1990, 1, 1), date(2090, 12, 31))


@given(DAYS, some.integers(0, 60), some.integers(0, 60))
def test_a_day_of_the_stay_is_found_by_its_month_and_day(arrival, stay, at):
    departure = arrival + timedelta(days=stay)
    wanted = arrival + timedelta(days=min(at, stay))
    assert within(wanted.month, wanted.day, arrival, departure) == wanted


@given(DAYS, some.integers(0, 300), DAYS)
def test_what_is_found_lies_within_the_stay(arrival, stay, wanted):
    departure = arrival + timedelta(days=stay)
    found = within(wanted.month, wanted.day, arrival, departure)
    assert found is None or arrival <= found <= departure


def test_29_february_is_kept_on_1_march_where_there_is_none():
    assert within(2, 29, date(2026, 2, 27), date(2026, 3, 2)) == date(2026, 3, 1)
    assert within(2, 29, date(2028, 2, 27), date(2028, 3, 2)) == date(2028, 2, 29)
    assert within(2, 29, date(2026, 2, 20), date(2026, 2, 28)) is None


def test_a_stay_over_new_year_finds_both_sides():
    arrival, departure = date(2026, 12, 30), date(2027, 1, 2)
    assert within(12, 31, arrival, departure) == date(2026, 12, 31)
    assert within(1, 1, arrival, departure) == date(2027, 1, 1)


def test_birthdays_and_anniversaries_of_the_whole_party_are_told(book, guest, likes, party, day):
    tomorrow = day(1)
    born = date(1984, tomorrow.month, min(tomorrow.day, 28)) if tomorrow.day < 29 else None
    an = guest(date_of_birth=born.isoformat() if born else None)
    friend = guest("Đỗ Đức")
    likes(friend, special_occasions=[f"{tomorrow:%m-%d}:anniversary"])
    read = party(book(an, companions=[{"customer_id": friend.id}]))
    found = [(each.kind, each.day, each.name) for each in of_party(read)]
    assert ("anniversary", tomorrow, "Đỗ Đức") in found
    assert born is None or ("birthday", tomorrow, "") in found
