"""PDFs: searched for what can do harm, and drawn page by page; read by ranges, never whole."""

import math
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import pikepdf
import pypdfium2
from PIL import Image

from app.documents.media.wire import Refused

TAIL: Final = 66_000
"""Bytes at the end in which a ZIP archive's directory would stand."""
_BLANK: Final = b"\0\t\n\f\r "
_ACTIONS: Final = {
    "/JavaScript": "script", "/Rendition": "script", "/Launch": "launch", "/ImportData": "launch",
    "/GoToE": "launch", "/GoToR": "launch", "/SubmitForm": "launch", "/RichMedia": "script",
    "/FileAttachment": "attachment", "/3D": "script", "/Movie": "launch", "/Sound": "launch",
}  # fmt: skip
"""Kinds of actions and annotations that are not taken."""
_KEYS: Final = {
    "/JavaScript": "script", "/RichMediaContent": "script", "/XFA": "form",
    "/EmbeddedFiles": "attachment",
}  # fmt: skip


def inspected(stream: BinaryIO) -> int:
    """The number of pages. Raises Refused for what is damaged, locked, or can do harm."""
    _check_tail(stream)
    try:
        # No repairs: what is mended by guesses may look different to whoever opens it later.
        with pikepdf.open(stream, attempt_recovery=False, suppress_warnings=True) as pdf:
            for found in pdf.objects:
                _check(found)
            return len(pdf.pages)
    except pikepdf.PasswordError:
        raise Refused("password") from None


def _check_tail(stream: BinaryIO) -> None:
    size = stream.seek(0, 2)
    stream.seek(max(0, size - TAIL))
    tail = stream.read(TAIL)
    stream.seek(0)
    end = tail.rfind(b"%%EOF")
    if end < 0:
        raise Refused("cut")
    if tail[end + 5 :].strip(_BLANK) or _ends_as_archive(tail):
        raise Refused("two_formats")


def _ends_as_archive(tail: bytes) -> bool:
    """Whether the end of a ZIP archive's directory is there, with a comment up to the last byte."""
    start = tail.rfind(b"PK\5\6")
    while start >= 0:
        comment = int.from_bytes(tail[start + 20 : start + 22], "little")
        if start + 22 + comment == len(tail):
            return True
        start = tail.rfind(b"PK\5\6", 0, start)
    return False


def _check(found: Any) -> None:
    for key, value in _entries(found):
        if code := _harm(key, value):
            raise Refused(code)


def _harm(key: str, value: Any) -> str | None:
    if key in ("/S", "/Subtype") and isinstance(value, pikepdf.Name):
        return _ACTIONS.get(str(value))
    if key == "/JS":  # a font or a picture may be called so, too
        return "script" if isinstance(value, pikepdf.String) else None
    if key == "/EF":
        return "attachment" if _names_files(value) else None
    return _KEYS.get(key)


def _names_files(value: Any) -> bool:
    if not isinstance(value, pikepdf.Dictionary):
        return False
    return any(isinstance(v, pikepdf.Stream) for v in dict(value.items()).values())


def _entries(found: Any) -> Iterator[tuple[str, Any]]:
    """Keys and values of an object and of all that stands directly in it."""
    waiting = [found]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            yield from (held := dict(one.items())).items()
            waiting += filter(_stands_here, held.values())
        elif isinstance(one, pikepdf.Array):
            waiting += filter(_stands_here, one)


def _stands_here(value: Any) -> bool:
    """Whether it is written out in place; whatever is only pointed to has its own turn."""
    return isinstance(value, pikepdf.Object) and not value.is_indirect


def drawn(stream: BinaryIO, number: int, longest: int) -> Image.Image:
    """Page `number`, from 1, on white, its longer side `longest` pixels."""
    stream.seek(0)
    pdf = pypdfium2.PdfDocument(stream)
    if not 1 <= number <= len(pdf):
        raise Refused("no_page")
    page = pdf[number - 1]
    longer = max(page.get_size())
    if not (math.isfinite(longer) and longer > 0):
        raise Refused("damaged")
    bitmap = page.render(scale=longest / longer, may_draw_forms=False, limit_image_cache=True)
    picture: Image.Image = bitmap.to_pil()
    return picture.convert("RGB")
