"""The one route that takes more than a megabyte, and who may send that much."""

from flask import request

from app.auth import staff_sessions
from app.core.clock import current_settings
from app.imports.targets import PERMISSION

ROUTE = "imports.create"
AROUND = 64 * 1024
"""Bytes of the form around the file."""


def allow_large() -> None:
    """Before the guard reads the form: raise the limit for those who may import, not for others."""
    if request.endpoint != ROUTE or request.method != "POST":
        return
    user = staff_sessions.present_user()
    if user is not None and not staff_sessions.is_locked() and user.actor.may(PERMISSION):
        request.max_content_length = current_settings().upload_megabytes * 2**20 + AROUND
