"""schemathesis against a running server: no error, nothing that the document does not say."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.auth.permissions import SCOPES
from app.auth.tokens import create_token
from app.core.actor import HOUSE
from app.customers import services
from app.customers.inputs import CustomerInput
from app.extensions import db
from tests.api.server import serving
from tests.conftest import KEYS

SECONDS = int(os.environ.get("CONTRACT_SECONDS", "30"))
# Its idea of an acceptable value is a text of any letters: no telephone number, country or name.
CHECKS = ("--checks", "all", "--exclude-checks", "positive_data_acceptance")


@pytest.fixture
def address(application, settings, tmp_path, scratch):
    """A server over this test's own database, with a guest, and a token for everything."""
    environment = KEYS | {
        "GUESTBOOK_MODE": "test", "GUESTBOOK_HOME": str(scratch / "home"),
        "DATABASE_URL": settings.database_url, "KEYSTORE_URL": settings.keystore_url,
        "SECOND_FACTOR_ROLES": "", "API_PER_MINUTE": "1000000",
    }  # fmt: skip
    with application.test_request_context("/"):
        _, secret = create_token("schemathesis", SCOPES, by=HOUSE)
        services.create(CustomerInput.read({"full_name": "Nguyễn Văn An"}), by=HOUSE)
        db.session.commit()
    with serving(environment, tmp_path) as found:
        yield found, secret


@pytest.mark.timeout(SECONDS + 200)
def test_the_server_keeps_to_its_document(address, tmp_path: Path):
    url, secret = address
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "run", f"{url}/api/openapi.json",
        "--header", f"Authorization: Bearer {secret}", "--workers", "1", "--continue-on-failure",
        "--max-time", str(SECONDS), "--report-dir", str(tmp_path / "report"), *CHECKS,
    ]  # fmt: skip
    ran = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, timeout=SECONDS + 170
    )
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
