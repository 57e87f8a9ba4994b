"""The report as it was counted last: each run keeps one, since counting reads the whole base."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.core.clock import now
from app.core.database import reading
from app.extensions import db
from app.segments import report as reporting
from app.segments.models import SegmentCount
from app.segments.report import Group, Report, Worth
from app.segments.rules import Rules, plain, read

THE_ROW = 1


@dataclass(frozen=True)
class Kept:
    """A report with its day and moment, and the thresholds that it was counted by."""

    report: Report
    worths: list[Worth]
    rules: Rules
    day: date
    at: datetime


def keep(rules: Rules, day: date) -> None:
    """Count the whole base by these thresholds, and keep what came of it instead of the former."""
    with reading():
        db.session.rollback()
        figures = _plain(reporting.report(rules, day), reporting.lifetime_values())
        db.session.rollback()
    row = SegmentCount(
        id=THE_ROW, counted_on=day, counted_at=now(), rules=plain(rules), figures=figures
    )
    db.session.merge(row)
    db.session.flush()


def kept() -> Kept | None:
    """What the last run found; None while there was none."""
    row = db.session.get(SegmentCount, THE_ROW)
    if row is None:
        return None
    found = row.figures
    cells = {
        (value, frequency, recency): Group(guests, Decimal(spent), stays)
        for value, frequency, recency, guests, spent, stays in found["cells"]
    }
    report = Report(sum(cells.values(), Group()), cells, found["segments"])
    worths = [_worth(*each) for each in found["worths"]]
    return Kept(report, worths, read(row.rules), row.counted_on, row.counted_at)


def last_day() -> date | None:
    """The property's day that all guests were counted on last."""
    row = db.session.get(SegmentCount, THE_ROW)
    return row.counted_on if row else None


def _plain(report: Report, worths: list[Worth]) -> dict[str, Any]:
    return {
        "cells": [
            [*key, group.guests, str(group.spent), group.stays]
            for key, group in report.cells.items()
        ],
        "segments": report.segments,
        "worths": [
            [each.segment, each.guests, *map(str, (
                each.average_value, each.average_stays, each.average_nights,
                each.average_spent_per_stay, each.revenue,
            ))] for each in worths
        ],
    }  # fmt: skip


def _worth(segment: str | None, guests: int, *amounts: str) -> Worth:
    return Worth(segment, guests, *map(Decimal, amounts))
