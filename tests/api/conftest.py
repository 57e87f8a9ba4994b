"""What the tests of the API's frame share: a path, and a client that may do everything."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.auth.permissions import SCOPES

CUSTOMERS = "/api/customers"


@pytest.fixture
def clerk(machine: Callable[..., FlaskClient]) -> FlaskClient:
    """A machine with every scope."""
    return machine(*SCOPES)
