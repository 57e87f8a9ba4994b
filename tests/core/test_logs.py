"""Logs tell what went wrong, and nobody's data."""

import json
import logging
import runpy
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

from gunicorn.config import Config

from app.core.logs import JsonLines

ROOT = Path(__file__).parents[2]
REFUSED = (
    'duplicate key value violates unique constraint "uq_x"\n'
    "DETAIL:  Key (email)=(tuyet@example.com) already exists.\n"
    "CONTEXT: COPY customers, line 1: Tuyết"
)


def line(**more: object) -> dict[str, str]:
    values = {"name": "t", "levelno": 40, "levelname": "ERROR", "msg": REFUSED} | more
    told: dict[str, str] = json.loads(JsonLines().format(logging.makeLogRecord(values)))
    return told


def test_what_the_database_quotes_of_a_row_stays_out_of_message_and_trace():
    try:
        raise RuntimeError(REFUSED)
    except RuntimeError:
        told = line(exc_info=sys.exc_info())
    assert "uq_x" in told["message"]
    assert "RuntimeError" in told["trace"]
    for text in told.values():
        assert "tuyet@example.com" not in text
        assert "Tuyết" not in text


def test_the_web_servers_logs_hold_no_query_and_no_secret_of_a_link(tmp_path):
    known = runpy.run_path(str(ROOT / "deploy/gunicorn.conf.py"))
    files = {name: str(tmp_path / name) for name in ("accesslog", "errorlog")}
    config = Config()
    for name, value in files.items() | {("access_log_format", known["access_log_format"])}:
        config.set(name, value)
    log = known["logger_class"](config)
    for path in ("/links/s3cret", "/documents/links/s3cret", "/customers/a\nb"):
        environ = {"PATH_INFO": path, "RAW_URI": path, "REQUEST_METHOD": "GET",
                   "SERVER_PROTOCOL": "HTTP/1.1"}  # fmt: skip
        answer = SimpleNamespace(status="200 OK", sent=1, headers=[])
        log.access(answer, SimpleNamespace(headers=[]), environ, timedelta(0))
    log.warning("Invalid request from ip=::1: Invalid header: 'Cookie: s3cret'")
    log.error("Error handling request %s", "/customers/search?q=Tuyết")
    log.error("Error handling request %s", "/documents/links/s3cret")
    access, errors = ((tmp_path / name).read_text() for name in files)
    assert '"GET /links/... HTTP' in access
    assert "/documents/links/... HTTP" in access
    assert "/customers/a%0Ab HTTP" in access
    assert len(access.splitlines()) == 3
    assert "request from ip=::1" in errors
    assert "/customers/search" in errors
    for secret in ("s3cret", "Tuyết"):
        assert secret not in access + errors
