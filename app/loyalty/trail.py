"""Many guests' entries in the audit log at once."""

import logging
import uuid
from collections.abc import Mapping

from app.core import audit
from app.core.actor import Actor
from app.core.audit import Changes
from app.core.crypto import vault
from app.core.errors import Unreadable
from app.extensions import db

logger = logging.getLogger(__name__)


def tell_many(action: str, changes: Mapping[uuid.UUID, Changes], *, by: Actor) -> None:
    """One entry for each guest. One whose key is broken gets it without what it says in detail."""
    try:
        vault().keys(changes)
        audit.record_many([(action, ("customer", g), c) for g, c in changes.items()], by=by)
    except Unreadable:
        for guest, told in changes.items():
            _tell(action, guest, told, by)
        db.session.flush()


def _tell(action: str, guest: uuid.UUID, told: Changes, by: Actor) -> None:
    try:
        audit.record(action, ("customer", guest), by=by, changes=told)
    except Unreadable as fault:
        logger.error("what became of guest %s cannot be recorded in detail: %s", guest, fault)
        audit.record(action, ("customer", guest), by=by)
