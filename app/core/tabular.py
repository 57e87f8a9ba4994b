"""Tables out of files: CSV in any encoding and separator, and XLSX; row by row, never whole."""

import codecs
import contextlib
import csv
import io
import re
import unicodedata
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal, NamedTuple

from flask_babel import lazy_gettext as _l

from app.core.errors import Invalid

ENCODINGS = {
    "utf-8-sig": _l("Unicode (UTF-8)"),
    "utf-16": _l("Unicode (UTF-16)"),
    "utf-16-le": _l("Unicode (UTF-16, without mark)"),
    "utf-16-be": _l("Unicode (UTF-16, big endian)"),
    "cp1252": _l("Western European (Windows-1252)"),
    "cp1258": _l("Vietnamese (Windows-1258)"),
    "cp1250": _l("Central European (Windows-1250)"),
    "cp1251": _l("Cyrillic (Windows-1251)"),
    "gb18030": _l("Chinese, simplified (GB 18030)"),
    "big5": _l("Chinese, traditional (Big5)"),
    "shift_jis": _l("Japanese (Shift JIS)"),
    "cp949": _l("Korean (Windows-949)"),
}
DELIMITERS = {",": _l("Comma"), ";": _l("Semicolon"), "\t": _l("Tab"), "|": _l("Bar |")}
MOST_COLUMNS = 500
LONGEST_LINE = 256 * 1024
MOST_LINES = 40
"""A row whose quoted cells run over more lines than this has a quote that is never closed."""
SAMPLE = 256 * 1024
LOST = "\ufffd"
"""Stands where bytes were no text in the encoding chosen."""

UNCLOSED = _l("A quotation mark in this row is never closed.")
TOO_LONG = _l("This row is longer than any row of guests can be.")
NO_TABLE = _l("This file is no table. Save it as CSV or as XLSX and try again.")
OLD_EXCEL = _l("This is a file of an old Excel. Save it as XLSX or as CSV and try again.")
EMPTY = _l("This file is empty.")
WIDE = _l("This file has more than %(most)d columns.", most=MOST_COLUMNS)

_CONTROL = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufff9-\ufffb]")
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_BREAK = re.compile("\r\n?|[\u2028\u2029]")
_VOWEL = rb"[aAeEiIoOuUyY\xc2\xe2\xca\xea\xd4\xf4\xc3\xe3\xd5\xf5\xdd\xfd]"
_MARKS_1258 = re.compile(_VOWEL + rb"[\xcc\xd2\xde\xec\xf2]")
_LETTERS_1252 = re.compile(rb"(?<!" + _VOWEL + rb")[\xcc\xd2\xde\xec\xf2]")
_HINT = re.compile(r'"?sep=(.)"?\s*')


@dataclass(frozen=True)
class Shape:
    """How a file is to be read. `header`: its first row holds the columns' titles."""

    kind: Literal["csv", "xlsx"]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header: bool = True


class Row(NamedTuple):
    """One row. `number` counts as spreadsheets do, from 1, titles and empty rows included.

    `fault` says why the row cannot be used; `cleaned`: control characters were taken out.
    """

    number: int
    cells: list[str]
    fault: Any = None
    cleaned: bool = False


def sniff(stream: BinaryIO) -> Shape:
    """How the file is most likely to be read, by its content. Raises Invalid for no table."""
    sample = _from_start(stream).read(SAMPLE)
    if not sample.strip(b"\0 \t\r\n\xef\xbb\xbf\xfe\xff"):
        raise Invalid({"file": EMPTY})
    if sample.startswith(b"PK\x03\x04"):
        from app.core import workbook

        return Shape("xlsx", sheet=workbook.sheet_names(stream)[0])
    if sample.startswith(b"\xd0\xcf\x11\xe0"):
        raise Invalid({"file": OLD_EXCEL})
    encoding = _encoding(stream, sample)
    shape = Shape("csv", encoding, _delimiter(sample.decode(encoding, "replace")))
    _must_be_table(shape, stream)
    return shape


def read(stream: BinaryIO, shape: Shape) -> Iterator[Row]:
    """Every row that holds anything, the titles among them. Memory does not grow with the file.

    Raises Invalid where the file breaks off or is damaged.
    """
    if shape.kind == "xlsx":
        from app.core import workbook

        raw = workbook.rows(_from_start(stream), shape.sheet)
    else:
        raw = _records(_from_start(stream), shape)
    for number, cells, fault in raw:
        if fault is None and len(cells) > MOST_COLUMNS and not any(cells[MOST_COLUMNS:]):
            cells = cells[:MOST_COLUMNS]
        if fault is None and len(cells) > MOST_COLUMNS:
            fault = WIDE
        tidy = [_tidy(cell) for cell in cells[:MOST_COLUMNS]]
        if fault is not None or any(tidy):
            dirty = any(_CONTROL.search(cell) for cell in cells[:MOST_COLUMNS])
            yield Row(number, tidy, fault, dirty)


