"""Which stays of a portion are on file already: by their number there, or by guest, dates, room."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.stays.history import BROKEN_OFF
from app.stays.importing.rows import PastStay
from app.stays.models import Booking, Stay

Key = tuple[uuid.UUID, date | None, date | None, str | None]
KEY = ("customer_id", "check_in_date", "check_out_date", "room_number")


def key_of(stay: PastStay, guest: uuid.UUID) -> Key:
    """What makes a stay the same as another, where it has no number."""
    return guest, stay.check_in, stay.check_out, stay.values.get("room_number")


class OnFile:
    """What stands in the database of a portion's stays. `numbers` tells which this batch brought.

    A number may be that of a stay, or of a booking that the source itself told of.
    """

    def __init__(self, batch_id: uuid.UUID) -> None:
        self.batch_id = batch_id
        self.numbers: dict[str | None, bool] = {}
        self.keys: set[Key] = set()

    def look(self, source: str, stays: Sequence[PastStay], guests: set[uuid.UUID]) -> None:
        """Ask for all of them at once."""
        numbers = [number for stay in stays if (number := stay.values.get("number"))]
        days = {stay.check_in for stay in stays if stay.check_in}
        named = select(Stay.external_id, Stay.batch_id).where(
            Stay.source_system == source, Stay.external_id.in_(numbers)
        )
        told = select(Booking.reference, Booking.batch_id).where(
            Booking.source == source, Booking.reference.in_(numbers)
        )
        for query in (named, told) if numbers else ():
            self.numbers |= {number: own == self.batch_id for number, own in self._rows(query)}
        ended = Booking.status.in_(BROKEN_OFF)
        for model, more in ((Stay, ()), (Booking, (ended,))) if guests else ():
            query = select(*(getattr(model, name) for name in KEY)).where(
                model.customer_id.in_(guests), model.check_in_date.in_(days), *more
            )
            self.keys |= {tuple(row) for row in self._rows(query)}

    def _rows(self, query: Any) -> Sequence[Any]:
        return db.session.execute(query).all()

    def knows(self, stay: PastStay, guest: uuid.UUID) -> bool:
        """True for a stay on file."""
        number = stay.values.get("number")
        return number in self.numbers if number else key_of(stay, guest) in self.keys
