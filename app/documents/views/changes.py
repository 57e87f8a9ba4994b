"""A document verified, put aside or removed: sent from its own page."""

import uuid
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.auth.guard import actor, requires
from app.core.errors import Conflict, Invalid
from app.core.inputs import Truth
from app.core.web import page_or_fragment
from app.customers import services as guests
from app.customers.views import posted
from app.documents import services, shown
from app.documents.inputs import VerificationInput
from app.documents.kinds import KINDS
from app.documents.models import Document
from app.documents.views import blueprint
from app.documents.views.tab import page
from app.extensions import db


@blueprint.post("/<uuid:document_id>/verifications")
@requires("documents.verify")
def verify(customer_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    """Note that the paper was checked."""
    typed = request.form.get("verification_notes", "")
    try:
        notes = VerificationInput.read({"verification_notes": typed})["verification_notes"]
        version = posted.version()
        services.verify(customer_id, document_id, notes, by=actor(), version=version)
    except (Invalid, Conflict) as fault:
        status = 422 if isinstance(fault, Invalid) else 409
        return page(customer_id, document_id, status, refusal=str(fault), typed=typed)
    return _done(customer_id, document_id, _("Verified."))


@blueprint.post("/<uuid:document_id>/verifications/end")
@requires("documents.verify")
def end_verification(customer_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    """Take a verification back."""
    services.end_verification(customer_id, document_id, by=actor())
    return _done(customer_id, document_id, _("The verification is taken back."))


@blueprint.post("/<uuid:document_id>/archivings")
@requires("documents.update")
def set_archived(customer_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    """Put the document aside or bring it back: `archived` is the wanted state."""
    sent = request.form.get("archived", "")
    if sent not in ("true", "false"):
        raise Invalid({"archived": Truth().error_messages["invalid"]})
    try:
        services.archive(customer_id, document_id, sent == "true", by=actor())
    except Conflict as fault:
        return page(customer_id, document_id, 409, refusal=str(fault))
    said = _("Archived.") if sent == "true" else _("Brought back.")
    return _done(customer_id, document_id, said)


def _done(customer_id: uuid.UUID, document_id: uuid.UUID, sentence: str) -> Response:
    db.session.commit()
    flash(sentence, "good")
    ids: dict[str, Any] = {"customer_id": customer_id, "document_id": document_id}
    return redirect(url_for("documents.show", **ids), 303)


@blueprint.get("/<uuid:document_id>/removal")
@requires("documents.update")
def removal(customer_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    """Ask before it is gone."""
    row = services.find(customer_id, document_id)
    kind = KINDS[row.document_type].label
    kept = (
        _("The history keeps that it was here, and who verified it.")
        if row.is_verified
        else _("The history keeps that it was here.")
    )
    sentences = [
        _("The document goes with its picture, for good."), kept,
        _("To put it aside instead, archive it."),
    ]  # fmt: skip
    return question(row, _("Remove: %(kind)s", kind=kind), "create_removal", sentences)


def question(row: Document, title: str, act: str, sentences: list[str], over: str = "") -> Response:
    """The page that asks before something is gone; `act` is the view that then does it, and `over`
    the picture that is meant."""
    return page_or_fragment(
        "documents/removal.html", "documents/removal.html", title=title, sentences=sentences,
        called=guests.get(row.customer_id).called, back=shown.address("documents.show", row),
        action=shown.address(f"documents.{act}", row), over=over,
    )  # fmt: skip


@blueprint.post("/<uuid:document_id>/removal")
@requires("documents.update")
def create_removal(customer_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    """Delete it for good."""
    services.remove(customer_id, document_id, by=actor())
    db.session.commit()
    flash(_("Removed."), "good")
    return redirect(url_for("documents.index", customer_id=customer_id), 303)
