"""What can be read in a photo of a paper: codes, and the text of strips that may be zones.

It runs in the process that decodes strangers' files; `photographed` makes sense of what it tells.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import zxingcpp
from PIL import Image

from app.documents.reading import citizen_card, mrz, ocr, shapes
from app.documents.reading.strips import strips

MOST_CODES = 4
LONGEST_CODE = 2_000
MOST_FOR_OCR = 4


def look(image: Image.Image) -> dict[str, Any]:
    """Texts of codes and of strips in a grey photo."""
    codes = zxingcpp.read_barcodes(image, formats=zxingcpp.barcode_formats_from_str("QRCode"))
    texts = [code.text[:LONGEST_CODE] for code in codes[:MOST_CODES]]
    carded = any(citizen_card.read(text, _latest()) for text in texts)
    zones = [] if carded else _zones(image)
    return {"codes": texts, "zones": zones}


def _latest() -> date:
    """Today anywhere: what is read here is only judged, and by the caller read anew."""
    return datetime.now(UTC).date() + timedelta(days=1)


def _zones(image: Image.Image) -> list[str]:
    """Texts of the likely strips, in both directions, until one is a zone that fits."""
    found = strips(image)
    turned = [s for strip in found for s in (strip, strip.transpose(Image.Transpose.ROTATE_180))]
    texts: list[str] = []
    for strip in turned:
        texts.append(shapes.read(strip))
        if _fits(texts[-1]):
            return texts
    for strip, shaped in zip(turned[:MOST_FOR_OCR], tuple(texts), strict=False):
        told = ocr.read(strip)
        texts += [_with_names_of(shaped, told), told]
        if _fits(texts[-2]):
            return texts
    return texts


def _fits(text: str) -> bool:
    reading = mrz.read(text, _latest())
    return reading is not None and reading.whole


def _with_names_of(shaped: str, told: str) -> str:
    """What the OCR told, with the line of names as the shapes say: it takes fillers for letters."""
    lines, names = told.split(), shaped.split("\n")
    if len(lines) == len(names) == 3:
        return "\n".join([*lines[:2], names[2]])
    return "\n".join([names[0], lines[1]]) if len(lines) == len(names) == 2 else told
