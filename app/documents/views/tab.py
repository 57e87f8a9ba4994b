"""The documents tab, and one document with what it says and what became of it."""

import uuid
from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from app.auth.guard import actor, requires
from app.core.database import apart
from app.core.web import page_or_fragment, wants_fragment
from app.customers import services as guests
from app.customers.views.frame import frame, opened
from app.documents import services, shown, trail, uploads
from app.documents.inputs import PageInput
from app.documents.views import blueprint
from app.extensions import db


@blueprint.get("")
@requires("documents.read")
def index(customer_id: uuid.UUID) -> Response:
    """The tab; a merged guest's address leads to the survivor."""
    guest, marks = opened(customer_id, "documents")
    if guest.id != customer_id:
        return redirect(url_for("documents.index", customer_id=guest.id), 303)
    context = frame(guest, marks, "documents") | shown.panel(guest, by=actor())
    return page_or_fragment(
        "customers/show.html", "customers/_panel.html", **context, partial=wants_fragment()
    )


@blueprint.get("/<uuid:document_id>")
@requires("documents.read")
def show(customer_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    """One document; that it is looked at is on record before."""
    guest = guests.get(customer_id)
    if guest.id != customer_id:
        return redirect(
            url_for("documents.show", customer_id=guest.id, document_id=document_id), 303
        )
    leaf = PageInput.read(request.args.to_dict())["page"]
    with apart():
        viewed(customer_id, document_id)
    return page(customer_id, document_id, leaf=leaf)


def viewed(customer_id: uuid.UUID, document_id: uuid.UUID) -> None:
    """Note that somebody looks at a document and its number."""
    trail.record("document.viewed", services.find(customer_id, document_id), by=actor(), changes={})


def page(
    customer_id: uuid.UUID, document_id: uuid.UUID, status: int = 200, leaf: int = 1, **more: Any
) -> Response:
    """A document's page with one leaf of its picture; `more` says what was refused."""
    if status != 200:
        db.session.rollback()
    guest, row = guests.get(customer_id), services.find(customer_id, document_id)
    context = shown.whole(guest, row, by=actor(), leaf=leaf)
    nothing: dict[str, Any] = {"refusal": "", "typed": "", "file_errors": []}
    context |= nothing | {"megabytes": uploads.megabytes()} | more
    return page_or_fragment("documents/show.html", "documents/show.html", status, **context)
