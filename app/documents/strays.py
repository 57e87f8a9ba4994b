"""The sweep: what belongs to no document goes, and what a document has lost is told.

The store of files and the keys of files are for documents alone: whatever else lies there, older
than a day, is a stray. So many that the database cannot be the one that belongs to the store are
left alone.
"""

import logging
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import select

from app.core.clock import now
from app.core.crypto import vault
from app.core.database import reading
from app.core.errors import Missing, StoreDown, Unreadable
from app.core.storage import store
from app.core.types import made_at
from app.documents import keeping
from app.documents.models import Document
from app.extensions import db

logger = logging.getLogger(__name__)
OLD = timedelta(days=1)
"""Whatever is younger may belong to an upload that goes on."""
OURS = re.compile("[0-9a-f]{64}")
"""Names as `new_name` makes them; in a bucket that others use, too, only these are ours."""
PART = 400
MOST_LOST = 100
FEW, SHARE = 20, 0.2
"""More strays than both, in number and as a part of all there is, are no strays."""


@dataclass
class Found:
    """What a sweep did: how many strays it removed, which documents have lost their image."""

    removed: int = 0
    lost: list[str] = field(default_factory=list)
    trouble: str | None = None


def sweep(*, all_of_them: bool = False) -> Found:
    """Remove strays and look for losses, outside of any transaction of the caller's.

    Where the store does not answer, that is the trouble.
    """
    try:
        return _sweep(now() - OLD, all_of_them=all_of_them)
    except StoreDown as fault:
        logger.warning("the store could not be looked through: %s", fault)
        db.session.rollback()
        return Found(trouble=f"StoreDown: {fault}"[:200])


def _sweep(before: datetime, *, all_of_them: bool) -> Found:
    names = {name for name in store().names(before) if OURS.fullmatch(name)}
    keys = set(vault().file_key_ids(before))
    loose = _without(names, Document.file_name, Document.thumbnail_name)
    unused = _without(keys, Document.file_key_id)
    found = Found(lost=[str(row.id) for row in _suspects(names, keys, before) if _is_lost(row)])
    for strays, there in ((loose, names), (unused, keys)):
        if len(strays) > max(FEW, SHARE * len(there)) and not all_of_them:
            found.trouble = f"{len(strays)} of {len(there)} have no document: left alone"
            return found
    if unused:
        vault().destroy_file_keys(unused)
    if loose:
        store().remove(*loose)
    found.removed = len(loose) + len(unused)
    return found


def _without(there: Iterable[Any], *columns: Any) -> list[Any]:
    """Those that stand in none of the columns of documents."""
    loose: list[Any] = []
    rest = iter(there)
    while part := list(islice(rest, PART)):
        with reading():
            known = {each for column in columns for each in _known(column, part)}
            db.session.rollback()
        loose += [each for each in part if each not in known]
    return loose


def _known(column: Any, part: list[Any]) -> Iterable[Any]:
    return db.session.scalars(select(column).where(column.in_(part)))


def _suspects(names: set[str], keys: set[uuid.UUID], before: datetime) -> list[Any]:
    """Documents with an image of those days of which a part was not seen."""
    found: list[Any] = []
    after = None
    while rows := _portion(after):
        after = rows[-1].id
        found += [
            row for row in rows
            if made_at(row.file_key_id) < before
            and not (row.file_key_id in keys and names.issuperset(keeping.names_of(row)))
        ]  # fmt: skip
    return found[:MOST_LOST]


def _portion(after: uuid.UUID | None) -> Sequence[Any]:
    columns = (Document.id, Document.customer_id, Document.file_key_id)
    query = select(*columns, Document.file_name, Document.thumbnail_name)
    query = query.where(Document.file_key_id.is_not(None)).order_by(Document.id).limit(PART)
    with reading():
        rows = db.session.execute(query.where(Document.id > after) if after else query).all()
        db.session.rollback()
    return rows


def _is_lost(row: Any) -> bool:
    """Asked for once more: it may have been written while the store was looked through."""
    try:
        vault().file_key(row.customer_id, row.file_key_id)
        for name in keeping.names_of(row):
            store().read(name, 0, 1)
    except (Missing, Unreadable) as fault:
        logger.error("the image of document %s is lost: %s", row.id, type(fault).__name__)
        return True
    return False
