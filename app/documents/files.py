"""The files of documents: examined, sealed into the store, opened from there, and forgotten.

What was written comes first, the row that knows of it last. So wherever a process dies, there is
either a whole document or something that no row speaks of, which the sweep of strays removes.
"""

import io
import logging
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.core import jobs
from app.core.crypto import vault
from app.core.database import reading
from app.core.errors import NotFound, Refusal
from app.core.jobs import Claim
from app.core.sealed_files import opened, read_small, sealed
from app.core.storage import new_name, store
from app.core.types import new_id
from app.documents.media import examine
from app.documents.models import Document
from app.extensions import db

logger = logging.getLogger(__name__)
FILE, THUMBNAIL = "file", "thumbnail"
FORGET = "documents.forget"


@dataclass(frozen=True)
class Stored:
    """A file that lies in the store with its thumbnail, both under one key; not yet on record."""

    key_id: uuid.UUID
    name: str
    thumbnail: str
    size: int
    kind: str
    pages: int


_written: ContextVar[list[Stored]] = ContextVar("written")


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """Around keeping a file and committing its row: what no row speaks of at the end goes again."""
    written: list[Stored] = []
    token = _written.set(written)
    try:
        yield
    finally:
        _written.reset(token)
        if written:
            _tidy(written)


def _tidy(written: list[Stored]) -> None:
    """Remove what was written in vain. Where even that fails, the sweep of strays comes later."""
    try:
        db.session.rollback()
        with reading():
            ids = [each.key_id for each in written]
            query = select(Document.file_key_id).where(Document.file_key_id.in_(ids))
            known = set(db.session.scalars(query))
            db.session.rollback()
        for each in written:
            if each.key_id not in known:
                forget([each.key_id], [each.name, each.thumbnail])
    except (Refusal, SQLAlchemyError) as fault:
        logger.warning("a file that is on no record waits for the sweep: %s", type(fault).__name__)


def keep(guest_id: uuid.UUID, stream: BinaryIO, size: int) -> Stored:
    """Examine a file of `size` bytes, and put it with its thumbnail into the store, sealed.

    Belongs inside `all_or_nothing` and outside of any transaction, since it takes its time. Raises
    Invalid for a file that is not taken, StoreDown where it cannot be kept.
    """
    found = examine(stream, size)
    plain = stream if found.clean is None else io.BytesIO(found.clean)
    size = size if found.clean is None else len(found.clean)
    stored = Stored(new_id(), new_name(), new_name(), size, found.kind, found.pages)
    _written.get().append(stored)
    key = vault().new_file_key(guest_id, stored.key_id)
    store().put(stored.name, sealed(key, FILE, plain))
    store().put(stored.thumbnail, sealed(key, THUMBNAIL, io.BytesIO(found.thumbnail)))
    return stored


def open_file(row: Document) -> BinaryIO:
    """The file's plain bytes, read from the store as they are wanted.

    Raises NotFound for a document without a file; Unreadable, Missing or StoreDown, here or while
    reading, for one that cannot be had.
    """
    if row.file_key_id is None or row.file_name is None or row.file_size is None:
        raise NotFound(f"the file of {row.id}")
    key = vault().file_key(row.customer_id, row.file_key_id)
    return opened(key, FILE, store(), row.file_name, row.file_size)


def thumbnail(row: Document) -> bytes:
    """The thumbnail, a JPEG. Raises what `open_file` raises."""
    if row.file_key_id is None or row.thumbnail_name is None:
        raise NotFound(f"the thumbnail of {row.id}")
    key = vault().file_key(row.customer_id, row.file_key_id)
    return read_small(key, THUMBNAIL, store(), row.thumbnail_name)


def forget(key_ids: Iterable[uuid.UUID], names: Iterable[str]) -> None:
    """Destroy the keys, so that no copy opens any more; then remove the files. May be repeated."""
    vault().destroy_file_keys(key_ids)
    store().remove(*names)


def forget_later(row: Document) -> None:
    """Have the worker forget the document's file once this transaction is committed."""
    if row.file_key_id is not None:
        names = [name for name in (row.file_name, row.thumbnail_name) if name]
        jobs.enqueue(FORGET, {"key": str(row.file_key_id), "names": names})


@jobs.handles(FORGET)
def _forget(job: Claim) -> None:
    forget([uuid.UUID(job.payload["key"])], job.payload["names"])
