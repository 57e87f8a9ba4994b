"""Makes sense of what was seen in a photo of a paper.

Apart from `photo`, whose libraries only the process that decodes files has to hold.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.documents.reading import citizen_card, mrz
from app.documents.reading.reading import Reading


def read(seen: Mapping[str, Any], today: date) -> tuple[Reading, str] | None:
    """The paper in a photo, of what `photo.look` told about it, and the text that tells it."""
    for code in seen["codes"]:
        if card := citizen_card.read(code, today):
            return card, code
    read = [(found, text) for text in seen["zones"] if (found := mrz.read(text, today))]
    return max(read, key=lambda each: _surety(each[0]), default=None)


def _surety(reading: Reading) -> tuple[int, int]:
    return sum(reading.checks.values()), -len(reading.guessed)
