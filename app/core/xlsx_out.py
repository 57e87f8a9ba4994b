"""Tables as XLSX files (ECMA-376), written in one go as rows come."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from app.core.tabular_out import Batch, Cell, digits, inert, plain

MOST_ROWS = 1_048_576
"""What one sheet may hold; further rows go on a further sheet."""
LONGEST = 32_767
"""How many characters a cell may hold."""


def write_xlsx(
    out: IO[bytes], labels: Sequence[str], batches: Iterable[Batch], *, title: str
) -> None:
    """Write an XLSX file whose sheets bear the title.

    Texts are typed as texts: a phone keeps its +, a formula is never run. Each row goes straight
    into the archive, so that neither memory nor a second file grows, and no long end comes after
    the last row, during which a background job could not say that it lives.
    """
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=4) as archive:
        count, rows = 0, _Rows(batches)
        while count == 0 or rows.more:
            count += 1
            with archive.open(f"xl/worksheets/sheet{count}.xml", "w", force_zip64=True) as sheet:
                _write_sheet(sheet, labels, rows)
        for name, text in _frame(title, count).items():
            archive.writestr(name, _HEAD + text)


class _Rows:
    """Rows out of batches, with a look ahead: is there one more?"""

    def __init__(self, batches: Iterable[Batch]) -> None:
        self._rows = (row for batch in batches for row in batch)
        self._next = next(self._rows, None)

    @property
    def more(self) -> bool:
        """True while rows are left."""
        return self._next is not None

    def take(self, most: int) -> Iterator[Sequence[Cell]]:
        """Up to `most` rows."""
        while self._next is not None and most:
            row, self._next, most = self._next, next(self._rows, None), most - 1
            yield row


_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_STRONG, _DAY, _MOMENT = 1, 2, 3
_FIRST_SAFE_DAY = date(1900, 3, 1)  # before it Excel counts a day that never was
_EPOCH = date(1899, 12, 30)
_PHONE = re.compile("\\+[1-9][0-9]{6,14}")
_ESCAPES = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def _write_sheet(sheet: IO[bytes], labels: Sequence[str], rows: _Rows) -> None:
    columns = f'<cols><col min="1" max="{len(labels)}" width="18" customWidth="1"/></cols>'
    frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    views = f'<sheetViews><sheetView workbookViewId="0">{frozen}</sheetView></sheetViews>'
    head = "".join(_text(label, f' s="{_STRONG}"') for label in labels)
    start = f'{_HEAD}<worksheet xmlns="{_MAIN}">{views}{columns}<sheetData><row>{head}</row>'
    sheet.write(start.encode())
    waiting: list[str] = []
    for row in rows.take(MOST_ROWS - 1):
        waiting.append(f"<row>{''.join(map(_cell, row))}</row>")
        if len(waiting) == 500:
            sheet.write("".join(waiting).encode())
            waiting.clear()
    sheet.write("".join([*waiting, "</sheetData></worksheet>"]).encode())


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return _text(cell if _is_phone(cell) else inert(cell)) if cell else "<c/>"
    if isinstance(cell, date):
        return _date(cell)
    if cell is None:
        return "<c/>"
    return f"<c><v>{digits(cell) if isinstance(cell, Decimal) else cell}</v></c>"


def _text(text: str, style: str = "") -> str:
    safe = escape(_ESCAPES.sub("_x005F_", text[:LONGEST]))
    return f'<c{style} t="inlineStr"><is><t xml:space="preserve">{safe}</t></is></c>'


def _date(cell: date) -> str:
    day = cell.date() if isinstance(cell, datetime) else cell
    if day < _FIRST_SAFE_DAY:
        return _text(str(plain(cell)))
    if not isinstance(cell, datetime):
        return f'<c s="{_DAY}"><v>{(day - _EPOCH).days}</v></c>'
    minutes = cell.hour * 60 + cell.minute
    return f'<c s="{_MOMENT}"><v>{(day - _EPOCH).days + minutes / 1440:.10f}</v></c>'


def _is_phone(text: str) -> bool:
    """True for E.164, whose + an XLSX cell of type text bears safely."""
    return _PHONE.fullmatch(text) is not None


def _frame(title: str, count: int) -> dict[str, str]:
    """The parts of the archive around the sheets."""
    numbers = range(1, count + 1)
    name = re.sub(r"[\[\]:*?/\\']", " ", title)[:25]
    sheets = "".join(
        f'<sheet name="{escape(name if n == 1 else f"{name} {n}")}" sheetId="{n}" r:id="r{n}"/>'
        for n in numbers
    )
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}worksheet+xml"/>'
        for n in numbers
    )
    targets = [(f"r{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    return {
        "[Content_Types].xml": _types(parts),
        "_rels/.rels": _links([("r1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f"<sheets>{sheets}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _links([*targets, ("s", "styles", "styles.xml")]),
        "xl/styles.xml": _STYLES,
    }


_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."


def _types(parts: str) -> str:
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="{rels}"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}styles+xml"/>{parts}</Types>'
    )


def _links(targets: list[tuple[str, str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, kind, target in targets
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'


_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy-mm-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy-mm-dd hh:mm"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="4"><xf/><xf fontId="1" applyFont="1"/>'
    '<xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)

MEDIA_TYPE = _TYPE + "sheet"
