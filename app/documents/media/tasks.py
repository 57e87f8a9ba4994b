"""What the process that decodes can be asked for."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, BinaryIO, Final

from app.documents.media import images
from app.documents.media.limits import MOST_PAGES
from app.documents.media.wire import Refused

LONGEST_CLEAN: Final = 4_000
LONGEST_PREVIEW: Final = 1_600
LONGEST_THUMBNAIL: Final = 320
LONGEST_READ: Final = 3_000

Told = tuple[dict[str, Any], list[bytes]]


_NEEDED: Final = {
    "pdf": "app.documents.media.pdfs",
    "heic": "pi_heif",
    "preview": "app.documents.media.watermark",
    "read": "app.documents.reading.photo",
}


def prepare(task: dict[str, Any]) -> None:
    """Load the libraries that the task needs, before limits are taken on and the file is read."""
    for name in {_NEEDED.get(task["do"]), _NEEDED.get(task["kind"])} - {None}:
        import_module(str(name))


def examine(task: dict[str, Any], stream: BinaryIO) -> Told:
    """A description, then the thumbnail, then the clean picture (none for a PDF)."""
    if task["kind"] == "pdf":
        return _examine_pdf(stream)
    picture = images.upright(stream, task["kind"], LONGEST_CLEAN)
    told = {"pages": 1, "width": picture.width, "height": picture.height}
    clean = images.encoded(picture, task["kind"])
    return told, [images.thumbnail(picture, LONGEST_THUMBNAIL), clean]


def _examine_pdf(stream: BinaryIO) -> Told:
    from app.documents.media import pdfs

    pages = pdfs.inspected(stream)
    if pages > MOST_PAGES:
        raise Refused("pages")
    first = pdfs.drawn(stream, 1, LONGEST_THUMBNAIL)
    told = {"pages": pages, "width": None, "height": None}
    return told, [images.jpeg(first)]


def preview(task: dict[str, Any], stream: BinaryIO) -> Told:
    """One page, with the words all over it."""
    from app.documents.media.watermark import marked

    picture = _page(task, stream, LONGEST_PREVIEW)
    return {}, [images.jpeg(marked(picture, task["words"]))]


def read(task: dict[str, Any], stream: BinaryIO) -> Told:
    """What can be read off the first page: zone, code."""
    photo = import_module("app.documents.reading.photo")
    return photo.look(_page(task, stream, LONGEST_READ).convert("L")), []


def _page(task: dict[str, Any], stream: BinaryIO, longest: int) -> Any:
    if task["kind"] == "pdf":
        from app.documents.media import pdfs

        return pdfs.drawn(stream, task["page"], longest)
    if task["page"] != 1:
        raise Refused("no_page")
    return images.on_white(images.upright(stream, task["kind"], longest))


TASKS: Final[dict[str, Callable[[dict[str, Any], BinaryIO], Told]]] = {
    "examine": examine,
    "preview": preview,
    "read": read,
}
