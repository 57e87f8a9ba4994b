"""Many guests' entries in the audit log at once."""

import logging
import uuid
from collections.abc import Sequence

from app.core import audit
from app.core.actor import Actor
from app.core.audit import Changes
from app.core.crypto import vault
from app.core.errors import Unreadable
from app.extensions import db

logger = logging.getLogger(__name__)


def tell_many(action: str, told: Sequence[tuple[uuid.UUID, Changes]], *, by: Actor) -> None:
    """One entry for each (guest, changes). A guest whose key is broken gets one without changes."""
    try:
        vault().keys(guest for guest, _changes in told)
        audit.record_many([(action, ("customer", g), changes) for g, changes in told], by=by)
    except Unreadable:
        for guest, changes in told:
            _tell(action, guest, changes, by)
        db.session.flush()


def _tell(action: str, guest: uuid.UUID, changes: Changes, by: Actor) -> None:
    try:
        audit.record(action, ("customer", guest), by=by, changes=changes)
    except Unreadable as fault:
        logger.error("what became of guest %s cannot be recorded in detail: %s", guest, fault)
        audit.record(action, ("customer", guest), by=by)
