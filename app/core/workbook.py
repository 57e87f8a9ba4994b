"""XLSX files, read one row at a time in flat memory, and refused when they are built to harm."""

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from flask_babel import lazy_gettext as _l
from openpyxl.cell.text import Text
from openpyxl.packaging.manifest import Manifest
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from app.core.errors import Invalid

DAMAGED = _l("This XLSX file is damaged. Open it in a spreadsheet program and save it anew.")
SUSPICIOUS = _l("This XLSX file unpacks to far more than a guest list; it was not opened.")
MOST_UNPACKED = 2 * 2**30
MOST_IN_MEMORY = 16 * 2**20
"""Bytes of any part that is no sheet and no text; such parts are read whole."""
DENSEST = 200
"""How many times its size a large part may unpack to; real tables reach 10 to 40."""
BLOCK = 512

_BROKEN = (
    BadZipFile, LookupError, ValueError, ArithmeticError, TypeError, AttributeError, SyntaxError,
    OSError, RuntimeError, EOFError, zlib.error,
)  # fmt: skip


class _Texts:
    """The workbook's shared texts, in packed blocks: a million of them take some 20 MB."""

    def __init__(self) -> None:
        self.blocks: list[bytes] = []
        self.last: list[str] = []
        self.opened: dict[int, list[str]] = {}

    def add(self, text: str) -> None:
        """Keep one more text."""
        self.last.append(text.replace("\0", ""))
        if len(self.last) == BLOCK:
            self.blocks.append(zlib.compress("\0".join(self.last).encode(), 1))
            self.last = []

    def __getitem__(self, index: int) -> str:
        block, place = divmod(index, BLOCK)
        if block == len(self.blocks):
            return self.last[place]
        if block not in self.opened:
            if len(self.opened) >= 64:
                del self.opened[next(iter(self.opened))]
            self.opened[block] = zlib.decompress(self.blocks[block]).decode().split("\0")
        return self.opened[block][place]


class _Sheet(ReadOnlyWorksheet):
    """A sheet that is not read through just to learn its size."""

    def _get_size(self) -> None:
        self.reset_dimensions()


class _Reader(ExcelReader):
    """openpyxl's reader, of nothing but values, with shared texts that do not fill the memory."""

    package: Manifest

    def read(self, *, texts: bool = True) -> None:
        """Read what stands around the sheets; `texts=False` for their names alone."""
        self.read_manifest()
        if texts:
            self.read_strings()
        self.read_workbook()
        apply_stylesheet(self.archive, self.wb)
        for sheet, relation in self.parser.find_sheets():
            if relation.target in self.valid_files and "chartsheet" not in relation.Type:
                page = _Sheet(self.wb, sheet.name, relation.target, self.shared_strings)
                self.wb._sheets.append(page)  # type: ignore[attr-defined]

    def read_strings(self) -> None:
        """Read the shared texts; each element is let go when it was read."""
        texts: Any = _Texts()
        root: Any = None
        found: Any = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
        if found is not None:
            with self.archive.open(found.PartName[1:]) as source:
                for event, node in iterparse(source, events=("start", "end")):
                    if root is None:
                        root = node
                    elif event == "end" and node.tag == f"{{{SHEET_MAIN_NS}}}si":
                        content = Text.from_tree(node)
                        texts.add(content.content.replace("x005F_", "") if content else "")
                        root.clear()
        self.shared_strings = texts


def sheet_names(stream: BinaryIO) -> list[str]:
    """The names of the sheets, in order, at least one. Raises Invalid for no usable workbook."""
    with _opened(stream, texts=False) as book:
        names = [sheet.title for sheet in book.worksheets]
    if not names:
        raise Invalid({"file": DAMAGED})
    return names


def rows(stream: BinaryIO, sheet: str) -> Iterator[tuple[int, list[str], Any]]:
    """Number, cells as text, and no fault, of each row; formulas give the value last seen."""
    with _opened(stream) as book:
        page = book[sheet] if sheet in book.sheetnames else book.worksheets[0]
        for number, cells in enumerate(page.iter_rows(values_only=True), start=1):
            if cells:
                yield number, [_text(cell) for cell in cells], None


@contextmanager
def _opened(stream: BinaryIO, *, texts: bool = True) -> Iterator[Any]:
    """The workbook; whatever goes wrong while it is read is said as Invalid."""
    stream.seek(0)
    try:
        with ZipFile(stream) as archive:
            _refuse_bomb(archive.infolist())
        stream.seek(0)
        reader = _Reader(stream, read_only=True, data_only=True, keep_links=False)
        reader.read(texts=texts)
        try:
            yield reader.wb
        finally:
            reader.archive.close()
    except Invalid:
        raise
    except _BROKEN as fault:
        raise Invalid({"file": DAMAGED}) from fault


def _refuse_bomb(parts: list[ZipInfo]) -> None:
    if sum(part.file_size for part in parts) > MOST_UNPACKED or len(parts) > 5000:
        raise Invalid({"file": SUSPICIOUS})
    for part in parts:
        large = part.file_size > MOST_IN_MEMORY
        streamed = "/worksheets/" in part.filename or part.filename.endswith("sharedStrings.xml")
        dense = part.file_size > DENSEST * max(part.compress_size, 1)
        media = "/media/" in part.filename
        if large and not media and (dense or not streamed):
            raise Invalid({"file": SUSPICIOUS})


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def rows_said(stream: BinaryIO, sheet: str) -> int | None:
    """How many rows the sheet says that it has, without reading it; None when it says nothing."""
    with _opened(stream, texts=False) as book:
        page = book[sheet] if sheet in book.sheetnames else book.worksheets[0]
        with page._get_source() as source:
            found = re.search(rb'<dimension ref="[A-Z]+\d+:[A-Z]+(\d+)"', source.read(4096))
    return int(found[1]) if found else None
