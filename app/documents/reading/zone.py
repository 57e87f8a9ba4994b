"""Finding the lines of a machine-readable zone in noisy text: OCR, a scanner, or typing."""

import re
import unicodedata
from collections.abc import Iterator

from app.documents.reading.layouts import LAYOUTS, Layout

LONGEST_TEXT = 5_000
SHORTEST_LINE = 24
MOST_LINES = 40
MOST_STARTS = 40
MOST_OFF = 5
"""Signs that a line may have too many or too few of, when a run of fillers can make up for it."""
_FILLERS = str.maketrans({"«": "<<", "‹": "<", "〈": "<", "《": "<<", "く": "<", "≤": "<"})
_NO_SIGN = re.compile("[^A-Z0-9<]")
# Fillers are read as K, C, E, L or S where many stand side by side; never before the first three.
_RUN = re.compile(r"<{3,}[<KCELS]*|<<[<KCELS]{4,}(?=\d{0,2}$)")
_START = re.compile("[PIACV][A-Z<][A-Z0<]{3}")


def cleaned(text: str) -> list[str]:
    """Lines of the text that may belong to a zone, in its signs alone."""
    text = unicodedata.normalize("NFKC", text[:LONGEST_TEXT].translate(_FILLERS)).upper()
    lines = (_NO_SIGN.sub("", line) for line in text.splitlines())
    return [line for line in lines if line][:MOST_LINES]


def candidates(text: str) -> Iterator[tuple[Layout, str, bool]]:
    """(layout, its signs in one string, whether by lines) of everything that may be a zone."""
    lines = cleaned(text)
    for layout in LAYOUTS:
        for at in range(len(lines) - layout.lines + 1):
            fitted = [
                names_fitted(line, layout.width)
                if number == layout.names_line
                else fitted_to(line, layout.width)
                for number, line in enumerate(lines[at : at + layout.lines])
            ]
            if all(fitted):
                yield layout, "".join(filter(None, fitted)), True
    yield from _run_together("".join(lines))


def _run_together(signs: str) -> Iterator[tuple[Layout, str, bool]]:
    """Zones in text whose line ends were lost."""
    starts = [found.start() for found in _START.finditer(signs)][:MOST_STARTS]
    for layout in LAYOUTS:
        for start in starts:
            zone = signs[start : start + layout.size]
            if len(zone) == layout.size:
                yield layout, zone, False


def fitted_to(line: str, width: int) -> str | None:
    """The line with its longest run of fillers made as long as the width asks for; None if not."""
    off = width - len(line)
    if off == 0:
        return line
    if abs(off) > MOST_OFF or len(line) < SHORTEST_LINE:
        return None
    runs = [run for run in _RUN.finditer(line) if run.group().count("<") * 2 > len(run.group())]
    if not runs:
        return None
    run = max(runs, key=lambda each: len(each.group()))
    length = len(run.group()) + off
    return line[: run.start()] + "<" * length + line[run.end() :] if length > 0 else None


def names_fitted(line: str, width: int) -> str | None:
    """A line that ends in names, however much of the filling behind them was read."""
    if not re.search("[A-Z]<", line):
        return None
    rest = line[width:]
    return None if rest.strip("<KCELS") else line[:width].ljust(width, "<")
