"""Photos of specimens: a page or card with its zone or code, on a table, as a tablet takes it."""

import random
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from app.documents import reading
from app.documents.reading.cells import GRID

OCR_B = Path("/usr/share/fonts/opentype/ocr-b/OCRB.otf")
ROOT = Path(reading.__file__).parent
FACE = ROOT.parent / "media" / "font" / "watermark.ttf"
PIXELS_A_MM = 8
PITCH = 2.54
"""Millimetres from sign to sign in every zone."""


def _sign(sign: str) -> Image.Image:
    """A sign as ink, in its cell of one pitch by two: from the font where it is installed, else
    from the reader's own shapes, which for blur, light and slant is as good."""
    pitch = round(PITCH * PIXELS_A_MM)
    cell = Image.new("L", (pitch, 2 * pitch))
    if OCR_B.exists():
        size = 100 * pitch / ImageFont.truetype(OCR_B, 100).getlength("0")
        ImageDraw.Draw(cell).text(
            (0, pitch / 3), sign, font=ImageFont.truetype(OCR_B, size), fill=255
        )
    elif sign in SHAPES:
        high = round(pitch * (1.17 if sign.isdecimal() else 0.95 if sign == "<" else 1.08))
        drawn = SHAPES[sign].resize((round(high * 0.9), high), Image.Resampling.BICUBIC)
        cell.paste(drawn, ((pitch - drawn.width) // 2, 2 * pitch - high - 4))
    return cell


def _shapes() -> dict[str, Image.Image]:
    rows = (ROOT / "ocr_b.txt").read_text("ascii").splitlines()
    drawn = (row.split(" ") for row in reversed(rows))  # the crisp one of each sign comes first
    return {s: Image.frombytes("L", GRID, bytes(int(v, 16) * 17 for v in row)) for s, row in drawn}


SHAPES = _shapes()


def page(zone: str, seed: int = 0) -> Image.Image:
    """A passport's page, or for three lines a card's back, with print all over it."""
    luck, lines = random.Random(seed), zone.split("\n")
    wide, high = (856, 540) if len(lines) == 3 else (1250, 880)
    scale = PIXELS_A_MM / 10
    image = Image.new("L", (round(wide * scale), round(high * scale)), luck.randint(205, 240))
    draw = ImageDraw.Draw(image)
    _guilloche(draw, image.size, luck)
    _print(draw, image.size, luck)
    left = (image.width - len(lines[0]) * PITCH * PIXELS_A_MM) / 2
    for number, line in enumerate(lines):
        top = image.height - (len(lines) - number) * 5.5 * PIXELS_A_MM - 2 * PIXELS_A_MM
        for at, sign in enumerate(line):
            ink = _sign(sign)
            image.paste(30, (round(left + at * PITCH * PIXELS_A_MM), round(top)), ink)
    return image


def _guilloche(draw: ImageDraw.ImageDraw, size: tuple[int, int], luck: random.Random) -> None:
    for _ in range(60):
        x, y, r = luck.randint(0, size[0]), luck.randint(0, size[1]), luck.randint(40, 400)
        draw.ellipse((x - r, y - r, x + r, y + r), outline=luck.randint(180, 215))


def _print(draw: ImageDraw.ImageDraw, size: tuple[int, int], luck: random.Random) -> None:
    """Photo, labels and values above the zone."""
    draw.rectangle((30, 60, size[0] * 0.3, size[1] * 0.62), fill=110)
    small = ImageFont.truetype(FACE, 15)
    for row in range(8):
        words = "".join(luck.choice("abcdefghij klmnoprstu") for _ in range(luck.randint(8, 34)))
        draw.text((size[0] * 0.33, 50 + row * size[1] * 0.075), words, font=small, fill=60)


def card(text: str, seed: int = 0) -> Image.Image:
    """A citizen card's front with its code in the corner."""
    luck = random.Random(seed)
    image = Image.new("L", (round(85.6 * PIXELS_A_MM), 54 * PIXELS_A_MM), 225)
    draw = ImageDraw.Draw(image)
    _guilloche(draw, image.size, luck)
    _print(draw, image.size, luck)
    code = _code(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode))
    image.paste(code, (image.width - code.width - 20, 20))
    return image


def _code(made: zxingcpp.Barcode) -> Image.Image:
    drawn: Any = memoryview(made.to_image(scale=2))  # type: ignore[arg-type]
    return Image.frombytes("L", (drawn.shape[1], drawn.shape[0]), drawn.tobytes())


def taken(paper: Image.Image, *, turn: float = 0, wide: int = 2400, seed: int = 0, noise: int = 14,
          blur: float = 0.6, lean: float = 0.02) -> Image.Image:  # fmt: skip
    """The paper on a table: turned by degrees, leaning back, unevenly lit, blurred, grainy."""
    luck = random.Random(seed)
    table = Image.new("L", (round(paper.width * 1.25), round(paper.height * 1.35)), 90)
    table.paste(paper, (paper.width // 8, paper.height // 6))
    table = table.rotate(turn, Image.Resampling.BICUBIC, fillcolor=90)
    across = (1 + lean, lean / 2, -lean * 20, lean / 3, 1 + lean, 0, lean * 6e-5, lean * 3e-4)
    table = table.transform(
        table.size, Image.Transform.PERSPECTIVE, across, Image.Resampling.BICUBIC
    )
    light = Image.linear_gradient("L").resize(table.size).rotate(luck.choice((0, 90, 180)))
    lit = Image.composite(table, table.point(lambda v: v * 0.62), light.resize(table.size))
    photo = lit.resize((wide, round(wide * lit.height / lit.width)), Image.Resampling.BICUBIC)
    photo = photo.filter(ImageFilter.GaussianBlur(blur * wide / 1500))
    return Image.blend(photo, _grain(photo.size, noise, luck), 0.12) if noise else photo


def _grain(size: tuple[int, int], noise: int, luck: random.Random) -> Image.Image:
    """Noise of this deviation about the middle grey; Pillow's own cannot be had a second time."""
    even = Image.frombytes("L", size, luck.randbytes(size[0] * size[1]))
    return even.point([round(128 + (v - 127.5) * noise / 74) for v in range(256)])
