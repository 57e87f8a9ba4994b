"""Finding lines of print that may be a machine-readable zone in a photo, and cutting them out."""

import re
from dataclasses import dataclass, replace
from itertools import groupby

from PIL import Image, ImageChops, ImageFilter, ImageStat

WIDE = 800
"""Pixels of the small copy in which lines are looked for."""
TALLEST = 2
"""Times its width; no photo of lines of print is taller."""
STROKE = 5
"""Pixels that two rounds each widen and narrow: strokes are thinner than both."""
MOST_LINES = 3
MOST_TURN = 20.0
SHORTEST = 0.3
"""Of the copy's width: lines below are none of a zone."""
MOST_STRIPS = 3
LINES_HIGH = (4, 60)
WRITTEN_WIDE = 1500
"""Pixels of a strip as it is handed to the OCR: about thirty for a sign."""


@dataclass(frozen=True)
class _Band:
    """Rows of the small copy with a long line of print, and where it begins and ends."""

    top: int
    bottom: int
    left: int
    right: int


def strips(photo: Image.Image) -> list[Image.Image]:
    """Cut-outs that may hold a zone, upright and evenly lit, the likeliest first."""
    for quarter in (None, Image.Transpose.ROTATE_90):
        turned = photo.transpose(quarter) if quarter is not None else photo
        if turned.height > TALLEST * turned.width:
            continue
        small = turned.resize((WIDE, max(1, round(WIDE * turned.height / turned.width))))
        ink = _ink(small)
        angle = _angle(ink)
        groups = _groups(ink.rotate(angle))
        if groups:
            straight = turned.rotate(angle, Image.Resampling.BICUBIC, fillcolor=_mean(turned))
            likely = [*groups[:1], *_taller(groups[0]), *groups[1:MOST_STRIPS]]
            return [_cut(straight, group) for group in likely]
    return []


def _taller(group: list[_Band]) -> list[list[_Band]]:
    """Two lines with the place above them: a card's first line, where it leans, may be missed."""
    if len(group) != MOST_LINES - 1:
        return []
    first, second = group
    pitch = second.top - first.top
    return [[replace(first, top=first.top - pitch, bottom=first.bottom - pitch), *group]]


def _mean(image: Image.Image) -> int:
    return round(ImageStat.Stat(image).mean[0])


def _ink(small: Image.Image) -> Image.Image:
    """Thin dark strokes as white, whatever light falls on them."""
    closed = small
    for each in (ImageFilter.MaxFilter(STROKE), ImageFilter.MinFilter(STROKE)):
        closed = closed.filter(each).filter(each)
    dark = ImageChops.subtract(closed, small)
    bound = max(16, _share(dark, 0.97) * 0.5)
    return dark.point(lambda value: 255 if value > bound else 0)


def _share(image: Image.Image, share: float) -> int:
    """The value that this share of the pixels is not above."""
    left = share * image.width * image.height
    for value, count in enumerate(image.histogram()):
        left -= count
        if left <= 0:
            return value
    return 255


def _angle(ink: Image.Image) -> float:
    """Degrees by which lines lie level: rows are then either full of print or empty."""
    best, reach = 0.0, MOST_TURN
    for step, seen in ((2.0, ink.reduce(2)), (0.6, ink), (0.2, ink)):
        near = range(-round(reach / step), round(reach / step) + 1)
        tried = {best + step * n: _evenness(seen, best + step * n) for n in near}
        best, reach = max(tried, key=tried.__getitem__), step
    return best


def _evenness(ink: Image.Image, angle: float) -> int:
    rows = ink.rotate(angle).resize((1, ink.height), Image.Resampling.BOX).tobytes()
    return sum(row * row for row in rows)


def _groups(ink: Image.Image) -> list[list[_Band]]:
    """Two or three lines of like length under each other; the lowest and longest first."""
    bands = _bands(ink)
    groups: list[list[_Band]] = []
    for band in bands:
        if groups and _belongs(groups[-1][-1], band):
            groups[-1].append(band)
        else:
            groups.append([band])
    return sorted(groups, key=lambda g: (-len(g[:2]), -max(b.right - b.left for b in g)))


def _belongs(above: _Band, band: _Band) -> bool:
    high = max(each.bottom - each.top for each in (above, band))
    near = band.top - above.bottom < 2.5 * max(4, high)
    shared = min(above.right, band.right) - max(above.left, band.left)
    return near and shared > 0.6 * min(above.right - above.left, band.right - band.left)


def _bands(ink: Image.Image) -> list[_Band]:
    wide = ink.filter(ImageFilter.BoxBlur((16, 1)))
    mask = wide.point(lambda value: 255 if value > 40 else 0)
    rows = [_longest(mask.crop((0, y, mask.width, y + 1)).tobytes()) for y in range(mask.height)]
    found: list[_Band] = []
    for long, run in groupby(enumerate(rows), lambda row: row[1][1] - row[1][0] > SHORTEST * WIDE):
        lines = list(run)
        top, bottom = lines[0][0], lines[-1][0] + 1
        if long and LINES_HIGH[0] <= bottom - top <= LINES_HIGH[1]:
            left, right = min(r[0] for _, r in lines), max(r[1] for _, r in lines)
            found.append(_Band(top, bottom, left, right))
    return found


def _longest(row: bytes) -> tuple[int, int]:
    """Where the row's longest run of white begins and ends."""
    runs = (run.span() for run in re.finditer(b"[^\\0]+", row))
    return max(runs, key=lambda run: run[1] - run[0], default=(0, 0))


def _cut(straight: Image.Image, group: list[_Band]) -> Image.Image:
    scale = straight.width / WIDE
    group = group[-MOST_LINES:]
    high = max(band.bottom - band.top for band in group)
    box = (
        min(b.left for b in group) - high, group[0].top - high * 0.9,
        max(b.right for b in group) + high, group[-1].bottom + high * 0.9,
    )  # fmt: skip
    cut = straight.crop(tuple(round(edge * scale) for edge in box))  # type: ignore[arg-type]
    return _even(cut.resize((WRITTEN_WIDE, max(1, round(WRITTEN_WIDE * cut.height / cut.width)))))


def _even(cut: Image.Image) -> Image.Image:
    """Dark on white, without the light's unevenness and the ground's faint print."""
    ground = cut.filter(ImageFilter.BoxBlur(30))
    strokes = ImageChops.subtract(ground, cut)
    bound = max(10, _share(strokes, 0.95))
    return strokes.point(lambda value: 255 - min(255, max(0, round((value / bound - 0.35) * 390))))
