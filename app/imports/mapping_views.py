"""The page where columns meet fields: how the file is read, what goes where, and the choices."""

import uuid
from itertools import groupby
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth.guard import actor, requires
from app.core.errors import Conflict, Invalid
from app.core.forms import form_for, posted_values
from app.core.tabular import DELIMITERS, ENCODINGS
from app.core.web import page_or_fragment
from app.extensions import db
from app.imports import saved, services, stages
from app.imports.mapping import Preview
from app.imports.models import ImportBatch
from app.imports.targets import PERMISSION, target_of
from app.imports.views import blueprint

SHAPE = ("encoding", "delimiter", "sheet")
OTHER = {*SHAPE, "header", "do", "template_name", "csrf_token", "template"}


@blueprint.get("/<uuid:batch_id>/mapping")
@requires(PERMISSION)
def mapping(batch_id: uuid.UUID) -> AnyResponse:
    """Columns with their first values, and where they go."""
    batch = services.get(batch_id)
    if batch.state not in ("mapping", "checked"):
        return redirect(url_for("imports.show", batch_id=batch_id), 303)
    return _page(batch)


def _page(batch: ImportBatch, errors: dict[str, list[str]] | None = None) -> Response:
    target = target_of(batch.target)
    fields = target.fields(actor())
    try:
        seen = services.look(batch)
    except Invalid as refusal:
        seen, errors = Preview([], []), (errors or {}) | refusal.errors
    posted = request.form if errors and request.method == "POST" else None
    form = form_for(target.options, values=batch.options, posted=posted, errors=errors)
    chosen = {str(c.index): batch.mapping.get(str(c.index), "") for c in seen.columns}
    if posted is not None:
        chosen |= {n.removeprefix("column-"): v for n, v in posted.items() if n[:7] == "column-"}
    return page_or_fragment(
        "imports/mapping.html", "imports/mapping.html", 422 if errors else 200, batch=batch,
        target=target,
        columns=seen.columns, form=form, chosen=chosen, errors=errors or {}, encodings=ENCODINGS,
        delimiters=DELIMITERS, sheets=services.sheets(batch),
        templates=saved.templates(target.name),
        groups=[(g, list(some)) for g, some in groupby(fields, key=lambda f: f.group)],
        count=len(seen.rows), taken=sum(1 for name in chosen.values() if name),
    )  # fmt: skip


@blueprint.post("/<uuid:batch_id>/mapping")
@requires(PERMISSION)
def update_mapping(batch_id: uuid.UUID) -> AnyResponse:
    """Read the file otherwise, or keep mapping and choices and try them on every row."""
    batch = services.get(batch_id)
    try:
        services.reshape(batch, _shape(batch), by=actor())
        if request.form.get("do") != "read":
            return _check(batch)
    except Conflict as refusal:
        db.session.rollback()
        flash(str(refusal), "danger")
        return redirect(url_for("imports.show", batch_id=batch_id), 303)
    except Invalid as refusal:
        db.session.rollback()
        return _page(services.get(batch_id), refusal.errors)
    db.session.commit()
    return redirect(url_for("imports.mapping", batch_id=batch_id), 303)


def _shape(batch: ImportBatch) -> dict[str, Any]:
    """What the form says of how to read the file; values that it never offered are ignored."""
    offered = {"encoding": ENCODINGS, "delimiter": DELIMITERS, "sheet": services.sheets(batch)}
    found: dict[str, Any] = {
        name: request.form[name] for name in SHAPE if request.form.get(name) in offered[name]
    }
    return found | {"header": "header" in request.form}


def _check(batch: ImportBatch) -> AnyResponse:
    target = target_of(batch.target)
    columns = {n.removeprefix("column-"): v for n, v in request.form.items() if n[:7] == "column-"}
    sent = posted_values(target.options, request.form)
    ours = {n: v for n, v in sent.items() if n not in OTHER and n[:7] != "column-"}
    services.plan(batch, columns, target.options.read(ours), by=actor())
    if name := request.form.get("template_name", "").strip():
        saved.keep_template(batch, name, services.look(batch), by=actor())
    stages.begin(batch, stages.CHECK, by=actor())
    where = url_for("imports.show", batch_id=batch.id)
    db.session.commit()
    return redirect(where, 303)


@blueprint.post("/<uuid:batch_id>/template")
@requires(PERMISSION)
def adopt_template(batch_id: uuid.UUID) -> AnyResponse:
    """Take mapping and choices over from a saved template."""
    batch = services.get(batch_id)
    template = saved.template_of(batch.target, request.form.get("template", ""))
    saved.adopt(batch, template, services.look(batch), by=actor())
    name = template.name
    db.session.commit()
    flash(_("Filled in as in “%(name)s”.", name=name), "good")
    return redirect(url_for("imports.mapping", batch_id=batch_id), 303)


@blueprint.post("/templates/<uuid:template_id>/removal")
@requires(PERMISSION)
def remove_template(template_id: uuid.UUID) -> AnyResponse:
    """Forget a saved template."""
    saved.drop_template(template_id, by=actor())
    db.session.commit()
    flash(_("The template was removed."), "good")
    return redirect(url_for("imports.index"), 303)
