"""Where values come from: who told, when, by whom; kept beside each value."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import bindparam, select

from app.core.actor import Actor
from app.core.clock import now
from app.core.database import PREPARED
from app.extensions import db
from app.preferences.catalogue import Field
from app.preferences.models import PreferenceSource

Source = Literal["guest", "staff", "booking", "learned"]
Place = tuple[str, str]
"""Field and option; the option is "" where a guest can have only one value."""
Rows = dict[Place, PreferenceSource]
"""The origins of a guest's values, by their place."""
OF_GUEST = (
    select(PreferenceSource)
    .where(PreferenceSource.customer_id == bindparam("guest_id"))
    .order_by(PreferenceSource.id)
    .execution_options(**PREPARED)
)
COLUMNS = ("source", "noted_at", "noted_by", "noted_name", "confidence", "stays")


@dataclass(frozen=True)
class Origin:
    """Who told a value. confidence (percent) and stays: of what was learned from stays."""

    source: Source
    noted_at: datetime
    noted_by: uuid.UUID | None
    noted_name: str
    confidence: int | None = None
    stays: list[dict[str, str]] | None = None

    @classmethod
    def new(cls, source: Source, by: Actor, **learned: Any) -> "Origin":
        """Told now."""
        return cls(source, now(), by.user_id, by.name, **learned)


def place_of(field: Field, code: str) -> Place:
    """Where the origin of a value is kept."""
    return field.name, code if field.several else ""


def rows_of(guest_id: uuid.UUID) -> Rows:
    """The origins of all of a guest's values."""
    rows = db.session.scalars(OF_GUEST, {"guest_id": guest_id})
    return {(row.field, row.option): row for row in rows}


def of_row(row: PreferenceSource) -> Origin:
    """An origin apart from its row, which may change."""
    source: Any = row.source
    return Origin(source, row.noted_at, row.noted_by, row.noted_name, row.confidence, row.stays)


def write(
    guest_id: uuid.UUID, rows: Rows, field: Field,
    former: Iterable[str], origins: dict[str, Origin],
) -> None:  # fmt: skip
    """Make the rows those of a field's new codes: `origins` has one for each code.

    What stays in a list keeps its origin.
    """
    before = set(former)
    wanted = {place_of(field, code): (code, origin) for code, origin in origins.items()}
    for code in before:
        place = place_of(field, code)
        if place not in wanted and place in rows:
            db.session.delete(rows.pop(place))
    for place, (code, origin) in wanted.items():
        if code in before and place in rows:
            continue
        row = rows.get(place)
        if row is None:
            row = rows[place] = PreferenceSource(
                customer_id=guest_id, field=place[0], option=place[1]
            )
            db.session.add(row)
        for name in COLUMNS:
            setattr(row, name, getattr(origin, name))
