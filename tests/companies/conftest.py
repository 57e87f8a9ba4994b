"""What the tests of companies share: a company made as staff would make it."""

from collections.abc import Callable
from typing import Any

import pytest

from app.companies import services
from app.companies.inputs import CompanyInput
from app.companies.models import Company
from app.core.actor import HOUSE
from app.extensions import db


@pytest.fixture
def company(app) -> Callable[..., Company]:
    """Makes a company; commits."""

    def make(name: str = "Công ty Sao Mai", **values: Any) -> Company:
        read = CompanyInput.read({"name": name} | values)
        made = services.create(read, by=HOUSE, despite_same_name=True)
        db.session.commit()
        return made

    return make
