"""What a party must not miss: allergies and accessibility needs, birthdays and anniversaries."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from app.desk import occasions as calendar
from app.desk.occasions import Occasion
from app.desk.parties import Party

ICONS = {"allergies": "heart-pulse", "access": "circle-user"}


def care(party: Party) -> Iterator[tuple[str, str]]:
    """(words, icon) of allergies and accessibility needs of everybody with a profile.

    They are read from `preferences_summary`; only for who holds `guests.care`.
    """
    people = [("", party.row.preferences_summary)]
    people += [(each.name, each.preferences_summary) for each in party.companions]
    for name, summary in people:
        for key, icon in ICONS.items():
            if words := _listed(summary, key):
                yield (f"{name}: {words}" if name else words), icon


def _listed(summary: dict[str, Any] | None, key: str) -> str:
    values = (summary or {}).get(key) or []
    return ", ".join(str(value).replace("_", " ") for value in values)


def occasions(party: Party) -> list[Occasion]:
    """Birthdays and anniversaries of the party that fall into the stay, in their order."""
    row = party.row
    since: list[tuple[str, date | None]] = [("birthday", row.date_of_birth)]
    since += [("birthday", each.date_of_birth) for each in party.companions]
    found = [
        calendar.in_stay(day, kind, row.check_in_date, row.check_out_date)
        for kind, day in since if day
    ]  # fmt: skip
    return sorted((each for each in found if each), key=lambda each: each.day)
