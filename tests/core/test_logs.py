"""Logs tell what went wrong, and nobody's data."""

import json
import logging
import sys

from app.core.logs import JsonLines

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
