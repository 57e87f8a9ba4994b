"""A new document, and a document changed: one form for both."""

import uuid
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import Form

from app.auth.guard import actor, requires
from app.core.database import apart
from app.core.errors import Conflict, Invalid, NotFound, Stale
from app.core.forms import form_for, posted_values
from app.core.types import new_id
from app.core.web import page_or_fragment
from app.customers import services as guests
from app.customers.views import posted
from app.documents import files, rules, services, shown, uploads
from app.documents.inputs import ChangedDocument, DocumentInput
from app.documents.kinds import KINDS
from app.documents.models import Document
from app.documents.views import blueprint
from app.documents.views.tab import viewed
from app.extensions import db

CONTROLS = ("form_id", "version", "csrf_token")
FEW = 5
"""Names of others with the same number, at most."""


@blueprint.get("/new")
@requires("documents.update")
def new(customer_id: uuid.UUID) -> Response:
    """An empty form."""
    guest = guests.get(customer_id)
    if guest.id != customer_id:
        return redirect(url_for("documents.new", customer_id=guest.id), 303)
    return _new_page(customer_id, form_for(DocumentInput))


@blueprint.post("")
@requires("documents.update")
def create(customer_id: uuid.UUID) -> Response:
    """Add the document; the same form sent twice adds one."""
    try:
        row, lost, others = _made(customer_id)
    except (Invalid, Conflict) as fault:
        at_file = fault.errors.get("file", []) if isinstance(fault, Invalid) else []
        return _new_page(customer_id, _again(DocumentInput, fault), _status(fault), at_file)
    said = _("Added: %(kind)s.", kind=KINDS[row.document_type].label)
    where = shown.address("documents.show", row)
    flash(said, "good")
    if lost:
        flash(_("The house’s rules keep no picture of such a paper, so it was not stored."), "info")
    _warn(others)
    return uploads.lead(where)


def _warn(others: list[str]) -> None:
    """Say who else has a paper of the number that was saved."""
    if others:
        said = _("This number is on file for %(names)s, too.", names=", ".join(others))
        flash(said, "attention")


def _elsewhere(row: Document) -> list[str]:
    found = services.others_with(row, by=actor())[:FEW]
    return [f"{guest.full_name} ({guest.customer_code})" for guest in found]


def _made(customer_id: uuid.UUID) -> tuple[Document, bool, list[str]]:
    """The document, committed; whether a file came that is not to be kept; who has its number."""
    values, form_id = DocumentInput.read(posted_values(DocumentInput, _own())), _form_id()
    if db.session.get(Document, form_id) is not None:
        return services.find(customer_id, form_id), False, []
    with files.all_or_nothing():
        upload = uploads.sent()
        file = uploads.kept(customer_id, upload, values)
        row = services.add(customer_id, values, by=actor(), document_id=form_id, file=file)
        lost = upload is not None and not row.has_file
        others = _elsewhere(row)
        db.session.commit()
    return row, lost, others


def _form_id() -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get("form_id", ""))
    except ValueError:
        raise Invalid({"": _("This form is incomplete. Load it again.")}) from None


def _own() -> MultiDict[str, str]:
    pairs = [(k, v) for k, v in request.form.items(multi=True) if k not in CONTROLS]
    return MultiDict(pairs)


def _again(schema: Any, fault: Invalid | Conflict) -> Form:
    """The form as it was typed, with the sentences of what is wrong."""
    db.session.rollback()
    at = fault.details.get("field", "") if isinstance(fault, Conflict) else ""
    errors = fault.errors if isinstance(fault, Invalid) else {at: [str(fault)]}
    form = form_for(schema, posted=_own(), errors=errors)
    form.form_errors = [s for n, said in errors.items() if n not in form for s in said]
    return form


def _status(fault: Invalid | Conflict) -> int:
    return 422 if isinstance(fault, Invalid) else 409


def _new_page(
    customer_id: uuid.UUID, form: Form, status: int = 200, at_file: list[str] | None = None
) -> Response:
    guest = guests.get(customer_id)
    return page_or_fragment(
        "documents/new.html", "documents/_form.html", status, form=form, called=guest.called,
        title=_("Add a document"), form_id=request.form.get("form_id") or str(new_id()),
        back=url_for("documents.index", customer_id=guest.id), version=None, meanwhile=[],
        megabytes=uploads.megabytes(), file_errors=at_file or [], kept=rules.in_words(),
        action=url_for("documents.create", customer_id=guest.id), save=_("Add the document"),
    )  # fmt: skip


@blueprint.get("/<uuid:document_id>/edit")
@requires("documents.update")
def edit(customer_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    """The form of what the paper says; its number is shown, so that is on record."""
    with apart():
        viewed(customer_id, document_id)
    row = services.find(customer_id, document_id)
    values = {name: getattr(row, name) for name in services.FIELDS}
    return _edit_page(row, form_for(ChangedDocument, values=values))


@blueprint.post("/<uuid:document_id>/edit")
@requires("documents.update")
def update(customer_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    """Save it; what others changed meanwhile stays, and what both changed is asked about."""
    meanwhile: list[dict[str, Any]] = []
    try:
        values = ChangedDocument.read(posted_values(ChangedDocument, _own()))
        version = posted.version()
        changes = services.change(customer_id, document_id, values, by=actor(), version=version)
    except (Invalid, Conflict) as fault:
        if isinstance(fault, Stale):
            details = fault.details
            meanwhile = shown.same_changes(details["changes"], details["fields"])
        form = _again(ChangedDocument, fault)
        row = services.find(customer_id, document_id)
        return _edit_page(row, form, _status(fault), meanwhile)
    changed = "document_number" in changes
    others = _elsewhere(services.find(customer_id, document_id)) if changed else []
    db.session.commit()
    _warn(others)
    ended = "is_verified" in changes
    flash(_("Saved. What it says has changed, so it waits to be verified again.")
          if ended else _("Saved."), "attention" if ended else "good")  # fmt: skip
    ids: dict[str, Any] = {"customer_id": customer_id, "document_id": document_id}
    return redirect(url_for("documents.show", **ids), 303)


def _edit_page(
    row: Document, form: Form, status: int = 200, meanwhile: list[dict[str, Any]] | None = None
) -> Response:
    guest = guests.get(row.customer_id)
    if guest.id != row.customer_id:
        raise NotFound(str(row.id))
    return page_or_fragment(
        "documents/new.html", "documents/_form.html", status, form=form, called=guest.called,
        title=_("Change: %(kind)s", kind=KINDS[row.document_type].label), version=row.version
        if meanwhile or status == 200 else request.form.get("version", row.version),
        back=shown.address("documents.show", row), meanwhile=meanwhile or [], form_id=None,
        megabytes=None,
        action=shown.address("documents.update", row), save=_("Save"),
    )  # fmt: skip
