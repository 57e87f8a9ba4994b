"""A guest's preferences: read, and changed in one place."""

import uuid
from collections.abc import Collection

from sqlalchemy import bindparam, select

from app.core.database import PREPARED
from app.extensions import db
from app.preferences.models import Preferences

ONE = (
    select(Preferences)
    .where(Preferences.customer_id == bindparam("guest_id"))
    .execution_options(**PREPARED)
)


def of(guest_id: uuid.UUID) -> Preferences | None:
    """What the guest likes and needs; None where nobody ever told."""
    return db.session.scalar(ONE, {"guest_id": guest_id})


def many(guest_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Preferences]:
    """Those of several guests in one statement, by guest; who never told is left out."""
    if not guest_ids:
        return {}
    rows = db.session.scalars(select(Preferences).where(Preferences.customer_id.in_(guest_ids)))
    return {row.customer_id: row for row in rows}
