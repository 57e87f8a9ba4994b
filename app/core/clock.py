"""What time it is: instants in UTC, and "today" as the property's calendar says."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import current_app

from app.config import Settings


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def current_settings() -> Settings:
    """The settings of the running application."""
    settings: Settings = current_app.extensions["settings"]
    return settings


def zone() -> ZoneInfo:
    """The property's time zone (`PROPERTY_TIMEZONE`)."""
    return current_settings().timezone


def today() -> date:
    """The property's local date, never the server's (ruling 1)."""
    return now().astimezone(zone()).date()


def years_between(born: date, on: date) -> int:
    """Completed years; somebody born on 29 February turns a year older on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
