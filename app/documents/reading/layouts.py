"""Where things stand in machine-readable zones: ICAO Doc 9303 parts 4 to 7, and France's old card.

Places are counted through all lines as one text, the first sign being 0.
"""

import re
from dataclasses import dataclass

Place = tuple[int, int]


@dataclass(frozen=True)
class Layout:
    """One form of zone. digits: field to the place of its check digit."""

    name: str
    document_type: str
    lines: int
    width: int
    codes: str
    places: dict[str, Place]
    digits: dict[str, int]
    composite: tuple[Place, ...] = ()
    composite_at: int | None = None
    long_numbers: bool = False
    """A number of more than nine signs goes on in the optional data (`personal`)."""

    @property
    def names_line(self) -> int | None:
        """The line that ends in names and their filling."""
        return self.places["names"][1] // self.width - 1 if "names" in self.places else None

    @property
    def size(self) -> int:
        """Signs in all lines."""
        return self.lines * self.width

    def starts(self, zone: str) -> bool:
        """True when the zone begins with this layout's document code."""
        return re.match(self.codes, zone) is not None

    def part(self, zone: str, name: str) -> str:
        """The signs of one field; '' where the layout has none such."""
        start, end = self.places.get(name, (0, 0))
        return zone[start:end]


def _two_lines(width: int, end: int, **more: Place) -> dict[str, Place]:
    """Places of a passport, visa or card of two lines; the optional data goes to `end`."""
    return {
        "code": (0, 2), "issuer": (2, 5), "names": (5, width), "number": (width, width + 9),
        "nationality": (width + 10, width + 13), "birth": (width + 13, width + 19),
        "sex": (width + 20, width + 21), "expiry": (width + 21, width + 27),
        "personal": (width + 28, end), **more,
    }  # fmt: skip


TD3 = Layout(
    "TD3", "passport", 2, 44, "P[A-Z<]",
    _two_lines(44, 86), {"number": 53, "birth": 63, "expiry": 71, "personal": 86},
    ((44, 54), (57, 64), (65, 87)), 87,
)  # fmt: skip
TD2 = Layout(
    "TD2", "id_card", 2, 36, "[ACIP][A-Z<]",
    _two_lines(36, 71), {"number": 45, "birth": 55, "expiry": 63},
    ((36, 46), (49, 56), (57, 71)), 71, long_numbers=True,
)  # fmt: skip
TD1 = Layout(
    "TD1", "id_card", 3, 30, "[ACI][A-Z<]",
    {"code": (0, 2), "issuer": (2, 5), "number": (5, 14), "personal": (15, 30), "birth": (30, 36),
     "sex": (37, 38), "expiry": (38, 44), "nationality": (45, 48), "optional": (48, 59),
     "names": (60, 90)},
    {"number": 14, "birth": 36, "expiry": 44},
    ((5, 30), (30, 37), (38, 45), (48, 59)), 59, long_numbers=True,
)  # fmt: skip
MRV_A = Layout(
    "MRV-A", "visa", 2, 44, "V[A-Z<]",
    _two_lines(44, 88), {"number": 53, "birth": 63, "expiry": 71},
)  # fmt: skip
MRV_B = Layout(
    "MRV-B", "visa", 2, 36, "V[A-Z<]",
    _two_lines(36, 72), {"number": 45, "birth": 55, "expiry": 63},
)  # fmt: skip
IDFRA = Layout(
    "IDFRA", "id_card", 2, 36, "IDFRA",
    {"code": (0, 2), "issuer": (2, 5), "last": (5, 30), "number": (36, 48), "first": (49, 63),
     "birth": (63, 69), "sex": (70, 71)},
    {"number": 48, "birth": 69}, ((0, 71),), 71,
)  # fmt: skip
LAYOUTS = (TD3, TD1, TD2, IDFRA, MRV_A, MRV_B)
