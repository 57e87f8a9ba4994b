"""`/api/customers/{id}/documents`: section 3.3, and each document by its id."""

import uuid
from typing import Any, Literal

from flask.views import MethodView
from marshmallow import fields, missing

from app.auth.guard import actor, requires
from app.core import idempotency
from app.core.api import ApiBlueprint, writes
from app.core.clock import today
from app.core.database import apart
from app.core.shapes import Country3, Kept, Maybe, Moment, Shape, Word
from app.customers import services as guests
from app.customers.api.profiles import seen
from app.documents import links, pictures, services, trail
from app.documents.inputs import ChangedDocument, VerificationInput
from app.documents.kinds import KINDS, STATUSES
from app.documents.models import Document
from app.documents.shown import number_of
from app.documents.uploads import SentDocument, SentFile, keeps_file

MULTIPART = "multipart/form-data"
UNREADABLE = {
    "type": "boolean",
    "description": "The number is stored but cannot be decrypted, and is null only here.",
}
blueprint = ApiBlueprint(
    "documents_api", __name__, description="Identity papers and other documents of a guest."
)  # fmt: skip


class Link(Kept, fields.String):
    """A signed link to the file, good for two minutes and for this caller; absent without one."""

    permission = "documents.read"

    def __init__(self, what: Literal["file", "thumbnail"]) -> None:
        shown = "the original or, without `documents.original`, the watermarked picture"
        said = f"A link for two minutes to {shown if what == 'file' else 'the thumbnail'}."
        super().__init__(metadata={"format": "uri", "description": said})
        self.what = what

    def get_value(self, obj: Any, attr: str, *args: Any, **options: Any) -> Any:
        """The address, or what marshmallow takes for none."""
        by = actor()
        part = links.file_part(by) if self.what == "file" else "thumbnail"
        return links.link(obj, part, by) or missing


class DocumentShape(Shape):
    """What a paper says, how it stands, and who verified it."""

    id = fields.UUID()
    type = fields.String(attribute="document_type", metadata={"enum": list(KINDS)})
    number = fields.Function(
        lambda row: number_of(row)[0] or None, metadata={"type": ["string", "null"]}
    )
    number_unreadable = fields.Function(lambda row: number_of(row)[1], metadata=UNREADABLE)
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
    file_url = Link("file")
    thumbnail_url = Link("thumbnail")
    file_type = Word(("pdf", "jpg", "png"))
    file_size = fields.Integer(allow_none=True, metadata={"description": "In bytes, as stored."})
    pages = fields.Integer(allow_none=True)
    is_encrypted = fields.Constant(True)
    encryption_key_id = fields.UUID(attribute="file_key_id", allow_none=True)
    uploaded_at = Moment()
    uploaded_by = fields.String(attribute="uploaded_name")
    last_accessed = Moment(allow_none=True)
    access_count = fields.Integer()
    retention_date = fields.Date(
        allow_none=True, metadata={"description": "From this day on the file may be deleted."}
    )
    deletion_scheduled = fields.Boolean()


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

    @requires("documents.update", also="documents.read")
    @blueprint.takes(SentDocument, location="form", content_type=MULTIPART)
    @keeps_file
    @writes
    @blueprint.answers(201, DocumentShape, also=(404, 507), keyed=True)
    def post(self, values: dict[str, Any], guest_id: uuid.UUID) -> tuple[Document, int]:
        """Add a document, with a PDF, JPEG, PNG, HEIC or WebP file or without one.

        Pictures are stored anew without what a camera adds, and everything is stored encrypted. A
        file that cannot be taken is told under `file`; with it nothing is saved.
        Of a paper whose picture the house's rules never keep, the file is left out. A number that
        the guest has on file already under this type is refused with 409.
        """
        guest = guests.get(guest_id)
        idempotency.about(guest.id)
        file = values.pop("file")
        return services.add(guest.id, values, by=actor(), file=file), 201


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

    @requires("documents.update", also="documents.read")
    @writes
    @blueprint.takes(ChangedDocument(partial=True))
    @blueprint.answers(200, DocumentShape, also=(404, 409))
    def put(self, values: dict[str, Any], guest_id: uuid.UUID, document_id: uuid.UUID) -> Document:
        """Change what is sent; what a verification vouched for ends it."""
        services.change(guest_id, document_id, values, by=actor())
        return services.find(guest_id, document_id)

    @requires("documents.update")
    @writes
    @blueprint.answers(204, None, also=(404, 409))
    def delete(self, guest_id: uuid.UUID, document_id: uuid.UUID) -> None:
        """Remove a document for good, with its file; the history keeps that it was there."""
        services.remove(guest_id, document_id, by=actor())


@blueprint.route("/customers/<uuid:guest_id>/documents/<uuid:document_id>/file")
class DocumentFile(MethodView):
    """The picture or PDF of a document."""

    @requires("documents.update", also="documents.read")
    @blueprint.takes(SentFile, location="form", content_type=MULTIPART)
    @keeps_file
    @writes
    @blueprint.answers(200, DocumentShape, also=(404, 409, 507))
    def put(self, values: dict[str, Any], guest_id: uuid.UUID, document_id: uuid.UUID) -> Document:
        """Bring a document's file, in place of one that it had; it is to be verified anew.

        422 where the house keeps none of such a paper.
        """
        return pictures.attach(guest_id, document_id, values["file"], by=actor())

    @requires("documents.update")
    @writes
    @blueprint.answers(204, None, also=(404, 409))
    def delete(self, guest_id: uuid.UUID, document_id: uuid.UUID) -> None:
        """Remove the file for good; what the paper says, and who verified it, stays."""
        pictures.detach(guest_id, document_id, "staff", by=actor())


@blueprint.route("/customers/<uuid:guest_id>/documents/<uuid:document_id>/verification")
class Verification(MethodView):
    """Whether a document was verified."""

    @requires("documents.verify", also="documents.read")
    @writes
    @blueprint.takes(VerificationInput)
    @blueprint.answers(200, DocumentShape, also=(404, 409))
    def put(self, values: dict[str, Any], guest_id: uuid.UUID, document_id: uuid.UUID) -> Document:
        """Note that the paper was checked; 409 tells who did so before."""
        notes = values.get("verification_notes")
        return services.verify(guest_id, document_id, notes, by=actor())

    @requires("documents.verify")
    @writes
    @blueprint.answers(204, None, also=(404, 409))
    def delete(self, guest_id: uuid.UUID, document_id: uuid.UUID) -> None:
        """Take a verification back."""
        services.end_verification(guest_id, document_id, by=actor())
