"""How gunicorn serves Guestbook; PORT and DATABASE_URL decide what differs.

On SQLite one process with threads, since a file has one writer; on PostgreSQL two processes.
The access log has paths without their query strings, which may hold what staff searched for.
"""

import os
from pathlib import Path

_on_postgresql = os.environ.get("DATABASE_URL", "").startswith("postgres")

wsgi_app = "wsgi:app"
bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers, threads = (2, 4) if _on_postgresql else (1, 8)
timeout = 60
graceful_timeout = 20
keepalive = 5
limit_request_line = 8190  # a search, five tags and a place in the list, percent-encoded
max_requests = 0
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
access_log_format = '%(t)s %(h)s "%(m)s %(U)s %(H)s" %(s)s %(B)s bytes %(M)s ms'
accesslog = "-"
errorlog = "-"
loglevel = "info"
