"""Birthdays and anniversaries that fall into a stay."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.desk.parties import Party


@dataclass(frozen=True)
class Occasion:
    """Something to congratulate on: `kind` as preferences name it; `years` where that is known."""

    kind: str
    day: date
    years: int | None = None
    name: str = ""


def of_party(party: Party) -> list[Occasion]:
    """What comes round for anybody of the party during the stay, both days included, in order."""
    arrival, departure = party.row.check_in_date, party.row.check_out_date
    found = [*_birthdays(party, arrival, departure), *_others(party, arrival, departure)]
    once = {(each.kind, each.day, each.name): each for each in reversed(found)}
    return sorted(once.values(), key=lambda each: (each.day, each.name, each.kind))


def _birthdays(party: Party, arrival: date, departure: date) -> Iterator[Occasion]:
    for name, person in party.people():
        born = person.date_of_birth
        day = born and within(born.month, born.day, arrival, departure)
        if born and day and day > born:
            yield Occasion("birthday", day, day.year - born.year, name)


def _others(party: Party, arrival: date, departure: date) -> Iterator[Occasion]:
    for name, preferences in party.likings():
        for each in preferences.special_occasions or ():
            day = within(*_month_and_day(each), arrival, departure)
            if day:
                yield Occasion(each["occasion"], day, None, name)


def _month_and_day(told: dict[str, Any]) -> tuple[int, int]:
    month, day = told["date"].split("-")[-2:]
    return int(month), int(day)


def within(month: int, day: int, arrival: date, departure: date) -> date | None:
    """The first time that a day of the calendar comes between two others, both included.

    Years without a 29 February keep it on 1 March, as ages count too.
    """
    for year in range(arrival.year, departure.year + 1):
        found = _in_year(year, month, day)
        if arrival <= found <= departure:
            return found
    return None


def _in_year(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month + 1, 1)
