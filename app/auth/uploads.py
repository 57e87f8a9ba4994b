"""The few routes that take more than a megabyte, and who may send that much.

What they are sent is read here, before the guard and outside of any transaction: a slow sender
must not keep others from writing. The guard then decides as it does about any other request.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import MultiDict

from app.auth import staff_sessions
from app.auth.tokens import actor_of_bearer
from app.core.actor import Actor
from app.core.database import reading
from app.extensions import db

AROUND = 64 * 1024
"""Bytes of the form around the file."""


@dataclass(frozen=True)
class Large:
    """What a route takes: the permission that it asks for, and the size as the settings say."""

    permission: str
    megabytes: Callable[[], int]


routes: dict[str, Large] = {}
"""By endpoint; a feature adds its own where it registers its pages."""


def allow_large() -> None:
    """Before the guard: raise the limit for those who may, not for others, and read the form."""
    large = routes.get(request.endpoint or "")
    if large is None or request.method not in ("POST", "PUT"):
        return
    with reading():
        by = _caller()
        db.session.rollback()  # ends what was begun to find out
    if by is not None and by.may(large.permission):
        request.max_content_length = large.megabytes() * 2**20 + AROUND
        request.form  # noqa: B018 - reading it here is the point


def close_files() -> None:
    """After the request: let go of what was sent, whoever did not come to read it."""
    for file in request.__dict__.get("files", MultiDict()).values():
        file.close()


def _caller() -> Actor | None:
    bearer = request.headers.get("Authorization", "")
    if bearer:
        return actor_of_bearer(bearer)
    user = staff_sessions.present_user()
    return user and user.actor  # on a locked device too, where the guard asks who is there
