"""Days of the programme: a lot's last day, a year that counts, all on the property's calendar."""

import calendar
from datetime import date, timedelta


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the month's last where it has no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def period(rule: str, joined: date, day: date) -> tuple[date, date]:
    """First and last day of the figures that count for a tier, by `Programme.period`."""
    start = {
        "calendar_year": date(day.year, 1, 1),
        "rolling_year": months_after(day, -12) + timedelta(days=1),
    }.get(rule, joined)
    return max(start, joined), day
