"""What stays tell of a guest's taste: each by its room, requests, minibar and services (4.3)."""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.core.text import fold
from app.preferences.catalogue import FIELDS, Field
from app.preferences.checks import LONGEST_ITEM
from app.preferences.denials import LEARNED
from app.preferences.lists import Lists, spellings

Reason = Literal["liked", "asked", "drank", "used", "purpose"]
SATISFIED = 8
"""From this score on a stay speaks for its room."""


@dataclass(frozen=True)
class StayFacts:
    """What one stay tells. None for minibar and services: nobody wrote them down.

    fulfilled_requests: as they were worded. tasks_done: keys of wishes, such as
    `pillow_type:firm`.
    """

    id: uuid.UUID
    check_out_date: date
    satisfaction_score: int | None = None
    room_type: str | None = None
    room_number: str | None = None
    purpose: str | None = None
    fulfilled_requests: Sequence[str] = ()
    minibar: Sequence[str] | None = None
    services_used: Sequence[str] | None = None
    tasks_done: Sequence[str] = ()

    @property
    def satisfied(self) -> bool:
        """True when the guest rated it 8 or better."""
        return (self.satisfaction_score or 0) >= SATISFIED

    @property
    def ref(self) -> "StayRef":
        """How a finding names it."""
        return {"id": str(self.id), "left": self.check_out_date.isoformat()}


StayRef = dict[str, str]
"""A stay as a finding names it: its `id`, and the day when the guest `left`."""
Signal = tuple[str, str]
"""A field and a code that a stay speaks for."""

ROOM_WORDS: tuple[tuple[str, str, str], ...] = (
    ("bed_type", "king", r"king"),
    ("bed_type", "queen", r"queen"),
    ("bed_type", "twin", r"twins?|hai giuong"),
    ("view_preference", "sea", r"(?:sea|ocean|beach) ?(?:view|front)|huong bien"),
    ("view_preference", "city", r"city ?view|huong (?:thanh )?pho"),
    ("view_preference", "garden", r"garden ?view|huong vuon"),
    ("view_preference", "mountain", r"mountain ?view|huong nui"),
)
"""Words of a room type, folded, that tell more than its name."""
WORD = re.compile(r"[^\W_]+")
FLOOR = re.compile(r"([1-9][0-9]?)[0-9]{2}")
"""A room number that tells its floor: 304, 1204."""

SERVICES: dict[str, tuple[Signal, ...]] = {
    "spa": (("spa_interest", "yes"),),
    "massage": (("spa_interest", "yes"),),
    "gym": (("gym_access", "yes"),),
    "fitness": (("gym_access", "yes"),),
    "pool": (("pool_access", "yes"),),
    "airport transfer": (("airport_transfer", "required"),),
    "airport pickup": (("airport_transfer", "required"),),
    "taxi": (("preferred_transport", "taxi"),),
    "shuttle": (("preferred_transport", "shuttle"),),
    "private car": (("preferred_transport", "private_car"),),
    "parking": (("parking_required", "yes"),),
    "business center": (("business_center_access", "yes"),),
    "business centre": (("business_center_access", "yes"),),
    "printer": (("printer_access", "yes"),),
    "breakfast in room": (("breakfast_location", "room"),),
    "turndown": (("turndown_service", "yes"),),
}
"""A service as it is written down, folded: what its use speaks for."""
PURPOSES: dict[str, tuple[Signal, ...]] = {"business": (("work_desk_required", "yes"),)}
ASKED_FOR = (
    "room_location", "bathroom_amenities", "room_amenities", "bed_type", "preferred_activities",
)  # fmt: skip
"""Fields whose options are known again in the words of a request."""


def _liked(stay: StayFacts, _known: Lists) -> Iterator[Signal]:
    name = fold(stay.room_type or "")
    if stay.room_type:
        yield "room_type_preference", stay.room_type.strip()
    told = [
        (field, code) for field, code, words in ROOM_WORDS if re.search(rf"\b(?:{words})\b", name)
    ]
    yield from (one for one in told if sum(field == one[0] for field, _ in told) == 1)
    floor = FLOOR.fullmatch((stay.room_number or "").strip())
    if floor:
        yield "floor_preference", f"specific:{floor.group(1)}"


