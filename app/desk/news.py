"""What has happened since a tablet last looked: read off the end of the audit log.

Everything that a card shows is changed with an entry about its guest, and the entries lie in the
order of time: what is new costs one look at the end, however many guests and bookings there are.
"""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, union_all

from app.core.audit import AuditEntry
from app.core.types import first_id
from app.customers import parts
from app.desk.parties import Place
from app.extensions import db
from app.relationships.models import Relationship
from app.stays.models import STAYING, Booking, Companion

QUIET = ("customer.viewed", "field.revealed", "customer.imported")
"""What changes nothing on any card: looking, and guests who are new and have no booking yet."""
TICKED = "task.ticked"
OF_BOOKINGS = ("booking.", "stay.recorded")
MOST = 1000


@dataclass
class News:
    """Bookings whose tasks were ticked, other bookings, and guests, of whom something was told.

    much: there was more than is told here.
    """

    ticked: set[uuid.UUID] = field(default_factory=set)
    bookings: set[uuid.UUID] = field(default_factory=set)
    guests: set[uuid.UUID] = field(default_factory=set)
    much: bool = False

    def __bool__(self) -> bool:
        """False when nothing has happened."""
        return bool(self.ticked or self.guests)


def since(moment: datetime) -> News:
    """What was written down since a moment, in one statement."""
    query = (
        select(AuditEntry.action, AuditEntry.subject_id, AuditEntry.part)
        .where(AuditEntry.id > first_id(moment), AuditEntry.action.not_in((*QUIET, *parts.views)))
        .distinct()
        .limit(MOST)
    )
    rows = db.session.execute(query).all()
    news = News(much=len(rows) == MOST)
    for action, subject, part in rows:
        _note(news, action, subject, part)
    return news


def _note(news: News, action: str, subject: uuid.UUID | None, part: str | None) -> None:
    if action == TICKED:
        news.ticked.add(uuid.UUID(part))
        return
    if action.startswith(OF_BOOKINGS) and part:
        news.bookings.add(uuid.UUID(part))
    if subject is not None:
        news.guests.add(subject)


def concerned(news: News, places: Iterable[Place]) -> set[uuid.UUID]:
    """The bookings on the board that the news is about, also by who comes along, and by who shares
    a tier with their guest."""
    own = {each.id: each.guest_id for each in places}
    told = {one for one, guest in own.items() if one in news.bookings or guest in news.guests}
    return told | (_through(news.guests) & own.keys())


def _through(guests: Collection[uuid.UUID]) -> set[uuid.UUID]:
    along = select(Companion.booking_id).where(Companion.companion_id.in_(guests))
    shared = Relationship.customer_id.in_(guests), Relationship.share_loyalty_benefits
    sharing = select(Booking.id).join(
        Relationship, Relationship.related_customer_id == Booking.customer_id
    )
    here = sharing.where(*shared, Booking.status.in_(STAYING))
    return set(db.session.scalars(union_all(along, here)))
