"""Which column goes where: guessed from titles and values, or as a saved template says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from flask_babel import gettext as _

from app.core.tabular import Row, Shape, read
from app.core.text import fold
from app.imports.targets import Field, Target

LOOKED_AT = 200
SHOWN = 3
_WHOSE = re.compile(r"^(guest|customer|client|profile|partner|contact|person|khachhang|khach)s?")


@dataclass
class Column:
    """One column of a file, as the mapping page shows it."""

    index: int
    title: str
    samples: list[str] = field(default_factory=list)
    derived: Any = None


@dataclass(frozen=True)
class Preview:
    """The beginning of a file. `rows` are those looked at, without the titles."""

    columns: list[Column]
    rows: list[Row]


def preview(stream: BinaryIO, shape: Shape, target: Target) -> Preview:
    """Titles, first values and known reasons not to import, for each column."""
    rows: list[Row] = []
    for row in read(stream, shape):
        rows.append(row)
        if len(rows) > LOOKED_AT:
            break
    titles = rows[0].cells if shape.header and rows else []
    body = rows[1:] if shape.header else rows
    width = len(titles) or max((len(row.cells) for row in body if not row.fault), default=0)
    derived = {plain(title): why for title, why in target.derived.items()}
    columns = [Column(n, titles[n] if n < len(titles) else letter(n)) for n in range(width)]
    for column in columns:
        values = (row.cells[column.index : column.index + 1] for row in body if not row.fault)
        column.samples = list(dict.fromkeys(v for found in values for v in found if v))[:SHOWN]
        column.derived = derived.get(plain(column.title))
    return Preview(columns, body)


def letter(index: int) -> str:
    """How a column without a title is called, as in spreadsheets: `Column A`."""
    name, index = "", index + 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return str(_("Column %(name)s", name=name))


def plain(title: str) -> str:
    """A title without case, marks and signs: `Họ & tên` is `hoten`, `First_Name` is `firstname`."""
    kept: str = re.sub(r"[\W_]", "", fold(title))
    return kept


def guess(columns: Sequence[Column], fields: Sequence[Field]) -> dict[str, str]:
    """Column number to field, for every column whose title or values are known.

    Each field is given once; a second such column goes to the field's `then`.
    """
    known = {plain(t): f for f in reversed(fields) for t in (f.name, str(f.label), *f.titles)}
    known.pop("number", None)  # more often the row's than the paper's
    by_name = {f.name: f for f in fields}
    found: dict[str, str] = {}
    for column in columns:
        if column.derived is not None:
            continue
        title = plain(column.title)
        wanted = known.get(title) or known.get(_WHOSE.sub("", title)) or _by_value(column, by_name)
        while wanted is not None and wanted.name in found.values():
            wanted = by_name.get(wanted.then)
        if wanted is not None:
            found[str(column.index)] = wanted.name
    return found


def _by_value(column: Column, fields: dict[str, Field]) -> Field | None:
    address = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)
    if column.samples and all(address.fullmatch(value) for value in column.samples):
        return fields.get("email")
    return None


def by_titles(mapping: dict[str, str], columns: Sequence[Column]) -> dict[str, str | None]:
    """The mapping as a template keeps it: plain title to field, None for left out columns."""
    return {title: mapping.get(str(index)) for title, index in _by_title(columns).items()}


def apply(template: dict[str, str | None], columns: Sequence[Column]) -> dict[str, str]:
    """The template's mapping for these columns."""
    wanted = {str(index): template.get(title) for title, index in _by_title(columns).items()}
    return {index: name for index, name in wanted.items() if name}


def fits(template: dict[str, str | None], columns: Sequence[Column]) -> bool:
    """True when the file has the very titles that the template was made for."""
    return set(_by_title(columns)) == set(template)


def _by_title(columns: Sequence[Column]) -> dict[str, int]:
    found: dict[str, int] = {}
    for column in columns:
        title, again = plain(column.title), 2
        while title in found:
            title, again = f"{plain(column.title)}#{again}", again + 1
        found[title] = column.index
    return found
