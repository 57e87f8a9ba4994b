"""What the tests of documents share: papers made as staff would make them."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app.core.actor import HOUSE
from app.core.clock import now
from app.core.crypto import vault
from app.core.storage import LocalStore, store
from app.customers.models import Customer
from app.documents import files, pictures, services
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
def own_store(app: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that no other test writes to."""
    monkeypatch.setitem(app.extensions, "store", LocalStore(tmp_path / "files"))


@pytest.fixture
def in_store(app: Any) -> Callable[[], tuple[set[str], set[Any]]]:
    """Everything that lies in the store and the key store: (names, ids of keys)."""

    def look() -> tuple[set[str], set[Any]]:
        later = now() + timedelta(hours=1)
        return set(store().names(later)), set(vault().file_key_ids(later))

    return look
