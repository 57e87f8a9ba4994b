"""Pages of imports: the list with the upload, and one import from its dry run to its end."""

import uuid
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, abort, flash, redirect, request, send_file, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import uploads
from app.auth.guard import actor, requires
from app.core.clock import current_settings
from app.core.errors import Conflict, Invalid
from app.core.inputs import Input
from app.core.paging import Whole
from app.core.spool import spool
from app.core.web import page_or_fragment
from app.extensions import db
from app.imports import report, saved, services, stages, storage
from app.imports import work as _work  # noqa: F401 - registers its jobs
from app.imports.models import BUSY, READING, ImportBatch
from app.imports.stages import CHECK, RESUME, RUN, UNDO, Stage
from app.imports.targets import KINDS, PERMISSION, target_of, targets

blueprint = Blueprint("imports", __name__, url_prefix="/imports")
uploads.routes["imports.create"] = uploads.Large(
    PERMISSION, lambda: current_settings().upload_megabytes
)
SHOWN = 50
MOST_ROWS = 2**31 - 1


@blueprint.get("")
@requires(PERMISSION)
def index() -> Response:
    """The latest imports, and a form to bring a file."""
    return _index()


def _index(errors: dict[str, list[str]] | None = None) -> Response:
    return page_or_fragment(
        "imports/index.html", "imports/_list.html", 422 if errors else 200,
        batches=services.recent(), targets=targets(), errors=errors or {},
        megabytes=current_settings().upload_megabytes, templates=saved.all_templates(),
        titles={target.name: target.title for target in targets()}, busy=BUSY,
    )  # fmt: skip


@blueprint.post("")
@requires(PERMISSION)
def create() -> AnyResponse:
    """Take a file in and go on to its columns."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _index({"file": [_("Choose a file first.")]})
    target = request.form.get("target") or targets()[0].name
    try:
        batch = services.receive(
            target, file.filename, cast(BinaryIO, file.stream), by=actor(),
            language=str(get_locale()),
        )  # fmt: skip
    except Invalid as refusal:
        db.session.rollback()
        return _index(refusal.errors)
    finally:
        file.close()
    where = url_for("imports.mapping", batch_id=batch.id)
    db.session.commit()
    return redirect(where, 303)


@blueprint.get("/samples/<name>.csv")
@requires(PERMISSION)
def sample(name: str) -> Response:
    """A file to start from."""
    content = "\ufeff" + target_of(name).sample
    return _download([content], f"{name}.csv")


class AfterInput(Input):
    """The problem after which the next ones begin."""

    row = Whole(0, MOST_ROWS, load_default=0)
    ordinal = Whole(0, MOST_ROWS, load_default=0)


def _after() -> tuple[int, int]:
    known = AfterInput.read({n: request.args[n] for n in ("row", "ordinal") if n in request.args})
    return known["row"], known["ordinal"]


@blueprint.get("/<uuid:batch_id>")
@requires(PERMISSION)
def show(batch_id: uuid.UUID) -> Response:
    """Where an import stands; the fragment draws itself anew while work is going on."""
    batch = services.get(batch_id)
    kind = request.args.get("kind")
    kind = kind if kind in KINDS else None
    after = _after()
    problems = services.problems(batch, kind, after, SHOWN + 1)
    labels = {field.name: field.label for field in target_of(batch.target).fields_of_all()}
    return page_or_fragment(
        "imports/show.html", "imports/_import.html", batch=batch, figures=batch.figures,
        busy=batch.state in BUSY, may_stop=batch.state in READING, total=stages.total_of(batch),
        done=stages.done_of(batch), left=_left(batch), target=target_of(batch.target),
        problems=problems[:SHOWN], more=len(problems) > SHOWN, kind=kind, kinds=KINDS,
        said=services.problem_counts(batch), labels=labels, first=after == (0, 0),
        megabytes=batch.size / 2**20,
    )  # fmt: skip


def _left(batch: ImportBatch) -> str:
    seconds = stages.seconds_left(batch)
    if seconds is None:
        return ""
    if seconds < 60:
        return str(_("less than a minute left"))
    minutes = round(seconds / 60)
    return str(ngettext("about %(num)d minute left", "about %(num)d minutes left", minutes))


def _do(batch_id: uuid.UUID, what: Callable[[ImportBatch], Any], said: str = "") -> AnyResponse:
    """Do something to an import and show it; what stands in the way is said there."""
    try:
        what(services.get(batch_id))
        db.session.commit()
    except Conflict as refusal:
        db.session.rollback()
        flash(str(refusal), "danger")
    else:
        if said:
            flash(said, "good")
    return redirect(url_for("imports.show", batch_id=batch_id), 303)


def _begin(batch_id: uuid.UUID, stage: Stage) -> AnyResponse:
    return _do(batch_id, lambda batch: stages.begin(batch, stage, by=actor()))


@blueprint.post("/<uuid:batch_id>/checks")
@requires(PERMISSION)
def create_check(batch_id: uuid.UUID) -> AnyResponse:
    """Try the file once more without writing a guest."""
    return _begin(batch_id, CHECK)


@blueprint.post("/<uuid:batch_id>/runs")
@requires(PERMISSION)
def create_run(batch_id: uuid.UUID) -> AnyResponse:
    """Begin the import, or go on with one that was stopped."""
    stage = RESUME if services.get(batch_id).state == "stopped" else RUN
    return _begin(batch_id, stage)


@blueprint.post("/<uuid:batch_id>/stops")
@requires(PERMISSION)
def create_stop(batch_id: uuid.UUID) -> AnyResponse:
    """Ask the work to stop after the rows at hand."""
    said = _("It stops after the rows at hand.")
    return _do(batch_id, lambda batch: stages.stop(batch, by=actor()), said)


@blueprint.post("/<uuid:batch_id>/reversals")
@requires(PERMISSION)
def create_reversal(batch_id: uuid.UUID) -> AnyResponse:
    """Take the whole import back, unless something else has touched its records."""
    return _begin(batch_id, UNDO)


@blueprint.post("/<uuid:batch_id>/removal")
@requires(PERMISSION)
def create_removal(batch_id: uuid.UUID) -> AnyResponse:
    """Drop an import of which nothing is on file, with its file."""
    batch = services.get(batch_id)
    try:
        services.discard(batch, by=actor())
        db.session.commit()
    except Conflict as refusal:
        db.session.rollback()
        flash(str(refusal), "danger")
        return redirect(url_for("imports.show", batch_id=batch_id), 303)
    storage.remove(batch_id)
    flash(_("The import was removed, with its file."), "good")
    return redirect(url_for("imports.index"), 303)


@blueprint.get("/<uuid:batch_id>/report.csv")
@requires(PERMISSION)
def rows(batch_id: uuid.UUID) -> Response:
    """The rows of a kind, or all that were noted, as they stood in the file with the reasons."""
    batch = services.get(batch_id)
    kind = request.args.get("kind", "refused")
    if kind not in (*KINDS, "all"):
        abort(404)
    return _download(
        report.lines(batch, None if kind == "all" else kind), report.filename(batch, kind)
    )


def _download(lines: Iterable[str], name: str) -> Response:
    file = spool()  # closed when it has been sent
    for line in lines:
        file.write(line.encode())
    file.seek(0)
    return send_file(file, mimetype="text/csv", as_attachment=True, download_name=name, etag=False)
