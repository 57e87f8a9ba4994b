"""What the tests of documents share: papers made as staff would make them."""

from collections.abc import Callable
from typing import Any

import pytest

from app.core.actor import HOUSE
from app.customers.models import Customer
from app.documents import services
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
