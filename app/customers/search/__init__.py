"""Finding guests as staff type."""
import uuid
from dataclasses import dataclass
from datetime import date
from sqlalchemy import Connection


@dataclass(frozen=True)
class GuestFacts:
    number: int
    id: uuid.UUID
    code: str
    full_name: str
    display_name: str | None
    first_name: str | None
    middle_name: str | None
    last_name: str | None
    former_names: list[str]
    company_name: str | None
    emails: list[str]
    phones: list[str]
    loyalty_number: str | None
    vip_status: str
    last_stay_date: date | None
    status: str


def index(connection: Connection, facts: GuestFacts) -> None:
    """placeholder until the engine lands"""
