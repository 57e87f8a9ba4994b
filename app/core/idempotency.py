"""A POST that is sent twice is done once: answers kept for a day under the caller's own key.

The row is written in the transaction of the change itself, so it exists exactly when the change
does. A second request with the key waits for the first one's end and gets its answer.
"""

import hashlib
import hmac
import re
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO

from flask import Response, g, make_response, request
from flask_babel import gettext as _
from sqlalchemy import LargeBinary, SmallInteger, String, delete, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, mapped_column

from app.core.actor import Actor
from app.core.clock import now
from app.core.crypto import HOUSE_KEY, vault
from app.core.database import insert_missing
from app.core.datamap import GUEST_ROW, INDEX, TECHNICAL
from app.core.errors import Conflict, Invalid
from app.core.jobs import Claim, handles
from app.core.models import Base, Identified
from app.core.types import Instant, new_id
from app.extensions import db

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
PATIENCE = "3s"
"""How long a request waits for another with its key that has not ended yet (PostgreSQL)."""
PLACE = "idempotency_keys.answer"
MULTIPART = "multipart/form-data"
PIECE = 64 * 1024


class IdempotencyKey(Identified, Base):
    """One answered POST. Neither the caller's key nor the request is stored, but digests of them.

    The answer is sealed with the key of the guest it is about, and goes when that guest is erased.
    """

    __tablename__ = "idempotency_keys"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True, info=TECHNICAL())
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32), info=INDEX.but(erase="delete"))
    subject_id: Mapped[uuid.UUID | None] = mapped_column(
        index=True, info=GUEST_ROW.but(export=False, why="whose key seals the answer")
    )
    status: Mapped[int | None] = mapped_column(SmallInteger, info=TECHNICAL())
    location: Mapped[str | None] = mapped_column(String(200), info=TECHNICAL())
    etag: Mapped[str | None] = mapped_column(String(40), info=TECHNICAL())
    answer: Mapped[bytes | None] = mapped_column(
        LargeBinary,
        info=GUEST_ROW.but(
            sensitive=True, see="nobody", export=False, why="a copy, sealed, gone within two days"
        ),
    )
    created_at: Mapped[datetime] = mapped_column(Instant, default=now, index=True, info=TECHNICAL())


def about(guest_id: uuid.UUID) -> None:
    """Say whose data the answer of this request holds; its stored copy is sealed with that key."""
    g.answer_subject = guest_id


def claim(by: Actor) -> IdempotencyKey | None:
    """The row for this request's key, new or as an earlier request left it; None without a key.

    Raises Invalid for an unusable key and for one that another request was sent with; Conflict
    when that request has not ended after some seconds.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not re.fullmatch(r"[\x21-\x7e]{1,255}", key):
        raise Invalid({HEADER: _("A key is 1 to 255 printable ASCII characters.")})
    digest = _digest(by.kind, str(by.id), request.method, request.path, key)
    fingerprint = _digest(request.query_string.decode("latin-1"), *_sent())
    _insert(digest, fingerprint)
    row = db.session.scalars(select(IdempotencyKey).where(IdempotencyKey.digest == digest)).one()
    if row.fingerprint != fingerprint:
        raise Invalid({HEADER: _("This key was sent with another request before.")})
    return row


def _sent() -> Iterator[str | bytes]:
    """The body; of a form with files what its parts say: their borders differ each time."""
    if request.mimetype != MULTIPART:
        yield request.get_data(cache=True)
        return
    for name, value in request.form.items(multi=True):
        yield from (name, value)
    for name, file in request.files.items(multi=True):
        yield from (name, file.filename or "", _digest_of_file(file.stream))


def _digest_of_file(stream: IO[bytes]) -> bytes:
    whole = hashlib.sha256()
    stream.seek(0)
    while piece := stream.read(PIECE):
        whole.update(piece)
    stream.seek(0)
    return whole.digest()


def _digest(*parts: str | bytes) -> bytes:
    """A digest that nobody outside can guess a request by."""
    whole = hmac.new(vault().key(HOUSE_KEY).secret, digestmod=hashlib.sha256)
    for part in parts:
        plain = part.encode() if isinstance(part, str) else part
        whole.update(len(plain).to_bytes(8) + plain)
    return whole.digest()


def _insert(digest: bytes, fingerprint: bytes) -> None:
    """Write the row unless it is there; waits while another transaction is writing it."""
    on_postgres = db.engine.dialect.name == "postgresql"
    values = {"id": new_id(), "digest": digest, "fingerprint": fingerprint, "created_at": now()}
    statement = insert_missing(db.engine.dialect.name, IdempotencyKey).values(values)
    try:
        if on_postgres:
            db.session.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
        db.session.execute(statement)
        if on_postgres:
            db.session.execute(text("SET LOCAL lock_timeout = DEFAULT"))
    except OperationalError as busy:
        if getattr(busy.orig, "sqlstate", None) != "55P03":
            raise
        raise Conflict(_("A request with this key is still being worked on.")) from None


def replay(row: IdempotencyKey) -> Response:
    """The answer that the first request got."""
    assert row.status is not None
    body = vault().key(row.subject_id or HOUSE_KEY).open(PLACE, row.answer or b"")
    answer = make_response(body, row.status)
    answer.content_type = "application/json"
    answer.headers["Idempotency-Replayed"] = "true"
    for name, value in (("Location", row.location), ("ETag", row.etag)):
        if value:
            answer.headers[name] = value
    return answer


def keep(row: IdempotencyKey, answer: Response) -> None:
    """Store the answer with its key, for whoever asks again."""
    row.subject_id = g.get("answer_subject")
    row.status = answer.status_code
    row.location, row.etag = answer.headers.get("Location"), answer.headers.get("ETag")
    row.answer = vault().key(row.subject_id or HOUSE_KEY).seal(PLACE, answer.get_data())


@handles("idempotency.sweep", every=timedelta(hours=1))
def sweep(_job: Claim) -> None:
    """Forget the answers that are older than a day."""
    old = IdempotencyKey.created_at < now() - KEPT
    db.session.execute(delete(IdempotencyKey).where(old))
