"""Tables as CSV files for spreadsheet programs, and what makes a cell safe in any of them."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO

Cell = str | int | Decimal | date | None
Batch = Sequence[Sequence[Cell]]

BOM = b"\xef\xbb\xbf"

# A cell that begins so is run, not shown, by one spreadsheet program or another; some look behind
# spaces, and some take the full-width forms that East Asian keyboards type for the plain ones.
_RUNS = re.compile("[\\s\u200b\ufeff]*[=+\\-@|%\uff1d\uff0b\uff0d\uff20]|[\t\r\n\0]")
_UNWRITABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def inert(text: str) -> str:
    """The text so that no spreadsheet program takes it for a formula or a command."""
    clean = _UNWRITABLE.sub("", text)
    return "'" + clean if _RUNS.match(text) else clean


def write_csv(
    out: IO[bytes], labels: Sequence[str], batches: Iterable[Batch], *, title: str = ""
) -> None:
    """Write a CSV file, which has no title."""
    del title
    for chunk in csv_chunks(labels, batches):
        out.write(chunk)


def csv_chunks(labels: Sequence[str], batches: Iterable[Batch]) -> Iterator[bytes]:
    """The file in pieces, one a batch: UTF-8 with its mark, so that Excel reads every script."""
    yield BOM + _lines([labels])
    for batch in batches:
        yield _lines(batch)


def _lines(rows: Batch) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([plain(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def plain(cell: Cell) -> str | int:
    """A cell as it stands in a text file: texts inert, dates in ISO 8601."""
    if isinstance(cell, str):
        return inert(cell)
    if isinstance(cell, Decimal):
        return digits(cell)
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    return cell.isoformat() if isinstance(cell, date) else "" if cell is None else cell


def digits(amount: Decimal) -> str:
    """The amount without an exponent and without empty decimals."""
    return f"{amount.normalize():f}" if amount else "0"


MEDIA_TYPE = "text/csv"  # Flask adds the charset
