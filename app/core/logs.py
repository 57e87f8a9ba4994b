"""Logs: one JSON object a line, in UTC, with the request's id and without anybody's data."""

import json
import logging
import re
import sys
from datetime import UTC, datetime

from app.core.audit import origin

QUOTING = re.compile(r"^.*(?:DETAIL|CONTEXT): .*\n?", re.MULTILINE)


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, message, request id, and the traceback's text if any."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request": origin.get().request_id,
        }
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        said = {key: _without_values(str(text)) for key, text in entry.items() if text is not None}
        return json.dumps(said, ensure_ascii=False)


def _without_values(text: str) -> str:
    """The text without the lines in which PostgreSQL quotes the row that it refuses."""
    return QUOTING.sub("", text)


def log_to_console(level: str) -> None:
    """Send all logs to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("alembic").setLevel(max(root.level, logging.WARNING))
