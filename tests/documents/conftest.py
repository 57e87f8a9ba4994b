"""What the tests of documents share: papers made as staff would make them."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app.core.actor import HOUSE
from app.core.clock import now
from app.core.crypto import vault
from app.core.sealed_files import sealed
from app.core.storage import LocalStore, new_name, store
from app.core.types import new_id
from app.customers.models import Customer
from app.documents import files, keeping, pictures, services
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
            store().put(name, sealed(key, purpose, BytesIO(b"an image of a face")))
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
def filed(paper: Callable[..., Document]) -> Callable[..., Document]:
    """`filed(an, paper_pdf())`: a document with a file in the store."""

    def make(guest: Customer, content: bytes, **values: Any) -> Document:
        row = paper(guest, **values)
        with files.all_or_nothing():
            stored = files.keep(guest.id, BytesIO(content), len(content))
            pictures.attach(guest.id, row.id, stored, by=HOUSE)
            db.session.commit()
        return row

    return make


@pytest.fixture(autouse=True)
def own_store(app: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalStore:
    """A store that no other test writes to."""
    made = LocalStore(tmp_path / "files")
    monkeypatch.setitem(app.extensions, "store", made)
    return made


@pytest.fixture
def in_store(app: Any) -> Callable[[], tuple[set[str], set[Any]]]:
    """Everything that lies in the store and the key store: (names, ids of keys)."""

    def look() -> tuple[set[str], set[Any]]:
        later = now() + timedelta(hours=1)
        return set(store().names(later)), set(vault().file_key_ids(later))

    return look
