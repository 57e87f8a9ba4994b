"""The fixed words of the desk, and which department a request is for."""

import re

from flask_babel import lazy_gettext as _l

COLUMNS = {"arriving": _l("Arriving"), "house": _l("In house"), "leaving": _l("Leaving")}
DEPARTMENTS = {
    "housekeeping": _l("Housekeeping"),
    "kitchen": _l("Kitchen"),
    "front_office": _l("Front office"),
}
STATES = {
    "open": _l("To do"),
    "done": _l("Done"),
    "not_possible": _l("Not possible"),
    "declined": _l("Declined"),
}
_KITCHEN = (
    r"breakfast|lunch|dinner|meals?|food|cakes?|vegetarians?|vegan|halal|kosher|gluten\S*|allerg\w*"
    r"|nuts?|wine|champagne|fruits?|milk|coffee|tea|bữa|ăn|món|bánh|chay|dị ứng|rượu|trái cây"
    r"|hoa quả|sữa|cà phê|trà"
)
_HOUSEKEEPING = (
    r"pillows?|blankets?|duvets?|beds?|cots?|cribs?|towels?|linen|slippers|bathrobes?|iron\w*"
    r"|hair ?dryer|clean\w*|turn-?down|flowers?|decorat\w*|humidifier|fans?|gối|chăn|mền|giường"
    r"|nôi|cũi|khăn|dép|bàn là|bàn ủi|máy sấy|dọn|hoa|trang trí|máy tạo ẩm|quạt"
)
_BY_WORD = (
    ("kitchen", re.compile(rf"\b(?:{_KITCHEN})\b")),
    ("housekeeping", re.compile(rf"\b(?:{_HOUSEKEEPING})\b")),
)


def department_of(request: str) -> str:
    """The department that a booking's request is for, by its words in English or Vietnamese.

    What no word tells is for front office.
    """
    text = request.casefold()
    return next((name for name, words in _BY_WORD if words.search(text)), "front_office")
