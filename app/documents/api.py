"""`/api/customers/{id}/documents`: section 3.3, and each document by its id."""

import uuid
from typing import Any

from flask.views import MethodView
from marshmallow import fields

from app.auth.guard import actor, requires
from app.core import idempotency
from app.core.api import ApiBlueprint, writes
from app.core.clock import today
from app.core.database import apart
from app.core.shapes import Country3, Maybe, Moment, Shape
from app.customers import services as guests
from app.customers.api.profiles import seen
from app.documents import services, trail
from app.documents.inputs import ChangedDocument, DocumentInput, VerificationInput
from app.documents.kinds import KINDS, STATUSES
from app.documents.models import Document

blueprint = ApiBlueprint(
    "documents_api", __name__, description="Identity papers and other documents of a guest."
)  # fmt: skip


class DocumentShape(Shape):
    """What a paper says, how it stands, and who verified it."""

    id = fields.UUID()
    type = fields.String(attribute="document_type", metadata={"enum": list(KINDS)})
    number = Maybe(attribute="document_number")
    name = Maybe(attribute="document_name")
    issue_date = fields.Date(allow_none=True)
    expiry_date = fields.Date(allow_none=True)
    issuing_country = Country3()
    issuing_authority = Maybe()
    status = fields.Function(
        lambda row: row.status_on(today()), metadata={"type": "string", "enum": list(STATUSES)}
    )
    is_verified = fields.Boolean()
    verified_at = Moment(allow_none=True)
    verified_by = Maybe(attribute="verified_name")
    verification_notes = Maybe()
    uploaded_at = Moment()
    uploaded_by = fields.String(attribute="uploaded_name")


class DocumentList(Shape):
    """All documents of a guest."""

    documents = fields.List(fields.Nested(DocumentShape))


@blueprint.route("/customers/<uuid:guest_id>/documents")
class Documents(MethodView):
    """All documents of a guest."""

    @requires("documents.read")
    @blueprint.answers(200, DocumentList, also=(404,))
    def get(self, guest_id: uuid.UUID) -> dict[str, Any]:
        """List a guest's documents, archived ones last; each reading is logged.

        `status` is as of today. The id of a merged guest leads to the one who remains.
        """
        guest = seen(guest_id, parts=("documents",))
        return {"documents": services.of(guest.id)}

    @requires("documents.update")
    @writes
    @blueprint.takes(DocumentInput, location="form")
    @blueprint.answers(201, DocumentShape, also=(404,), keyed=True)
    def post(self, values: dict[str, Any], guest_id: uuid.UUID) -> tuple[Document, int]:
        """Add a document, as multipart/form-data.

        Needs `documents.read` as well, for the answer. A number that the guest has on file already
        under this type is refused with 409.
        """
        by = actor()
        by.must("documents.read")
        guest = guests.get(guest_id)
        idempotency.about(guest.id)
        return services.add(guest.id, values, by=by), 201


@blueprint.route("/customers/<uuid:guest_id>/documents/<uuid:document_id>")
class DocumentById(MethodView):
    """One document of a guest."""

    @requires("documents.read")
    @blueprint.answers(200, DocumentShape, also=(404,))
    def get(self, guest_id: uuid.UUID, document_id: uuid.UUID) -> Document:
        """Read one document; each reading is logged."""
        by = actor()
        with apart():
            row = services.find(guest_id, document_id)
            trail.record("document.viewed", row, by=by, changes={})
        return services.find(guest_id, document_id)

    @requires("documents.update")
    @writes
    @blueprint.takes(ChangedDocument(partial=True))
    @blueprint.answers(200, DocumentShape, also=(404, 409))
    def put(self, values: dict[str, Any], guest_id: uuid.UUID, document_id: uuid.UUID) -> Document:
        """Change what is sent; what a verification vouched for ends it.

        Needs `documents.read` as well, for the answer.
        """
        by = actor()
        by.must("documents.read")
        services.change(guest_id, document_id, values, by=by)
        return services.find(guest_id, document_id)

    @requires("documents.update")
    @writes
    @blueprint.answers(204, None, also=(404, 409))
    def delete(self, guest_id: uuid.UUID, document_id: uuid.UUID) -> None:
        """Remove a document for good, with its file; the history keeps that it was there."""
        services.remove(guest_id, document_id, by=actor())


@blueprint.route("/customers/<uuid:guest_id>/documents/<uuid:document_id>/verification")
class Verification(MethodView):
    """Whether a document was verified."""

    @requires("documents.verify")
    @writes
    @blueprint.takes(VerificationInput)
    @blueprint.answers(200, DocumentShape, also=(404, 409))
    def put(self, values: dict[str, Any], guest_id: uuid.UUID, document_id: uuid.UUID) -> Document:
        """Note that the paper was checked; 409 tells who did so before.

        Needs `documents.read` as well, for the answer.
        """
        by = actor()
        by.must("documents.read")
        return services.verify(guest_id, document_id, values.get("verification_notes"), by=by)

    @requires("documents.verify")
    @writes
    @blueprint.answers(204, None, also=(404, 409))
    def delete(self, guest_id: uuid.UUID, document_id: uuid.UUID) -> None:
        """Take a verification back."""
        services.end_verification(guest_id, document_id, by=actor())
