"""What a manager decides for the whole house, kept in the database: one row for each subject.

A feature keeps a typed object of its own, with the specification's values as defaults, and reads
and writes it here as a dictionary. Every change is audited with old and new values.
"""

import uuid
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import audit
from app.core.actor import Actor
from app.core.clock import now
from app.core.database import PREPARED, insert_missing
from app.core.datamap import STAFF, TECHNICAL
from app.core.errors import Conflict
from app.core.models import Base
from app.core.types import Instant, Json
from app.extensions import db

Values = dict[str, Any]
KEPT = "house_settings"
"""Where a session keeps what a transaction has read."""


class HouseSetting(Base):
    """One subject's settings as a manager last left them; without a row the defaults hold."""

    __tablename__ = "house_settings"

    name: Mapped[str] = mapped_column(String(40), primary_key=True, info=TECHNICAL())
    value: Mapped[Values] = mapped_column(Json, default=dict, info=TECHNICAL())
    version: Mapped[int] = mapped_column(default=0, info=TECHNICAL())
    changed_at: Mapped[datetime] = mapped_column(Instant, default=now, info=TECHNICAL())
    changed_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), info=STAFF()
    )


_ALL = select(HouseSetting.name, HouseSetting.value, HouseSetting.version).execution_options(
    **PREPARED
)


def stored(name: str) -> tuple[Values, int]:
    """What differs from the defaults, and the version; ({}, 0) while nobody changed anything.

    All subjects are read at once, and once a transaction.
    """
    session = db.session()
    transaction, known = session.info.get(KEPT, (None, {}))
    if transaction is None or transaction is not session.get_transaction():
        session.flush()
        rows = session.connection().execute(_ALL)
        known = {row.name: (row.value, row.version) for row in rows}
        session.info[KEPT] = session.get_transaction(), known
    value, version = known.get(name, ({}, 0))
    return dict(value), version


def store(name: str, value: Values, *, version: int, by: Actor) -> None:
    """Write a subject's settings. Raises Conflict when they were changed since `version`.

    Who may is the caller's to ask.
    """
    db.session.execute(
        insert_missing(db.engine.dialect.name, HouseSetting).values(
            name=name, value={}, version=0, changed_at=now()
        )
    )
    db.session.info.pop(KEPT, None)
    row = db.session.get_one(HouseSetting, name, with_for_update=True, populate_existing=True)
    if row.version != version and row.value != value:  # else somebody sent the same twice
        raise Conflict(_l("Somebody changed these settings meanwhile. Look at them again."))
    names = [n for n in {*row.value, *value} if row.value.get(n) != value.get(n)]
    changes = {n: (row.value.get(n), value.get(n)) for n in sorted(names)}
    if not changes:
        return
    row.value, row.version, row.changed_at, row.changed_by = value, version + 1, now(), by.user_id
    db.session.flush()
    audit.record("settings.changed", ("settings", None), by=by, changes=changes, part=name)
