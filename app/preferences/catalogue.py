"""Every preference of section 2.2 as one row of facts: its group, kind, options, who serves it.

A value is told as `codes`: none, one, or in a list several short texts, whatever its column holds;
see `values.py`. `FIELDS` is what pages, API, tasks and learning walk.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from flask_babel import lazy_gettext as _l

from app.core.actor import Actor
from app.preferences import vocabulary as words

Kind = Literal[
    "one", "many", "flag", "count", "time", "text", "language", "hours", "occasions"
]  # fmt: skip
Department = Literal["housekeeping", "kitchen", "front_office"]
HOUSEKEEPING: Final = "housekeeping"
KITCHEN: Final = "kitchen"
FRONT_OFFICE: Final = "front_office"

ANY_FLOOR = re.compile(r"specific:(?:-?[1-9]|[1-9][0-9]{1,2})")
SEVERAL: tuple[Kind, ...] = ("many", "hours", "occasions")
TOLD_BY_OPTIONS: tuple[Kind, ...] = ("one", "many", "flag", "count", "occasions")
EXTENSIBLE: tuple[Kind, ...] = ("one", "many", "occasions")
"""Kinds whose list of options a manager may change."""

GROUPS: dict[str, tuple[Any, str]] = {
    "room": (_l("Room"), "bed-double"),
    "food": (_l("Food and drink"), "utensils"),
    "amenities": (_l("Amenities"), "bath"),
    "accessibility": (_l("Accessibility"), "accessibility"),
    "business": (_l("Business"), "briefcase"),
    "recreation": (_l("Recreation"), "dumbbell"),
    "communication": (_l("Communication"), "message-square"),
    "services": (_l("Services"), "concierge-bell"),
    "privacy": (_l("Privacy"), "shield"),
}
"""Group: its title and icon, in the order of the tab."""


@dataclass(frozen=True)
class Field:
    """One preference. `name` is its column, unless `column` and `path` name a place in JSON.

    api: where it stands in the JSON of section 3.2. free: texts beside the options are allowed;
    `pattern` allows only those that match. see: the permission that shows it. idle: options that
    ask for nothing to be done. plain: the options say what they are without the label ("King bed").
    """

    name: str
    group: str
    kind: Kind
    label: Any
    api: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    department: Department | None = None
    see: str = "guests.read"
    free: bool = False
    pattern: re.Pattern[str] | None = None
    column: str = ""
    path: str = ""
    idle: tuple[str, ...] = ()
    plain: bool = False
    longest: int = 100

    @property
    def stored(self) -> str:
        """The column that holds it."""
        return self.column or self.name

    @property
    def care(self) -> bool:
        """True for health and belief, which only staff who serve may see."""
        return self.see == "guests.care"

    @property
    def several(self) -> bool:
        """True where a guest may have more than one of it."""
        return self.kind in SEVERAL


def _row(
    name: str, kind: Kind, label: Any, key: str, options: Mapping[str, Any] | None = None,
    department: Department | None = None, **more: Any,
) -> dict[str, Any]:  # fmt: skip
    given = dict(words.YES_NO if kind == "flag" else options or {})
    return {"name": name, "kind": kind, "label": label, "key": key, "options": given,
            "department": department, **more}  # fmt: skip


CARE = {"see": "guests.care"}
FREE = {"free": True}
MINIBAR = {"column": "minibar_preferences", "free": True}
MEALS = {"column": "meal_preferences"}
NOT_ASKED = {"idle": ("no",)}

_ROWS: dict[str, tuple[dict[str, Any], ...]] = {
    "room": (
        _row("room_location", "many", _l("Location"), "location", words.LOCATIONS, FRONT_OFFICE,
             plain=True),
        _row("room_type_preference", "text", _l("Room type"), "type_preference", None,
             FRONT_OFFICE),
        _row("bed_type", "one", _l("Bed"), "bed_type", words.BEDS, HOUSEKEEPING, idle=("any",),
             plain=True),
        _row("bed_firmness", "one", _l("Mattress"), "bed_firmness", words.FIRMNESS, HOUSEKEEPING),
        _row("pillow_type", "one", _l("Pillow"), "pillow_type", words.PILLOWS, HOUSEKEEPING),
        _row("pillow_count", "count", _l("Pillows"), "pillow_count", words.COUNTS, HOUSEKEEPING),
        _row("room_temperature", "one", _l("Temperature"), "temperature", words.TEMPERATURES,
             HOUSEKEEPING),
        _row("floor_preference", "one", _l("Floor"), "floor", words.FLOORS, FRONT_OFFICE,
             pattern=ANY_FLOOR),
        _row("view_preference", "one", _l("View"), "view", words.VIEWS, FRONT_OFFICE),
    ),
    "food": (
        _row("food_allergies", "many", _l("Allergies"), "allergies", words.ALLERGIES, KITCHEN,
             **CARE, **FREE),
        _row("dietary_restrictions", "many", _l("Diet"), "restrictions", words.DIETS, KITCHEN,
             **CARE, plain=True),
        _row("breakfast_type", "one", _l("Breakfast"), "breakfast.type", words.BREAKFASTS, KITCHEN,
             **MEALS, path="breakfast.type"),
        _row("breakfast_time", "time", _l("Breakfast at"), "breakfast.time", None, KITCHEN,
             **MEALS, path="breakfast.time"),
        _row("breakfast_location", "one", _l("Breakfast where"), "breakfast.location",
             words.BREAKFAST_PLACES, KITCHEN, **MEALS, path="breakfast.location"),
        _row("breakfast_items", "many", _l("For breakfast"), "breakfast.items",
             words.BREAKFAST_ITEMS, KITCHEN, **MEALS, **FREE, path="breakfast.items"),
        _row("favorite_dishes", "many", _l("Favourite dishes"), "favorite_dishes", None, KITCHEN,
             **FREE),
        _row("beverage_preferences", "many", _l("Drinks"), "beverages", words.BEVERAGES, KITCHEN,
             **FREE),
    ),
    "amenities": (
        _row("minibar_stock", "many", _l("In the minibar"), "minibar.stock", words.MINIBAR,
             HOUSEKEEPING, **MINIBAR, path="stock"),
        _row("minibar_extra", "many", _l("Extra in the minibar"), "minibar.extra", None,
             HOUSEKEEPING, **MINIBAR, path="extra"),
        _row("minibar_remove", "many", _l("Out of the minibar"), "minibar.remove",
             words.MINIBAR_REMOVED, HOUSEKEEPING, **MINIBAR, path="remove"),
        _row("minibar_restock", "one", _l("Refill the minibar"), "minibar.restock", words.RESTOCK,
             HOUSEKEEPING, **MEALS, path="minibar.restock"),
        _row("minibar_wishes", "many", _l("Minibar in general"), "minibar.preferences",
             words.MINIBAR_WISHES, HOUSEKEEPING, **MEALS, path="minibar.preferences"),
        _row("bathroom_amenities", "many", _l("In the bathroom"), "bathroom", words.BATHROOM,
             HOUSEKEEPING, plain=True),
        _row("room_amenities", "many", _l("In the room"), "room", words.ROOM_AMENITIES,
             HOUSEKEEPING, plain=True),
    ),
    "accessibility": (
        _row("accessibility_required", "flag", _l("Accessible room"), "required", None,
             FRONT_OFFICE, **CARE, **NOT_ASKED),
        _row("mobility_assistance", "one", _l("Moves with"), "mobility_assistance",
             words.MOBILITY, FRONT_OFFICE, **CARE, **FREE, plain=True),
        _row("hearing_assistance", "flag", _l("Hard of hearing"), "hearing_assistance", None,
             FRONT_OFFICE, **CARE, **NOT_ASKED),
        _row("visual_assistance", "flag", _l("Impaired sight"), "visual_assistance", None,
             FRONT_OFFICE, **CARE, **NOT_ASKED),
        _row("other_assistance", "text", _l("Other needs"), "other_assistance", None,
             FRONT_OFFICE, **CARE, longest=180),
    ),
    "business": (
        _row("work_desk_required", "flag", _l("Work desk"), "work_desk", None, HOUSEKEEPING,
             **NOT_ASKED),
        _row("high_speed_internet", "flag", _l("Fast internet"), "high_speed_internet", None,
             FRONT_OFFICE, **NOT_ASKED),
        _row("printer_access", "flag", _l("Printer"), "printer_access", None, FRONT_OFFICE,
             **NOT_ASKED),
        _row("business_center_access", "flag", _l("Business centre"), "business_center", None),
        _row("meeting_room_preference", "text", _l("Meeting room"), "meeting_room", None,
             FRONT_OFFICE),
    ),
    "recreation": (
        _row("gym_access", "flag", _l("Gym"), "gym_access"),
        _row("spa_interest", "flag", _l("Spa"), "spa_interest"),
        _row("pool_access", "flag", _l("Pool"), "pool_access"),
        _row("preferred_activities", "many", _l("Likes to do"), "activities", words.ACTIVITIES,
             None, **FREE),
    ),
    "communication": (
        _row("preferred_contact_method", "one", _l("Best reached by"), "preferred_method",
             words.CONTACTS),
        _row("preferred_contact_time", "one", _l("Best time"), "preferred_time",
             words.CONTACT_TIMES),
        _row("language_preference", "language", _l("Language"), "language", longest=10),
        _row("communication_frequency", "one", _l("Wants to hear"), "frequency",
             words.FREQUENCIES),
    ),
    "services": (
        _row("housekeeping_time", "one", _l("Housekeeping"), "housekeeping_time",
             words.HOUSEKEEPING, HOUSEKEEPING),
        _row("turndown_service", "flag", _l("Turndown service"), "turndown_service", None,
             HOUSEKEEPING, **NOT_ASKED),
        _row("wake_up_call_time", "time", _l("Wake-up call"), "wake_up_call", None, FRONT_OFFICE),
        _row("do_not_disturb_hours", "hours", _l("Do not disturb"), "do_not_disturb", None,
             HOUSEKEEPING),
        _row("newspaper", "text", _l("Newspaper"), "newspaper", None, FRONT_OFFICE),
        _row("newspaper_language", "language", _l("Newspaper in"), "newspaper_language",
             longest=10),
        _row("special_occasions", "occasions", _l("Special occasions"), "special_occasions",
             words.OCCASIONS),
        _row("airport_transfer", "one", _l("Airport transfer"), "airport_transfer",
             words.TRANSFERS, FRONT_OFFICE, idle=("not_needed", "on_request")),
        _row("preferred_transport", "one", _l("Travels by"), "preferred_transport",
             words.TRANSPORT, FRONT_OFFICE),
        _row("car_rental_preference", "text", _l("Rental car"), "car_rental", None, FRONT_OFFICE),
        _row("parking_required", "flag", _l("Parking"), "parking", None, FRONT_OFFICE,
             **NOT_ASKED),
        _row("notes", "text", _l("Notes"), "notes", see="guests.notes", longest=200),
    ),
    "privacy": (
        _row("photo_consent", "flag", _l("May be photographed"), "photo_consent"),
        _row("social_media_consent", "flag", _l("May appear on social media"),
             "social_media_consent"),
        _row("room_entry_notification", "flag", _l("Tell before entering the room"),
             "room_entry_notification", None, HOUSEKEEPING, **NOT_ASKED),
    ),
}  # fmt: skip

CATEGORY_OF = {"food": "dietary"}
"""Group: its name in the API, where that differs."""


def _field(group: str, facts: dict[str, Any]) -> Field:
    category = CATEGORY_OF.get(group, group)
    api = (category, *facts.pop("key").split("."))
    return Field(group=group, api=api, **facts)


FIELDS: dict[str, Field] = {
    facts["name"]: _field(group, facts) for group, rows in _ROWS.items() for facts in rows
}
"""All preferences by name, in the order of groups and within them."""
CARE_FIELDS = frozenset(name for name, each in FIELDS.items() if each.care)
CATEGORIES = {CATEGORY_OF.get(group, group): group for group in GROUPS} | {"food": "food"}
"""What the API may call a group: its name here."""


IN_GROUP = {name: [each for each in FIELDS.values() if each.group == name] for name in GROUPS}


def of_group(group: str, by: Actor) -> list[Field]:
    """The group's fields that somebody may see, in order."""
    return [each for each in IN_GROUP[group] if by.may(each.see)]


def groups(by: Actor) -> list[str]:
    """The groups in which somebody may see anything."""
    return [group for group in GROUPS if of_group(group, by)]
