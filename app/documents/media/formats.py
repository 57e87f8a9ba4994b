"""The formats that are taken, told by how a file begins, never by its name."""

from typing import Final

from app.documents.media.wire import Refused

HEAD_LENGTH: Final = 1024
_HEIF_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_MARKUP: Final = (b"<svg", b"<html", b"<!doctype", b"<script", b"<?xml", b"<!--")
_ARCHIVES: Final = (b"PK\3\4", b"PK\5\6", b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")


def recognised(head: bytes) -> str:
    """'pdf', 'jpg', 'png', 'webp' or 'heic'. Raises Refused for everything else."""
    if not head:
        raise Refused("empty")
    kind = _kind(head)
    if kind is None:
        raise Refused(_nearest(head))
    if kind == "pdf" and _holds_markup(head):
        raise Refused("two_formats")
    return kind


def _kind(head: bytes) -> str | None:
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return "heic"
    return None


def _nearest(head: bytes) -> str:
    """Why it is none of ours, in the terms of whoever sent it."""
    if head.startswith(_ARCHIVES):
        return "archive"
    if head.lstrip(b"\xef\xbb\xbf\0 \t\r\n").startswith(b"<"):
        return "markup"
    return "two_formats" if b"%PDF-" in head else "unknown"


def _holds_markup(head: bytes) -> bool:
    lowered = head.lower()
    return any(mark in lowered for mark in _MARKUP[:4])
