"""Asking for a file of guests, having it made, taking it away, and sweeping what is over."""

import os
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import audit, jobs, tabular_out, xlsx_out
from app.core.actor import Actor
from app.core.clock import current_settings, now
from app.core.errors import Conflict, NotFound
from app.core.inputs import Choice, Input
from app.customers.exports.columns import Scope, columns_for
from app.customers.exports.models import Export
from app.customers.listing import ListInput, find_page
from app.extensions import db

KEPT_FOR = timedelta(hours=72)
SUBJECT = ("guest_list", None)
KIND = "guests.export"
WRITERS: dict[str, Callable[..., None]] = {
    "xlsx": xlsx_out.write_xlsx,
    "csv": tabular_out.write_csv,
}
MEDIA_TYPES = {"xlsx": xlsx_out.MEDIA_TYPE, "csv": tabular_out.MEDIA_TYPE}
FORMATS = {"xlsx": _l("Excel file (XLSX)"), "csv": _l("CSV file")}
SCOPES = {"list": _l("The usual columns"), "all": _l("Everything that you may see")}
LEFT_OUT = ("page", "limit", "after", "before")

Filters = Mapping[str, Any]


class ExportInput(Input):
    """How the file shall be: `scope` chooses the columns."""

    format = Choice(FORMATS, required=True, allow_none=False)
    scope = Choice(SCOPES, load_default="list", allow_none=False)


@dataclass(frozen=True)
class NewExport:
    """What shall be written: the list's `filters` as sent, and the columns by name."""

    filters: dict[str, Any]
    format: str
    scope: Scope
    columns: list[str]
    total: int

    @property
    def is_direct(self) -> bool:
        """True when the file is short enough to be written while its reader waits."""
        return self.total <= current_settings().export_direct_rows


def prepare(filters: Filters, asked: Filters, *, by: Actor) -> NewExport:
    """What an export of the list would be. Raises NotAllowed, Invalid.

    `filters` as sent to the list, `asked` as sent to `ExportInput`.
    """
    by.must("guests.export")
    said = ExportInput.read(asked)
    sent = {name: value for name, value in filters.items() if name not in LEFT_OUT}
    page = find_page(ListInput.read(sent | {"limit": 1}), exact=True, tags=False)
    columns = columns_for(by, said["scope"])
    return NewExport(sent, said["format"], said["scope"], columns, page.total)


def record(new: NewExport, action: str, *, by: Actor, **more: Any) -> None:
    """Write down who takes which guests away, before anything leaves the house."""
    audit.record(
        action, SUBJECT, by=by, filters=new.filters, format=new.format, columns=new.columns,
        rows=new.total, **more,
    )  # fmt: skip


def begin(new: NewExport, language: str, *, by: Actor) -> Export:
    """Have the file made in the background."""
    if by.user_id is None:
        raise Conflict(_l("Only a person can fetch a file that is made in the background."))
    made = now()
    export = Export(
        made_by=by.user_id, made_at=made, expires_at=made + KEPT_FOR, format=new.format,
        scope=new.scope, language=language, filters=new.filters, total=new.total,
    )  # fmt: skip
    db.session.add(export)
    export.job_id = jobs.enqueue(KIND, {"export": str(export.id)}, by=by.user_id).id
    record(new, "guests.export_requested", by=by, export=str(export.id))
    db.session.flush()
    return export


def mine(export_id: uuid.UUID, *, by: Actor) -> Export:
    """An export of this very person. Raises NotFound for another's, and for one that is over."""
    by.must("guests.export")
    export = db.session.get(Export, export_id)
    if export is None or export.made_by != by.user_id or export.expires_at < now():
        raise NotFound(str(export_id))
    return export


def all_mine(*, by: Actor) -> list[Export]:
    """This person's exports, the newest first."""
    query = select(Export).where(Export.made_by == by.user_id, Export.expires_at >= now())
    return list(db.session.scalars(query.order_by(Export.made_at.desc()).limit(20)))


def cancel(export: Export, *, by: Actor) -> None:
    """Stop an export, or throw its file away."""
    if export.cancelled_at is None:
        export.cancelled_at = now()
        audit.record("guests.export_cancelled", SUBJECT, by=by, export=str(export.id))
    remove_file(export)


def hand_over(export: Export, *, by: Actor) -> Path:
    """The finished file, with a word in the audit log. Raises NotFound while there is none."""
    if export.file is None or export.cancelled_at or not (folder() / export.file).is_file():
        raise NotFound(str(export.id))
    audit.record(
        "guests.exported", SUBJECT, by=by, export=str(export.id), rows=export.total,
        filters=export.filters,
    )  # fmt: skip
    return folder() / export.file


def folder() -> Path:
    """Where files wait to be fetched; closed to everybody else on the machine."""
    found = current_settings().home / "exports"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def new_file(ending: str) -> tuple[Path, int]:
    """A new file that nobody can guess or read, open for writing and reading."""
    path = folder() / f"{secrets.token_urlsafe(24)}.{ending}"
    return path, os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)


def remove_file(export: Export) -> None:
    """Delete the export's file; the row remembers that there was one."""
    if export.file:
        (folder() / export.file).unlink(missing_ok=True)
        export.file = None


def sweep() -> int:
    """Delete what is over: rows with their files, and files that belong to no row; how many."""
    over = list(db.session.scalars(select(Export).where(Export.expires_at < now())))
    for export in over:
        remove_file(export)
        db.session.delete(export)
    db.session.flush()
    known = set(db.session.scalars(select(Export.file).where(Export.file.is_not(None))))
    oldest = (now() - KEPT_FOR).timestamp()
    for path in folder().iterdir():
        if path.is_file() and path.name not in known and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
    return len(over)