def _from_start(stream: BinaryIO) -> BinaryIO:
    stream.seek(0)
    return stream


def _tidy(cell: str) -> str:
    """The cell in composed form, without what nobody can see; line breaks stay."""
    if cell.isascii() and cell.isprintable():
        return cell.strip()
    cell = _BREAK.sub("\n", _UNSEEN.sub("", cell)).replace("\u00a0", " ")
    return unicodedata.normalize("NFC", _CONTROL.sub("", cell)).strip()


# --- CSV ------------------------------------------------------------------------------------


class _Unclosed(Exception):
    """The record at hand does not end."""


class _Lines:
    """Lines of bounded length, with those of the record at hand kept, to read them anew."""

    def __init__(self, text: io.TextIOBase) -> None:
        self.text = text
        self.again: deque[str] = deque()
        self.taken: list[str] = []
        self.ended = self.oversize = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MOST_LINES:
            raise _Unclosed
        line = self.again.popleft() if self.again else self.text.readline(LONGEST_LINE)
        if not line:
            self.ended = True
            raise StopIteration
        self.taken.append(line)
        if len(line) >= LONGEST_LINE:
            self._skip_rest(line)
        return line

    def _skip_rest(self, line: str) -> None:
        self.oversize = True
        while line and not line.endswith(("\n", "\r")):
            line = self.text.readline(LONGEST_LINE)
        raise _Unclosed

    def give_back(self) -> str:
        """The record's first line; the others will be read again."""
        first, *rest = self.taken
        self.again.extendleft(reversed(rest))
        self.taken.clear()
        self.ended = False
        return first


def _records(stream: BinaryIO, shape: Shape) -> Iterator[tuple[int, list[str], Any]]:
    wrapper = io.TextIOWrapper(stream, shape.encoding, "replace", newline="")
    lines, number = _Lines(wrapper), 0
    try:
        while not lines.ended:
            try:
                for cells in csv.reader(lines, delimiter=shape.delimiter or ","):
                    if lines.ended:  # the reader asked for more: a quote is open to the end
                        raise _Unclosed
                    lines.taken.clear()
                    number += 1
                    if number > 1 or not _HINT.fullmatch((shape.delimiter or ",").join(cells)):
                        yield number, cells, None
            except (_Unclosed, csv.Error):
                number += 1
                fault = TOO_LONG if lines.oversize else UNCLOSED
                lines.oversize = False
                yield number, [lines.give_back()[:500]], fault
    finally:
        with contextlib.suppress(ValueError):  # the file was closed first
            wrapper.detach()


def _encoding(stream: BinaryIO, sample: bytes) -> str:
    for mark, name in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
                       (codecs.BOM_UTF16_BE, "utf-16")):  # fmt: skip
        if sample.startswith(mark):
            return name
    if sample[1::2].count(0) > len(sample) / 5:
        return "utf-16-le"
    if sample[::2].count(0) > len(sample) / 5:
        return "utf-16-be"
    if _is_utf8(stream):
        return "utf-8-sig"
    vietnamese = 2 * len(_MARKS_1258.findall(sample)) + sample.count(0xD0) + sample.count(0xF0)
    return "cp1258" if vietnamese > 2 * len(_LETTERS_1252.findall(sample)) else "cp1252"


def _is_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    _from_start(stream)
    try:
        while part := stream.read(SAMPLE):
            decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(text: str) -> str:
    """The separator under which most rows have the same number of cells."""
    lines = text.lstrip("\ufeff").splitlines()[:60]
    if lines and (hint := _HINT.fullmatch(lines[0])):
        return hint[1] if hint[1] in DELIMITERS else ","
    whole = lines[:-1] or lines  # the last may be cut

    def fit(delimiter: str) -> tuple[float, int]:
        rows = csv.reader(iter(line + "\n" for line in whole), delimiter=delimiter)
        try:
            widths = Counter(len(cells) for cells in rows if cells)
        except csv.Error:
            return 0.0, 0
        width, count = widths.most_common(1)[0] if widths else (0, 0)
        return (count / widths.total(), width) if width > 1 else (0.0, 0)

    return max(DELIMITERS, key=fit)


def _must_be_table(shape: Shape, stream: BinaryIO) -> None:
    text = _from_start(stream).read(SAMPLE).decode(shape.encoding, "replace")
    strange = sum(1 for c in text if c < " " and c not in "\t\r\n\x0b\x0c\x1a\x00")
    if strange > max(len(text) / 50, 20) or text.count("\0") > len(text) / 4:
        raise Invalid({"file": NO_TABLE})
    first = next(read(stream, shape), None)
    if first is None:
        raise Invalid({"file": EMPTY})
    if first.fault is not None:
        raise Invalid({"file": first.fault})
