"""Taking the list away: what the file will hold, its making, and the finished file."""

import uuid
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from flask import make_response, redirect, render_template, request, send_file, url_for
from flask_babel import format_timedelta, get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.auth.guard import actor, requires
from app.core.clock import now, today
from app.core.database import apart
from app.core.errors import Invalid
from app.core.jobs import Job
from app.core.web import page_or_fragment
from app.customers.exports import Export, services
from app.customers.exports import work as _work  # noqa: F401 - registers what the worker does
from app.customers.exports.columns import columns_for, label
from app.customers.exports.rows import batches, snapshot
from app.customers.exports.services import FORMATS, MEDIA_TYPES, SCOPES, WRITERS, NewExport
from app.customers.listing import ListInput
from app.customers.views import blueprint
from app.customers.views.list_filters import LABELS, Query, in_force
from app.extensions import db


@blueprint.get("/exports/new")
@requires("guests.export", fresh=True)
def new_export() -> Response:
    """What the file would hold: how many guests, which columns, in which format."""
    return _form(Query(request.args), {}, 200)


@blueprint.post("/exports")
@requires("guests.export", fresh=True)
def create_export() -> Response:
    """A short list at once; a long one in the background."""
    query = Query(request.args)
    asked = {name: request.form[name] for name in ("format", "scope") if name in request.form}
    try:
        new = services.prepare(query.filters(), asked, by=actor())
    except Invalid as fault:
        db.session.rollback()
        return _form(query, fault.errors, 422)
    if new.is_direct:
        services.record(new, "guests.exported", by=actor())
        db.session.commit()
        return _direct(new)
    export = services.begin(new, str(get_locale() or "en"), by=actor())
    db.session.commit()
    return redirect(url_for("customers.show_export", export_id=export.id), 303)


@blueprint.get("/exports/<uuid:export_id>")
@requires("guests.export")
def show_export(export_id: uuid.UUID) -> Response:
    """How far the file is, and where it can be fetched; asks again by itself while it is made."""
    export = services.mine(export_id, by=actor())
    context = {"export": export, "formats": FORMATS, "span": format_timedelta} | _progress(export)
    return page_or_fragment("customers/export.html", "customers/_export.html", **context)


@blueprint.get("/exports/<uuid:export_id>/file")
@requires("guests.export", fresh=True, file=True)
def export_file(export_id: uuid.UUID) -> Response:
    """The file itself, for its maker only."""
    with apart():
        export = services.mine(export_id, by=actor())
        path, kind = services.hand_over(export, by=actor()), export.format
    return _sent(path, kind)


@blueprint.post("/exports/<uuid:export_id>/cancellation")
@requires("guests.export")
def cancel_export(export_id: uuid.UUID) -> Response:
    """Stop making the file, or throw it away."""
    services.cancel(services.mine(export_id, by=actor()), by=actor())
    db.session.commit()
    return redirect(url_for("customers.show_export", export_id=export_id), 303)


def _form(query: Query, errors: dict[str, list[str]], status: int) -> Response:
    context: dict[str, Any] = {
        "query": query, "errors": errors, "labels": LABELS, "formats": FORMATS, "scopes": SCOPES,
        "in_force": list(in_force(query)), "exports": services.all_mine(by=actor()), "new": None,
    }  # fmt: skip
    try:
        new = services.prepare(query.filters(), {"format": "csv"}, by=actor())
        everything = columns_for(actor(), "all")
        context |= {
            "new": new, "usual": [label(name) for name in new.columns],
            "further": [label(name) for name in everything if name not in new.columns],
        }  # fmt: skip
    except Invalid as fault:
        context["errors"], status = fault.errors, 422
    return make_response(render_template("customers/new_export.html", **context), status)


def _progress(export: Export) -> dict[str, Any]:
    """What the worker says: waiting, running, ready, cancelled or failed; and how long still."""
    job = db.session.get(Job, export.job_id) if export.job_id else None
    if export.cancelled_at:
        return {"state": "cancelled"}
    if export.file:
        return {"state": "ready"}
    if job is None or job.state == "dead":
        return {"state": "failed"}
    done, total = job.done, max(export.total, 1)
    left = None
    if job.started_at and done:
        spent = now() - job.started_at
        left = max(timedelta(seconds=1), spent * (total - done) / done)
    return {"state": job.state, "done": min(done, total), "left": left}


def _direct(new: NewExport) -> Response:
    """The file as the answer; written whole before, so that a fault never looks like an end."""
    file = TemporaryFile(dir=services.folder())  # noqa: SIM115 - closed when it has been sent
    try:
        with snapshot() as connection:
            rows = batches(connection, ListInput.read(new.filters), new.columns)
            heads = [label(name) for name in new.columns]
            WRITERS[new.format](file, heads, rows, title=_("Guests"))
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return _sent(file, new.format)


def _sent(file: IO[bytes] | Path, kind: str) -> Response:
    name = f"guests-{today().isoformat()}.{kind}"
    return send_file(
        file, mimetype=MEDIA_TYPES[kind], as_attachment=True, download_name=name, etag=False
    )
