"""The companies that guests travel for: `companies` knows them, and the features below ask here."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple, Protocol

from flask_babel import lazy_gettext as _l

from app.core.errors import Invalid


class Employer(NamedTuple):
    """A company as other features need it; `place` tells it from others of its name."""

    id: uuid.UUID
    name: str
    place: str
    rate_code: str | None
    takes_guests: bool


class Brought(NamedTuple):
    """What the stays booked for a company add up to, whoever of its guests or others stayed."""

    stays: int = 0
    nights: int = 0
    spent: Decimal = Decimal(0)
    average_satisfaction: Decimal | None = None
    favorite_room_type: str | None = None


class Source(Protocol):
    """Who knows."""

    def name_of(self, company_id: uuid.UUID) -> str:
        """The name of a company that guests and bookings may be linked to.

        It is held until the transaction ends, so that no rename passes it by. Raises Invalid, by
        `company_id`, for a company that is not known or takes no more guests.
        """

    def told(self, company_id: uuid.UUID) -> Employer | None:
        """The company, archived or not; None for one that is not known."""

    def look(self, typed: str, limit: int) -> list[Employer]:
        """The best companies for what was typed of the name, those that take guests alone."""


_sources: list[Source] = []


def source(knows: Source) -> None:
    """Register who knows."""
    _sources.append(knows)


def name_of(company_id: uuid.UUID) -> str:
    """See `Source`. Raises Invalid."""
    for knows in _sources:
        return knows.name_of(company_id)
    raise Invalid({"company_id": _l("This company is not known.")})


def told(company_id: uuid.UUID | None) -> Employer | None:
    """See `Source`; None for none."""
    found = (knows.told(company_id) for knows in _sources if company_id)
    return next(found, None)


def look(typed: str, limit: int) -> list[Employer]:
    """See `Source`."""
    return [each for knows in _sources for each in knows.look(typed, limit)]


stays: list[Callable[[uuid.UUID], Brought]] = []
"""Who knows what was booked for a company."""


def brought(company_id: uuid.UUID) -> Brought:
    """What the stays booked for a company add up to; nothing where nobody knows."""
    return next((ask(company_id) for ask in stays), Brought())
