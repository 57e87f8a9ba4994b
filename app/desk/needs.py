"""What a party wants and must not miss, of everybody on it whose preferences are known."""

from collections.abc import Iterable, Iterator

from app.desk.parties import Party
from app.preferences.wishes import Wish, wishes

URGENT = {"food_allergies": "heart-pulse"}
ACCESS = (
    "accessibility_required", "mobility_assistance", "hearing_assistance", "visual_assistance",
    "other_assistance",
)  # fmt: skip
CARE = URGENT | dict.fromkeys(ACCESS, "accessibility")
"""Fields that stand out wherever a guest appears, with their icon; only for `guests.care`."""

Named = tuple[str, str, Wish]
"""Whose wish it is: a prefix for its key and for its words, both '' for the booking's guest."""


def of_party(party: Party, *, care: bool) -> list[Named]:
    """Every wish of the party; those of health and belief with `care` only."""
    during = (party.row.check_in_date, party.row.check_out_date)
    return [
        ("" if who == party.row.customer_id else f"{who}/", name, wish)
        for who, name in party.profiles()
        for wish in wishes(party.preferences.get(who), care=care, during=during)
    ]


def urgent(found: Iterable[Named]) -> Iterator[tuple[str, str]]:
    """(words, icon) of allergies and accessibility needs, one line for each kind and person."""
    lines: dict[tuple[str, str], list[str]] = {}
    for _key, name, wish in found:
        if icon := CARE.get(wish.field):
            lines.setdefault((icon, name), []).append(wish.words)
    for (icon, name), words in sorted(lines.items(), key=lambda line: line[0][0] != "heart-pulse"):
        said = _together(words)
        yield (f"{name}: {said}" if name else said), icon


def _together(words: list[str]) -> str:
    """`Allergies: Peanuts`, `Allergies: Milk` as `Allergies: Peanuts, Milk`; others beside it."""
    kinds: dict[str, list[str]] = {}
    for each in words:
        kind, colon, what = each.partition(": ")
        kinds.setdefault(kind + colon, []).append(what)
    return " · ".join(kind + ", ".join(filter(None, what)) for kind, what in kinds.items())
