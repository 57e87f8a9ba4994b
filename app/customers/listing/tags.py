"""Tags: those in use, for filters to offer, and those that some guests carry."""

import time
import uuid
from collections.abc import Sequence

from sqlalchemy import Connection, literal_column, select

from app.core.clock import today
from app.customers.listing.filters import TAG_NOW
from app.customers.models import Mark
from app.extensions import db

MOST = 200
KEPT_SECONDS = 60

_kept: dict[str, tuple[float, list[str]]] = {}


def tags_in_use() -> list[str]:
    """Up to 200 tags that guests carry, by name; at most a minute old."""
    base = str(db.session.get_bind().url)  # type: ignore[union-attr]
    at, tags = _kept.get(base, (0.0, []))
    if not tags or time.monotonic() - at > KEPT_SECONDS:
        tags = _find()
        _kept[base] = (time.monotonic(), tags)
    return tags


def _find() -> list[str]:
    """Each tag by one step in the tags' index."""
    first = select(Mark.value.label("tag")).where(TAG_NOW).order_by(Mark.value).limit(1)
    step = select(first.subquery().c.tag).cte("step", recursive=True)
    later = select(Mark.value).where(TAG_NOW, Mark.value > step.c.tag)
    following = later.order_by(Mark.value).limit(1).scalar_subquery()
    step = step.union_all(select(following).where(step.c.tag.is_not(None)))
    query = select(step.c.tag).where(step.c.tag.is_not(None)).limit(literal_column(str(MOST)))
    return [str(tag) for tag in db.session.scalars(query)]


def tags_of(connection: Connection, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """The tags in force of some guests, by name; nothing for who carries none."""
    in_force = Mark.expires_on.is_(None) | (Mark.expires_on >= today())
    query = select(Mark.customer_id, Mark.value).where(TAG_NOW, Mark.customer_id.in_(ids), in_force)
    found: dict[uuid.UUID, list[str]] = {}
    for owner, tag in connection.execute(query.order_by(Mark.value)):
        found.setdefault(owner, []).append(str(tag))
    return found
