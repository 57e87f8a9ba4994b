"""What may happen to an import: received, planned, checked, run, stopped, taken back, dropped."""

import uuid
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict
from typing import Any, BinaryIO

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.core import audit, tabular
from app.core.actor import Actor
from app.core.clock import current_settings
from app.core.errors import Conflict, Invalid, NotFound
from app.core.tabular import Shape
from app.core.types import new_id
from app.extensions import db
from app.imports import mapping, saved, storage
from app.imports.mapping import Preview
from app.imports.models import ImportBatch, ImportProblem
from app.imports.stages import NOT_NOW, settle
from app.imports.targets import PERMISSION, target_of


def get(batch_id: uuid.UUID) -> ImportBatch:
    """The batch, as it stands now. Raises NotFound."""
    batch = db.session.get(ImportBatch, batch_id)
    if batch is None:
        raise NotFound(str(batch_id))
    settle(batch)
    return batch


def recent(limit: int = 50) -> list[ImportBatch]:
    """The latest batches, the newest first."""
    newest = select(ImportBatch).order_by(ImportBatch.id.desc()).limit(limit)
    found = list(db.session.scalars(newest))
    for batch in found:
        settle(batch)
    return found


def receive(
    target: str, filename: str, stream: BinaryIO, *, by: Actor, language: str,
    shape: Shape | None = None,
) -> ImportBatch:  # fmt: skip
    """Take a file in, with the first guess of how to read it. Raises Invalid for no table."""
    by.must(PERMISSION)
    kind = target_of(target)
    shape = shape or tabular.sniff(stream)
    batch = ImportBatch(
        id=new_id(), target=kind.name, filename=_clean_name(filename), shape=asdict(shape),
        language=language, by_id=by.user_id, by_name=by.name, size=0, position=0, counts={},
        checked={}, since={}, state="mapping", stop_wanted=False, stored=True,
    )  # fmt: skip
    seen = mapping.preview(stream, shape, kind)
    batch.total = _about(stream, shape)
    batch.size = storage.save(batch.id, stream)
    template = saved.fitting(batch.target, seen)
    titles = [column.title for column in seen.columns]
    batch.options = kind.defaults(titles) | {"date_order": current_settings().date_order}
    batch.mapping = mapping.guess(seen.columns, kind.fields(by))
    if template is not None:
        saved.adopt(batch, template, seen, by=by)
    db.session.add(batch)
    db.session.flush()
    audit.record("import.received", ("import", batch.id), by=by, file=batch.filename)
    return batch


def _clean_name(filename: str) -> str:
    name = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in name if c.isprintable())[-200:] or "file"


def _about(stream: BinaryIO, shape: Shape) -> int | None:
    """About how many rows there are, for the progress of the first pass; None if unknown."""
    if shape.kind == "xlsx":
        from app.core import workbook

        return workbook.rows_said(stream, shape.sheet)
    stream.seek(0)
    lines = 0
    while piece := stream.read(1024 * 1024):
        lines += piece.count(b"\n")
    return max(lines - shape.header, 1)


def look(batch: ImportBatch) -> Preview:
    """The beginning of the batch's file. Raises Invalid where it cannot be read so."""
    with closing(storage.open_file(batch.id, batch.size)) as stream:
        return mapping.preview(stream, Shape(**batch.shape), target_of(batch.target))


def sheets(batch: ImportBatch) -> list[str]:
    """The sheets of a workbook; none for CSV."""
    if batch.shape["kind"] != "xlsx":
        return []
    from app.core import workbook

    with closing(storage.open_file(batch.id, batch.size)) as stream:
        return workbook.sheet_names(stream)


def reshape(batch: ImportBatch, shape: Mapping[str, Any], *, by: Actor) -> None:
    """Read the file otherwise: another encoding, separator, sheet; columns are guessed anew."""
    by.must(PERMISSION)
    _must_be(batch, "mapping", "checked")
    old, new = Shape(**batch.shape), Shape(**(batch.shape | dict(shape)))
    if new == old:
        return
    batch.shape = asdict(new)
    if (new.sheet, new.delimiter, new.header) != (old.sheet, old.delimiter, old.header):
        fields = target_of(batch.target).fields(by)
        batch.mapping = mapping.guess(look(batch).columns, fields)
    batch.state, batch.checked = "mapping", {}


def plan(
    batch: ImportBatch, columns: Mapping[str, str], options: Mapping[str, Any], *, by: Actor
) -> None:
    """Say which column goes where, and choose. Raises Invalid with a sentence for each field."""
    by.must(PERMISSION)
    _must_be(batch, "mapping", "checked")
    target = target_of(batch.target)
    allowed = {f.name for f in target.fields(by)}
    chosen = {index: name for index, name in columns.items() if name}
    errors: dict[str, Any] = {}
    for index, name in chosen.items():
        if name not in allowed or not index.isdecimal() or int(index) >= tabular.MOST_COLUMNS:
            errors[f"column-{index}"] = _l("This is not one of the listed values.")
        elif list(chosen.values()).count(name) > 1:
            errors[f"column-{index}"] = _l("Two columns cannot go to the same field.")
    if errors:
        raise Invalid(errors)
    target.check_plan(set(chosen.values()), options)
    kept = {"template": batch.options["template"]} if "template" in batch.options else {}
    batch.mapping, batch.options = chosen, kept | _storable(options)
    batch.state, batch.checked = "mapping", {}


def _storable(options: Mapping[str, Any]) -> dict[str, Any]:
    return {n: v if v is None or isinstance(v, str | bool | int) else v.isoformat()
            for n, v in options.items()}  # fmt: skip


def discard(batch: ImportBatch, *, by: Actor) -> None:
    """Drop a batch of which nothing is on file; the caller removes its file after the commit."""
    by.must(PERMISSION)
    _must_be(batch, "mapping", "checked", "undone")
    audit.record("import.discarded", ("import", batch.id), by=by, file=batch.filename)
    db.session.delete(batch)


def _must_be(batch: ImportBatch, *states: str) -> None:
    if batch.state not in states:
        raise Conflict(NOT_NOW)


def problems(
    batch: ImportBatch, kind: str | None = None, after: tuple[int, int] = (0, 0), limit: int = 50
) -> list[ImportProblem]:
    """What there is to say of the rows, in their order; `after` is (row, ordinal) of the last."""
    query = select(ImportProblem).where(ImportProblem.batch_id == batch.id)
    if kind:
        query = query.where(ImportProblem.kind == kind)
    row, ordinal = after
    later = (ImportProblem.row > row) | (
        (ImportProblem.row == row) & (ImportProblem.ordinal > ordinal)
    )
    query = query.where(later).order_by(ImportProblem.row, ImportProblem.ordinal)
    return list(db.session.scalars(query.limit(limit)))


def problem_counts(batch: ImportBatch) -> dict[str, int]:
    """How many rows there is something to say of, by kind."""
    rows = func.count(func.distinct(ImportProblem.row))
    query = select(ImportProblem.kind, rows).where(ImportProblem.batch_id == batch.id)
    found = db.session.execute(query.group_by(ImportProblem.kind))
    return {row[0]: row[1] for row in found}
