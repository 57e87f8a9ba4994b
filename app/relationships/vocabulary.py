"""The fixed words of relationships: what somebody is to the guest, and what the guest allows."""

from flask_babel import lazy_gettext as _l

TYPES = {
    "spouse": _l("Spouse"),
    "child": _l("Child"),
    "parent": _l("Parent"),
    "sibling": _l("Brother or sister"),
    "colleague": _l("Colleague"),
    "friend": _l("Friend"),
    "assistant": _l("Assistant"),
    "principal": _l("Principal"),
}
"""What `related` is to the guest. `principal` is whom an assistant works for."""
INVERSE = {name: name for name in TYPES} | {
    "child": "parent", "parent": "child", "assistant": "principal", "principal": "assistant",
}  # fmt: skip
"""What the guest is to `related` then (ruling 9)."""
FAMILY = ("spouse", "child", "parent", "sibling")
LINEAGE = ("parent", "child")

RIGHTS = {
    "can_make_bookings": _l("Book for this guest"),
    "share_preferences": _l("See this guest’s preferences"),
    "share_loyalty_benefits": _l("Share this guest’s benefits"),
}
"""What the guest allows `related`; each side allows for itself."""
RECEIVED = {
    "can_make_bookings": _l("book for them"),
    "share_preferences": _l("see their preferences"),
    "share_loyalty_benefits": _l("share their benefits"),
}
"""The same, as `related` allows it to the guest."""
RIGHT_COLUMNS = {
    "bookings": "can_make_bookings",
    "preferences": "share_preferences",
    "loyalty_benefits": "share_loyalty_benefits",
}
"""A right as `customers.rights` calls it: the column that gives it."""
ROOMS = {
    "same_room_preference": _l("Same room"),
    "adjacent_room_preference": _l("Rooms side by side"),
}
"""What both want together: written to both sides."""
PRIMARY = {"is_primary": _l("First to call")}
SWITCHES = PRIMARY | RIGHTS | ROOMS
