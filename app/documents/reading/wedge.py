"""What a scanner types, as keyboards spoil it: lost line ends, lost shift, another layout."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.documents.reading import citizen_card, mrz
from app.documents.reading.reading import Reading
from app.documents.reading.zone import LONGEST_TEXT

FEWEST_FILLERS = 4
GERMAN: Final = str.maketrans("YZyz;", "ZYzy<")
FRENCH: Final = str.maketrans("QWAZqwaz?,.;&é\"'(-è_çà§", "AZQWazqwMm<,1234567890" + "6")
LAYOUTS: Final[tuple[dict[int, int], ...]] = ({}, GERMAN, FRENCH)
"""From what is typed on that layout to what a scanner set to the American one has meant."""
_NO_FILLER = re.compile(r"[\w\s<]")
_TYPED_OVER = re.compile("[ĂÂĐÊÔƠƯ\u1ea0-\u1ef9À-Ý]", re.IGNORECASE)


@dataclass(frozen=True)
class Scanned:
    """What came of a scanned text. spoiled: a Vietnamese input method changed it on the way."""

    reading: Reading | None
    spoiled: bool = False


def read(text: str, today: date) -> Scanned:
    """The paper whose text was scanned or pasted, whichever way it was spoiled."""
    text = text[:LONGEST_TEXT]
    if card := citizen_card.read(text, today):
        return Scanned(card)
    best: Reading | None = None
    for spelling in _spellings(text):
        found = mrz.read(spelling, today)
        if found and (best is None or _held(found) > _held(best)):
            best = found
        if best and best.whole and not best.repaired:
            break
    return Scanned(best, spoiled=best is None and _spoiled(text))


def _held(reading: Reading) -> int:
    return 2 * sum(reading.checks.values()) - len(reading.checks) - len(reading.repaired)


def _spellings(text: str) -> Iterator[str]:
    for layout in LAYOUTS:
        typed = text.translate(layout)
        yield typed
        if "<" not in typed and (filler := _filler(typed)):
            yield typed.replace(filler, "<")


def _filler(text: str) -> str | None:
    """The sign that stands where fillers should: the commonest that is no letter and no digit."""
    counted = Counter(_NO_FILLER.sub("", text)).most_common(1)
    return counted[0][0] if counted and counted[0][1] >= FEWEST_FILLERS else None


def _spoiled(text: str) -> bool:
    """True for a zone in which Telex or VNI made accented letters of what the scanner typed."""
    return text.count("<") >= FEWEST_FILLERS and _TYPED_OVER.search(text) is not None
