"""Until when an image is kept: what its rule says of this paper, and of where its guest is."""

import uuid
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select, update

from app.core.clock import today, zone
from app.core.jobs import Claim, handles, progress
from app.core.types import made_at
from app.customers.whereabouts import Times, whereabouts
from app.documents import rules
from app.documents.models import Document
from app.documents.rules import Rule
from app.extensions import db

PORTION = 100


class End(NamedTuple):
    """From which day on an image may go, as far as is known now, and why."""

    day: date
    why: str


def may_keep(row: Document) -> bool:
    """False where of such a paper no image is kept at all."""
    return keeps_of(row.document_type, row.issuing_country)


def keeps_of(kind: str, country: str | None) -> bool:
    """The same of a paper that is not on record yet."""
    return rules.load().of(kind, country).rule != "never"


def follow(row: Document) -> None:
    """Bring the document's dates of retention up to what is known now; at most three statements."""
    row.retention_date = ends([row])[row.id].day if row.has_file else None
    row.deletion_scheduled = row.has_file


def ends(rows: Collection[Document]) -> dict[uuid.UUID, End]:
    """When the images of these documents end; a constant number of statements."""
    known = rules.load()
    found = {row.id: known.of(row.document_type, row.issuing_country) for row in rows}
    asked = {row.customer_id for row in rows if found[row.id].rule != "never"}
    times = whereabouts(asked) if asked else {}
    return {
        row.id: keep_until(row, found[row.id], times.get(row.customer_id, Times()), today())
        for row in rows
    }


def keep_until(row: Document, rule: Rule, times: Times, here: date) -> End:
    """When this rule ends the document's image, `here` being today.

    What waits to be verified ends with that, or when it is put aside, or some days after departure
    like others. These are counted from the last one, or from when the image came for a guest who
    was not here since.
    """
    if rule.rule == "never":
        return End(here, "never")
    waits = rule.rule == "until_verified"
    if waits and row.is_verified and row.verified_at:
        return End(_day(row.verified_at), "verified")
    if waits and row.status == "archived":
        return End(here, "archived")
    last = departure(_came(row), times, rule.days, here)
    return End(last + rule.span, "unverified" if waits else "departed")


def departure(came: date, times: Times, days: int, here: date) -> date:
    """The departure that the days are counted from.

    Whoever is in house, or comes again before they are over, leaves later; and an image that came
    before a stay is for that stay, however far away it is.
    """
    last, gone = max(came, times.left or came), times.left is not None and times.left >= came
    for arrives, leaves in times.ahead:
        if not gone or arrives <= max(last + timedelta(days=days), here):
            last, gone = max(last, leaves), True
    return last


def _came(row: Document) -> date:
    """The day on which the image was added: its key was made then."""
    return _day(made_at(row.file_key_id) if row.file_key_id else row.uploaded_at)


def _day(at: datetime) -> date:
    return at.astimezone(zone()).date()


def portion(after: uuid.UUID | None, limit: int = PORTION) -> list[Document]:
    """The next documents that have an image, by id."""
    query = select(Document).where(Document.file_key_id.is_not(None)).order_by(Document.id)
    query = query.where(Document.id > after) if after else query
    return list(db.session.scalars(query.limit(limit)))


def names_of(row: Any) -> tuple[str, ...]:
    """The names under which the image lies in the store."""
    return tuple(name for name in (row.file_name, row.thumbnail_name) if name)


def note(rows: Collection[Document], found: dict[uuid.UUID, End]) -> None:
    """Write down the days that changed; versions stay, since what the papers say did not."""
    for row in rows:
        day = found[row.id].day
        if row.retention_date != day:
            values = {"retention_date": day, "deletion_scheduled": True}
            mine = (Document.id == row.id, Document.file_key_id == row.file_key_id)
            statement = update(Document).where(*mine).values(values)
            db.session.execute(statement.execution_options(synchronize_session=False))


@handles(rules.REDATE)
def redate(job: Claim) -> None:
    """After a rule was changed: write down anew when each image ends; commits in portions."""
    done, after = 0, None
    while rows := portion(after):
        note(rows, ends(rows))
        done, after = done + len(rows), rows[-1].id
        progress(job, done)
        db.session.commit()
        db.session.expire_all()
