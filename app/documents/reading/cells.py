"""The signs of a zone's lines, one by one, as small even pictures: they stand at one pitch."""

from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median

from PIL import Image, ImageChops

GRID = (18, 20)
"""Pixels of a sign's picture: as high as the sign, which keeps its proportions."""
INK = 128
"""Darker pixels than this are ink."""
LEAST_HIGH = 14
LEAST_SIGNS, MOST_SIGNS = 20, 60
MOST_LINES = 5


@dataclass(frozen=True)
class Sign:
    """One sign's picture, its height, where its middle lies, and its place in the line."""

    picture: bytes
    height: int
    middle: float
    cell: int


def lines(strip: Image.Image) -> list[list[Sign]]:
    """The lines of signs in an even strip, from the top; what is too short for a zone is left."""
    found = []
    for top, bottom in _rows(strip)[:MOST_LINES]:
        line = _line(strip, top, bottom)
        if len(line) >= LEAST_SIGNS:
            found.append(line)
    return found


def _runs(ink: bytes, bound: int) -> list[tuple[int, int]]:
    """Where values stay above the bound."""
    runs = []
    for inked, group in groupby(enumerate(ink), lambda pair: pair[1] > bound):
        places = [at for at, _ in group]
        if inked:
            runs.append((places[0], places[-1] + 1))
    return runs


def _inked(image: Image.Image) -> Image.Image:
    return image.point(lambda value: 255 if value < INK else 0)


def _rows(strip: Image.Image) -> list[tuple[int, int]]:
    rows = _inked(strip).resize((1, strip.height), Image.Resampling.BOX).tobytes()
    return [run for run in _runs(rows, 8) if run[1] - run[0] >= LEAST_HIGH]


def _line(strip: Image.Image, top: int, bottom: int) -> list[Sign]:
    row = _inked(strip.crop((0, top, strip.width, bottom)))
    columns = row.resize((row.width, 1), Image.Resampling.BOX).tobytes()
    runs = [run for run in _runs(columns, 6) if run[1] - run[0] >= 3]
    if not LEAST_SIGNS <= len(runs) <= MOST_SIGNS:
        return []
    pitch = median(two[0] + two[1] - one[0] - one[1] for one, two in pairwise(runs)) / 2
    shades = ImageChops.invert(strip.crop((0, top, strip.width, bottom)))
    signs: list[Sign] = []
    for left, right in runs:
        middle = (left + right) / 2
        cell = signs[-1].cell + round((middle - signs[-1].middle) / pitch) if signs else 0
        if not signs or cell > signs[-1].cell:
            glyph = _tight(shades.crop((left, 0, right, shades.height)))
            signs.append(Sign(picture(glyph), glyph.height, middle, cell))
    return signs


def _tight(glyph: Image.Image) -> Image.Image:
    return glyph.crop(_inked(ImageChops.invert(glyph)).getbbox() or (0, 0, 1, 1))


def picture(glyph: Image.Image) -> bytes:
    """A light sign on black, cut at its own edges, in the middle of the grid."""
    width = max(1, min(GRID[0], round(glyph.width / glyph.height * GRID[1])))
    cell = Image.new("L", GRID)
    drawn = glyph.resize((width, GRID[1]), Image.Resampling.BOX)
    cell.paste(drawn, ((GRID[0] - width) // 2, 0))
    return cell.tobytes()