def _asked(stay: StayFacts, known: Lists) -> Iterator[Signal]:
    for request in stay.fulfilled_requests:
        text = f" {' '.join(WORD.findall(fold(request)))} "
        for name in ASKED_FOR:
            field = FIELDS[name]
            for code in field.options:
                if known.knows(field, code) and any(
                    f" {w} " in text for w in spellings(name, code)
                ):
                    yield name, code
    for key in stay.tasks_done:
        name, _, code = key.partition(":")
        if name in LEARNED and code:
            yield name, code


def _drank(stay: StayFacts, known: Lists) -> Iterator[Signal]:
    field = FIELDS["minibar_stock"]
    for item in stay.minibar or ():
        text = " ".join(item.split())
        if 0 < len(text) <= LONGEST_ITEM:
            yield field.name, known.match(field, text) or text


def _used(stay: StayFacts, known: Lists) -> Iterator[Signal]:
    activities = FIELDS["preferred_activities"]
    for service in stay.services_used or ():
        name = fold(service.replace("_", " "))
        yield from SERVICES.get(name, ())
        activity = known.match(activities, service)
        if activity and name not in SERVICES:
            yield activities.name, activity


def _came_for(stay: StayFacts, _known: Lists) -> Iterator[Signal]:
    yield from PURPOSES.get(stay.purpose or "", ())


Reader = Callable[[StayFacts, Lists], Iterator[Signal]]
Tells = Callable[[StayFacts], bool]
READERS: dict[Reason, tuple[Reader, Tells, bool]] = {
    "liked": (_liked, lambda stay: stay.satisfied, True),
    "asked": (_asked, lambda stay: bool(stay.fulfilled_requests or stay.tasks_done), False),
    "drank": (_drank, lambda stay: stay.minibar is not None, False),
    "used": (_used, lambda stay: stay.services_used is not None, False),
    "purpose": (_came_for, lambda stay: stay.purpose is not None, False),
}
"""Reason: how a stay is read, which stays count at all, and whether a stay that says nothing of a
field is left out of what is counted for that field."""


@dataclass(frozen=True)
class Finding:
    """What several stays agree on; `stays` speak for it and `against` do not, the newest first."""

    field: Field
    code: str
    reason: Reason
    stays: list[StayRef]
    against: list[StayRef]

    @property
    def confidence(self) -> int:
        """How many in a hundred stays agree."""
        return round(100 * len(self.stays) / (len(self.stays) + len(self.against)))

    @property
    def key(self) -> Signal:
        """What it is about; spelling does not count."""
        return self.field.name, fold(self.code)


def findings(stays: Iterable[StayFacts], known: Lists) -> list[Finding]:
    """What the stays speak for, by the strongest reason; health and belief are never guessed."""
    newest = sorted(stays, key=lambda stay: (stay.check_out_date, str(stay.id)), reverse=True)
    found: dict[Signal, Finding] = {}
    for reason in READERS:
        for each in _of_reason(reason, newest, known):
            rival = found.get(each.key)
            if rival is None or _strength(each) > _strength(rival):
                found[each.key] = each
    return list(found.values())


def _strength(finding: Finding) -> tuple[int, int]:
    return finding.confidence, len(finding.stays)


def _of_reason(reason: Reason, newest: list[StayFacts], known: Lists) -> Iterator[Finding]:
    read, tells, silent_ones_left_out = READERS[reason]
    told = [(stay.ref, _by_key(read(stay, known))) for stay in newest if tells(stay)]
    for name, folded in dict.fromkeys(key for _, said in told for key in said):
        telling = [
            (stay, said) for stay, said in told
            if not silent_ones_left_out or any(field == name for field, _ in said)
        ]  # fmt: skip
        code = next(said[name, folded] for _, said in telling if (name, folded) in said)
        yield Finding(
            FIELDS[name], code, reason,
            stays=[stay for stay, said in telling if (name, folded) in said],
            against=[stay for stay, said in telling if (name, folded) not in said],
        )  # fmt: skip


def _by_key(signals: Iterable[Signal]) -> dict[Signal, str]:
    """The codes by what they are about, as they are spelled."""
    return {(name, fold(code)): code for name, code in signals if name in LEARNED}
