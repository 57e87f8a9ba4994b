"""What the tests of documents share: papers made as staff would make them."""

import io
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.core.actor import HOUSE
from app.core.crypto import vault
from app.core.sealed_files import sealed
from app.core.storage import LocalStore, new_name, store
from app.core.types import new_id
from app.customers.models import Customer
from app.documents import keeping, services
from app.documents.inputs import DocumentInput
from app.documents.models import Document
from app.extensions import db


@pytest.fixture
def an(guest: Callable[..., Customer]) -> Customer:
    """A guest who brings papers."""
    return guest("Nguyễn Văn An")


@pytest.fixture
def paper(app: Any) -> Callable[..., Document]:
    """`paper(an, "passport", document_number="B1234567")`: a document on file."""

    def make(guest: Customer, kind: str = "passport", **values: Any) -> Document:
        read = DocumentInput.read({"document_type": kind} | values)
        made = services.add(guest.id, read, by=HOUSE)
        db.session.commit()
        return made

    return make


@pytest.fixture
def picture(app: Any) -> Callable[..., Document]:
    """`picture(row)`: gives a document an image, sealed in the store; commits."""

    def give(row: Document, days_ago: int = 0) -> Document:
        key = vault().new_file_key(row.customer_id, id_of(days_ago))
        names = new_name(), new_name()
        for name, purpose in zip(names, ("file", "thumbnail"), strict=True):
            store().put(name, sealed(key, purpose, io.BytesIO(b"an image of a face")))
        row.file_key_id, row.file_size, row.file_type = key.file_id, 18, "jpg"
        row.file_name, row.thumbnail_name = names
        keeping.follow(row)
        db.session.commit()
        return row

    return give


def id_of(days_ago: int = 0) -> uuid.UUID:
    """An id as `new_id` would have made it some days ago."""
    made = new_id().int
    return uuid.UUID(int=made - (days_ago * 86_400_000 << 80))


@pytest.fixture
def own_store(app: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalStore:
    """A store of this test alone."""
    made = LocalStore(tmp_path / "files")
    monkeypatch.setitem(app.extensions, "store", made)
    return made
