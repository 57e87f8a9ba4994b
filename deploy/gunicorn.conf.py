"""How gunicorn serves Guestbook; PORT and DATABASE_URL decide what differs.

On SQLite one process with threads, since a file has one writer; on PostgreSQL two processes.
"""

import logging
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gunicorn.glogging import Logger

BROKEN = re.compile(r"(Invalid request from ip=\S+):.*|\?.*")
"""What quotes a request that could not be read, and the query of one that could."""
LINK = re.compile(r"(/links/)\S+")
"""What suffices to follow such a link."""


class Discreet(Logger):  # type: ignore[misc]
    """Logs paths on one line each, without queries, which may hold what staff searched for, and
    without the secrets of links."""

    def setup(self, cfg: Any) -> None:
        """Open the logs."""
        super().setup(cfg)
        self.error_log.addFilter(self._shorten)

    @staticmethod
    def _shorten(record: logging.LogRecord) -> bool:
        shortened = BROKEN.sub(r"\1", record.getMessage())
        record.msg, record.args = LINK.sub(r"\1...", shortened), ()
        return True

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        """What the access log's format may name."""
        known: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        path = quote(environ["PATH_INFO"].encode("latin-1"))
        return known | {"U": LINK.sub(r"\1...", path)}


_on_postgresql = os.environ.get("DATABASE_URL", "").startswith("postgres")

wsgi_app = "wsgi:app"
bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
preload_app = True  # what is loaded once is shared, with the master and between two workers
workers, threads = (2, 4) if _on_postgresql else (1, 8)
timeout = 60
graceful_timeout = 20
keepalive = 5
limit_request_line = 8190  # a search, five tags and a place in the list, percent-encoded
max_requests = 0
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
access_log_format = '%(t)s %(h)s "%(m)s %(U)s %(H)s" %(s)s %(B)s bytes %(M)s ms'
logger_class = Discreet
accesslog = "-"
errorlog = "-"
loglevel = "info"
