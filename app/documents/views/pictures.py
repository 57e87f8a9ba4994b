"""The image or PDF of a document: shown with a watermark, opened as it is, brought, taken away."""

import uuid
from typing import Any

from flask import flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.auth.guard import actor, requires
from app.core.errors import Conflict, Invalid
from app.documents import files, pictures, services, serving, uploads
from app.documents.inputs import PageInput
from app.documents.views import blueprint
from app.documents.views.changes import question
from app.documents.views.tab import page
from app.extensions import db


@blueprint.get("/<uuid:document_id>/thumbnail")
@requires("documents.read")
def thumbnail(customer_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    """The document in small."""
    return serving.serve(customer_id, document_id, "thumbnail", by=actor())


@blueprint.get("/<uuid:document_id>/preview")
@requires("documents.read")
def preview(customer_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    """A page of the document, with who looks at it and when all over it."""
    wanted = PageInput.read(request.args.to_dict())["page"]
    return serving.serve(customer_id, document_id, "preview", by=actor(), page=wanted)


@blueprint.get("/<uuid:document_id>/original")
@requires("documents.original", fresh=True, file=True)
def original(customer_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    """The file as it is stored, as a download."""
    return serving.serve(customer_id, document_id, "original", by=actor())


@blueprint.post("/<uuid:document_id>/file")
@requires("documents.update")
def attach(customer_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    """Give the document a picture or PDF, in place of the one that it had."""
    try:
        with files.all_or_nothing():
            stored = uploads.kept_for(customer_id, document_id, uploads.sent())
            if stored is None:
                raise Invalid({"file": _("Choose a file first.")})
            over = request.form.get("over")
            pictures.attach(customer_id, document_id, stored, by=actor(), over=over)
            db.session.commit()
    except (Invalid, Conflict) as fault:
        status = 422 if isinstance(fault, Invalid) else 409
        return page(customer_id, document_id, status, file_errors=[str(fault)])
    return _done(customer_id, document_id, _("The picture is saved."))


@blueprint.get("/<uuid:document_id>/file/removal")
@requires("documents.update")
def detaching(customer_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    """Ask before the picture is gone."""
    row = services.find(customer_id, document_id)
    sentences = [
        _("The picture goes for good; no copy of it can be opened any more."),
        _("What the paper says, and who verified it, stays."),
    ]
    over = pictures.which(row)
    return question(row, _("Remove the picture"), "detach", sentences, over)


@blueprint.post("/<uuid:document_id>/file/removal")
@requires("documents.update")
def detach(customer_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    """Take the picture away; what the paper says, and who verified it, stays."""
    try:
        over = request.form.get("over")
        pictures.detach(customer_id, document_id, "staff", by=actor(), over=over)
    except Conflict as fault:
        return page(customer_id, document_id, 409, refusal=str(fault))
    db.session.commit()
    return _done(customer_id, document_id, _("The picture is removed."))


def _done(customer_id: uuid.UUID, document_id: uuid.UUID, sentence: str) -> Response:
    flash(sentence, "good")
    ids: dict[str, Any] = {"customer_id": customer_id, "document_id": document_id}
    return uploads.lead(url_for("documents.show", **ids))
