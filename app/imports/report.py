"""The report of an import: rows as they stood in the file, with their numbers and reasons."""

import csv
import io
import uuid
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby
from pathlib import PurePosixPath

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.errors import NotFound
from app.core.tabular import Row, Shape, read
from app.core.tabular_out import inert
from app.extensions import db
from app.imports import storage
from app.imports.models import ImportBatch, ImportProblem
from app.imports.targets import KINDS, target_of

PAGE = 1000

Said = tuple[int, list[ImportProblem]]


def filename(batch: ImportBatch, kind: str) -> str:
    """What the file of a kind of rows is called: after the import's own file."""
    return f"{PurePosixPath(batch.filename).stem}-{kind}.csv"


def lines(batch: ImportBatch, kind: str | None) -> Iterator[str]:
    """CSV lines: row number, reasons, and the row's own columns while the file is kept."""
    labels = {f.name: str(f.label) for f in target_of(batch.target).fields_of_all()}
    said = groupby(_problems(batch.id, kind), key=lambda problem: problem.row)
    pages = ((row, list(problems)) for row, problems in said)
    try:
        file = storage.open_file(batch.id, batch.size)
    except NotFound:
        yield from ("\ufeff", _line([_("Row"), _("Reasons")]))
        yield from (_line([str(row), _reasons(found, labels)]) for row, found in pages)
        return
    with closing(file) as stream:
        rows = read(stream, Shape(**batch.shape))
        titles = next(rows, Row(0, [])).cells if batch.shape["header"] else []
        yield from ("\ufeff", _line([_("Row"), _("Reasons"), *titles]))
        yield from _merged(rows, pages, labels)


def _merged(rows: Iterator[Row], pages: Iterator[Said], labels: dict[str, str]) -> Iterator[str]:
    for number, found in pages:
        row = next((row for row in rows if row.number >= number), None)
        cells = row.cells if row and row.number == number else []
        yield _line([str(number), _reasons(found, labels), *cells])


def _problems(batch_id: uuid.UUID, kind: str | None) -> Iterator[ImportProblem]:
    row = 0
    while True:
        query = select(ImportProblem).where(ImportProblem.batch_id == batch_id)
        if kind:
            query = query.where(ImportProblem.kind == kind)
        rows = select(ImportProblem.row).where(*query._where_criteria, ImportProblem.row > row)
        some = rows.distinct().order_by(ImportProblem.row).limit(PAGE).subquery()
        query = query.where(ImportProblem.row.in_(select(some.c.row)))
        found = list(db.session.scalars(query.order_by(ImportProblem.row, ImportProblem.ordinal)))
        db.session.expunge_all()
        if not found:
            return
        yield from found
        row = found[-1].row


def _reasons(problems: list[ImportProblem], labels: dict[str, str]) -> str:
    said = []
    for problem in problems:
        where = labels.get(problem.field, "")
        said.append(": ".join(filter(None, (str(KINDS[problem.kind]), where, problem.sentence))))
    return " | ".join(said)


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(inert(cell) for cell in cells)
    return out.getvalue()
