"""Birthdays and anniversaries that fall into a stay."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Occasion:
    """Something to congratulate on: `kind` as preferences name it, `years` since it began."""

    kind: str
    day: date
    years: int | None


def in_stay(since: date, kind: str, arrival: date, departure: date) -> Occasion | None:
    """The occasion that comes round between arrival and departure, both days included.

    In years without a 29 February, what began on one is kept on 1 March, as ages count too. A date
    that is still to come is no anniversary yet.
    """
    for year in range(arrival.year, departure.year + 1):
        day = _in_year(since, year)
        if arrival <= day <= departure and day >= since:
            return Occasion(kind, day, day.year - since.year)
    return None


def _in_year(since: date, year: int) -> date:
    try:
        return since.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
