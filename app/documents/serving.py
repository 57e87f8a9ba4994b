"""A document's file on its way out: on record first, then watermarked, or as it is for the few.

Nothing of it may be kept by a browser, guessed to be something else, or run.
"""

import logging
import textwrap
import uuid
from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _

from app.core.actor import Actor
from app.core.clock import current_settings, now
from app.core.database import apart
from app.core.errors import Invalid, Missing, Refusal, StoreDown, Unreadable
from app.core.i18n import moment
from app.core.sealed_files import CHUNK
from app.documents import files, media, pictures, services
from app.documents.models import Document
from app.documents.pictures import Part
from app.extensions import db

logger = logging.getLogger(__name__)
TYPES = {"jpg": "image/jpeg", "png": "image/png", "pdf": "application/pdf"}
SANDBOX = "default-src 'none'; sandbox"
FAULTS = (Unreadable, Missing, StoreDown, Invalid)
LINE = 44


def serve(
    guest_id: uuid.UUID, document_id: uuid.UUID, part: Part, *, by: Actor, page: int = 1
) -> Response:
    """The thumbnail, the watermarked preview of a page, or the original as a download.

    That it is shown is committed to the log before; without that nothing is. Raises NotFound for
    none; what cannot be decrypted or found says so, in a picture where one was asked for.
    """
    with apart():
        pictures.look(guest_id, document_id, part, by=by)
    row = services.find(guest_id, document_id)
    db.session.expunge(row)
    db.session.rollback()  # the rest takes a while and needs no transaction
    try:
        answer = _made(row, part, page, by)
    except FAULTS as fault:
        if request.headers.get("Sec-Fetch-Dest") != "image":
            raise
        answer = _drawn(fault)
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _made(row: Document, part: Part, page: int, by: Actor) -> Response:
    if part == "thumbnail":
        return Response(files.thumbnail(row), mimetype="image/jpeg")
    file = files.open_file(row)
    if part == "original":
        return _original(row, file)
    words = f"{by.name} · {moment(now())} · {current_settings().property_name}"
    picture = media.preview(file, row.file_type or "", page, words)
    return Response(picture, mimetype="image/jpeg")


def _original(row: Document, file: BinaryIO) -> Response:
    """The file in pieces, read to its end once before any is promised: what cannot be opened is
    said, and does not just end early."""
    kind = row.file_type or ""
    deque(_pieces(file), maxlen=0)
    file.seek(0)
    answer = Response(_pieces(file), mimetype=TYPES[kind])
    answer.headers["Content-Length"] = str(row.file_size)
    name = f"{row.document_type}-{row.id.hex[-8:]}.{kind}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    return iter(partial(file.read, CHUNK), b"")


def _drawn(fault: Refusal) -> Response:
    """The reason as a picture, so that a place for one is never just empty."""
    if not isinstance(fault, Invalid):
        logger.error("the file of a document cannot be shown: %r", fault)
    lines = textwrap.wrap(said_of(fault), LINE)
    drawn = render_template("documents/unreadable.svg", lines=lines)
    return make_response(drawn, 422 if isinstance(fault, Invalid) else 500,
                         {"Content-Type": "image/svg+xml"})  # fmt: skip


def said_of(fault: Refusal) -> str:
    """Why a file cannot be shown, for people."""
    if isinstance(fault, Unreadable):
        return str(_("This file cannot be decrypted. It is still stored: tell your administrator."))
    if isinstance(fault, Missing):
        return str(_("The store has lost this file. Tell your administrator."))
    if isinstance(fault, StoreDown):
        return str(_("The store of files does not answer. Try again in a moment."))
    return str(fault)
