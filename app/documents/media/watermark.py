"""Words laid over a picture again and again, so that a copy of it says who looked, and when."""

import re
import unicodedata
from pathlib import Path
from typing import Final

from anyascii import anyascii
from PIL import Image, ImageDraw, ImageFont

FONT: Final = str(Path(__file__).parent / "font" / "watermark.ttf")
_MISSING: Final = re.compile("[^ -~\xa0-\u017fƠơƯưḀ-ỿ‐-…₫€]")
LONGEST_WORDS: Final = 120
ANGLE: Final = 30
DARK, LIGHT = (0, 0, 0, 80), (255, 255, 255, 80)


def marked(picture: Image.Image, words: str) -> Image.Image:
    """The picture with the words all over it, readable on dark and on light."""
    tile = _tile(written(words), max(12, max(picture.size) // 60))
    wide, high = tile.size
    layer = Image.new("RGBA", (picture.width + 2 * wide, picture.height + 2 * high))
    for top in range(0, picture.height + high, max(1, high // 2)):
        for left in range(0, picture.width + wide, wide):
            layer.alpha_composite(tile, (left, top))
    layer = layer.crop((wide, high, wide + picture.width, high + picture.height))
    return Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB")


def written(words: str) -> str:
    """The words in letters that the font has; those of other scripts are spelled in Latin ones."""
    words = unicodedata.normalize("NFC", " ".join(words.split()))[:LONGEST_WORDS]
    return _MISSING.sub(lambda letter: anyascii(letter.group()), words)


def _tile(words: str, size: int) -> Image.Image:
    font = ImageFont.truetype(FONT, size)
    left, top, right, bottom = font.getbbox(words, stroke_width=1)
    text = Image.new("RGBA", (int(right - left) + 2 * size, int(bottom - top) + 2 * size))
    ImageDraw.Draw(text).text(
        (size - left, size - top), words, DARK, font, stroke_width=1, stroke_fill=LIGHT
    )
    return text.rotate(ANGLE, Image.Resampling.BICUBIC, expand=True)
