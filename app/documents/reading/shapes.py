"""Telling the signs of OCR-B, which all zones are printed in, by their shapes.

`ocr_b.txt` holds a shape a line, in the grid of `cells`, drawn from the public domain's OCR-B.
"""

import re
from functools import lru_cache
from math import sqrt
from operator import mul
from pathlib import Path
from statistics import median

from PIL import Image

from app.documents.reading.cells import Sign, lines

LEAST_LIKE = 0.55
"""What is less like any shape than this is no sign of a zone."""
CLEAR_DIGITS = frozenset("34679")
_EDGES = re.compile(r"^\S{1,2} | \S{1,2}$")
"""Beyond a gap lies the paper's edge, or what lies beside it."""
TALLER = 1.03
FEWEST = 3


def read(strip: Image.Image) -> str:
    """The text of the lines in a strip; '' where there are none."""
    return "\n".join(filter(None, map(_text, lines(strip))))


def _text(line: list[Sign]) -> str:
    told = [_told(sign.picture) for sign in line]
    if sum(like for _, like in told) < LEAST_LIKE * len(told):
        return ""
    if _holds_names([letter for letter, _ in told]):
        told = [_told(sign.picture, names=True) for sign in line]
    letters = _by_height([letter for letter, _ in told], [sign.height for sign in line])
    signs = {sign.cell: letter for sign, letter in zip(line, letters, strict=True)}
    text = "".join(signs.get(cell, " ") for cell in range(line[-1].cell + 1))
    return _EDGES.sub("", max(text.split("  "), key=len))


def _holds_names(letters: list[str]) -> bool:
    """True for a line of letters, which has none of the digits that no letter is mistaken for."""
    digits = sum(letter.isdecimal() for letter in letters)
    return 4 * digits <= len(letters) - letters.count("<") and CLEAR_DIGITS.isdisjoint(letters)


def _by_height(letters: list[str], heights: list[int]) -> list[str]:
    """The letters with O and 0 told apart by height, since OCR-B's digits are the taller."""
    pairs = list(zip(letters, heights, strict=True))
    digits = [height for sign, height in pairs if sign in "123456789"]
    capitals = [height for sign, height in pairs if sign.isalpha() and sign not in "OQJ"]
    if len(digits) < FEWEST or len(capitals) < FEWEST:
        return letters
    tall, low = median(digits), median(capitals)
    if tall < low * TALLER:
        return letters
    bound = (tall + low) / 2
    return [("0" if high > bound else "O") if sign in "O0" else sign for sign, high in pairs]


@lru_cache(maxsize=512)
def _told(picture: bytes, *, names: bool = False) -> tuple[str, float]:
    """The sign whose shape is most like the picture, and how alike they are, up to 1."""
    mine = levelled(picture)
    usual = (pair for pair in shapes() if not (names and pair[0].isdecimal()))
    likes = ((sum(map(mul, mine, shape)), sign) for sign, shape in usual)
    like, sign = max(likes)
    return sign, like


def levelled(picture: bytes) -> list[float]:
    """The picture's values about their mean, of length 1: alike however dark it was."""
    mean = sum(picture) / len(picture)
    values = [value - mean for value in picture]
    length = sqrt(sum(map(mul, values, values))) or 1.0
    return [value / length for value in values]


@lru_cache(maxsize=1)
def shapes() -> list[tuple[str, list[float]]]:
    """Signs with their levelled shapes: each crisp and blurred."""
    rows = Path(__file__).with_name("ocr_b.txt").read_text("ascii").splitlines()
    drawn = (row.split(" ") for row in rows if row)
    return [(sign, levelled(bytes(int(level, 16) for level in levels))) for sign, levels in drawn]
