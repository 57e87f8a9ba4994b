"""What a request brings for a document: the one file of its form, kept before anything is written.

A picture takes a moment to be looked through, and a store far away longer. So the transaction
that the guard began ends first: nobody waits for somebody else's upload.
"""

import io
import uuid
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, BinaryIO, TypeVar, cast

from flask import redirect, request
from marshmallow import fields
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app.auth import uploads
from app.core.clock import current_settings
from app.core.inputs import OWN_SENTENCES, Input
from app.core.web import wants_fragment
from app.customers import services as guests
from app.documents import files, keeping, pictures
from app.documents.files import Stored
from app.documents.inputs import DocumentInput
from app.extensions import db

NAMES = ("photo", "file")
"""Fields of a form that may bring it; browsers send the others empty."""
ROUTES = (
    "documents.create", "documents.attach", "documents.create_reading", "documents_api.Documents",
    "documents_api.DocumentFile", "newcomers.create",
)  # fmt: skip
View = TypeVar("View", bound=Callable[..., Any])


def megabytes() -> int:
    """How large a file may be."""
    return current_settings().document_megabytes


uploads.routes |= dict.fromkeys(ROUTES, uploads.Large("documents.update", megabytes))


class Upload(fields.Field[FileStorage]):
    """A file of a multipart form."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            metadata={"type": "string", "format": "binary"}, error_messages=OWN_SENTENCES, **options
        )

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> FileStorage:
        if not isinstance(value, FileStorage):
            raise self.make_error("invalid")
        return value


class SentDocument(DocumentInput):
    """A new document, with its file or without."""

    file = Upload()


class SentFile(Input):
    """The file of a document that is on record."""

    file = Upload(required=True)


def sent() -> FileStorage | None:
    """The file that came with the form, if one did."""
    found = (request.files.get(name) for name in NAMES)
    return next((each for each in found if each is not None and each.filename), None)


def kept(
    guest_id: uuid.UUID, upload: FileStorage | None, values: Mapping[str, Any]
) -> Stored | None:
    """Put the file of a new document, of these `values`, into the store; None where no rule keeps
    its image. Belongs inside `files.all_or_nothing`.

    Raises Invalid for a file that is not taken, StoreDown where it cannot be kept.
    """
    guest_id, country = guests.get(guest_id).id, values.get("issuing_country")
    wanted = keeping.keeps_of(values["document_type"], country)
    return _kept(guest_id, upload if wanted else None)


def kept_for(
    guest_id: uuid.UUID, document_id: uuid.UUID, upload: FileStorage | None
) -> Stored | None:
    """Put the file of a document that is on record into the store, as `kept` does.

    Raises Invalid where no rule keeps its image, and NotFound for no document of this guest.
    """
    pictures.expect(guest_id, document_id)
    return _kept(guest_id, upload)


def _kept(guest_id: uuid.UUID, upload: FileStorage | None) -> Stored | None:
    db.session.commit()
    if upload is None:
        return None
    stream = cast(BinaryIO, upload.stream)
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    return files.keep(guest_id, stream, size)


def lead(where: str) -> Response:
    """On to a page after an upload: for a browser, or for the script that showed its progress."""
    if wants_fragment():
        return Response(headers={"HX-Redirect": where})
    return redirect(where, 303)


def keeps_file(view: View) -> View:
    """Give a method of the API, in place of the `file` that was sent, what lies in the store."""

    @wraps(view)
    def with_file(self: Any, values: dict[str, Any], **ids: uuid.UUID) -> Any:
        with files.all_or_nothing():
            upload, new = values.get("file"), "document_id" not in ids
            file = (
                kept(**ids, upload=upload, values=values) if new else kept_for(**ids, upload=upload)
            )
            return view(self, values | {"file": file}, **ids)

    return cast(View, with_file)
