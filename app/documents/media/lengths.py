"""Whether as much of a file is there as it says itself; decoders tell that badly or not at all."""

from os import SEEK_END
from typing import BinaryIO

from app.documents.media.wire import Refused


def check_complete(stream: BinaryIO, kind: str) -> None:
    """Leave the stream at its start. Raises Refused for what was cut off."""
    size = stream.seek(0, SEEK_END)
    stream.seek(0)
    complete = {"heic": _all_boxes, "webp": _whole_riff, "png": _all_chunks}.get(kind)
    if complete and not complete(stream, size):
        raise Refused("cut")
    stream.seek(0)


def _all_boxes(stream: BinaryIO, size: int) -> bool:
    """HEIC: boxes, each with its length first; 1 stands for a long length, 0 for the rest."""
    place = 0
    while place < size:
        stream.seek(place)
        head = stream.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 0:
            return True
        if length == 1:
            length = int.from_bytes(head[8:], "big")
        if length < 8 or not head[4:8].isalnum():
            return True  # nonsense, of which the decoder shall speak
        place += length
    return place == size


def _whole_riff(stream: BinaryIO, size: int) -> bool:
    """WebP: one length for all."""
    return int.from_bytes(stream.read(8)[4:], "little") + 8 <= size


def _all_chunks(stream: BinaryIO, size: int) -> bool:
    """PNG: chunks, the last of which is called IEND."""
    place = 8
    while place < size:
        stream.seek(place)
        head = stream.read(8)
        if head[4:] == b"IEND":
            return True
        place += int.from_bytes(head[:4], "big") + 12
    return False
