"""What a guest's stays were: a page of them, and what they add up to (section 3.4)."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, extract, func, or_, select

from app.core.clock import today
from app.core.database import PREPARED
from app.extensions import db
from app.stays.models import STAYING, Booking, Stay

BROKEN_OFF = ("cancelled", "no_show")
PAGE = 20
RECENT = 5
MOST_UPCOMING = 20
TENTH = Decimal("0.1")
Place = tuple[date, uuid.UUID]
Row = Stay | Booking


@dataclass(frozen=True)
class Figures:
    """What stays add up to. `months` counts arrivals, January first; names are None for none."""

    total_stays: int
    total_nights: int
    total_spent: Decimal
    average_satisfaction: Decimal | None
    favorite_room_type: str | None
    most_common_purpose: str | None
    months: tuple[int, ...]

    @property
    def peak_month(self) -> int | None:
        """The month with most arrivals, 1 to 12, the earliest of equals; None without stays."""
        return self.months.index(max(self.months)) + 1 if any(self.months) else None

    @property
    def low_month(self) -> int | None:
        """Of the months with arrivals that with fewest; None where none has fewer than the peak."""
        there = [count for count in self.months if count]
        if not there or min(there) == max(there):
            return None
        return self.months.index(min(there)) + 1


@dataclass(frozen=True)
class History:
    """A page of stays, the latest first, with the figures of all that the filter finds.

    Bookings that came to nothing stand among the stays where they were asked for. `after` is the
    place of the last row where there are more, else None.
    """

    rows: list[Row]
    figures: Figures
    after: Place | None


def of_guest(
    guest_id: uuid.UUID, from_date: date | None = None, to_date: date | None = None,
    include_cancelled: bool = False, *, limit: int = PAGE, after: Place | None = None,
) -> History:  # fmt: skip
    """The stays of which a day lies between the two dates, both included."""
    rows = _page(Stay, guest_id, from_date, to_date, limit, after)
    if include_cancelled:
        ended = Booking.status.in_(BROKEN_OFF)
        more = _page(Booking, guest_id, from_date, to_date, limit, after, ended)
        rows = sorted([*rows, *more], key=_place, reverse=True)
    there = _between(Stay, guest_id, from_date, to_date)
    next_place = _place(rows[limit - 1]) if len(rows) > limit else None
    return History(list(rows[:limit]), figures(there), next_place)


def _place(row: Row) -> Place:
    return row.check_in_date, row.id


def _between(
    table: type[Row], guest_id: uuid.UUID, start: date | None, end: date | None
) -> ColumnElement[bool]:
    wanted = [table.customer_id == guest_id]
    if start:
        wanted.append(table.check_out_date >= start)
    if end:
        wanted.append(table.check_in_date <= end)
    return and_(*wanted)


def _page(
    table: type[Row], guest_id: uuid.UUID, start: date | None, end: date | None, limit: int,
    after: Place | None, *more: ColumnElement[bool],
) -> Sequence[Row]:  # fmt: skip
    query = select(table).where(_between(table, guest_id, start, end), *more)
    if after:
        day, row_id = after
        earlier = and_(table.check_in_date == day, table.id < row_id)
        query = query.where(table.check_in_date <= day, or_(table.check_in_date < day, earlier))
    newest = query.order_by(table.check_in_date.desc(), table.id.desc())
    found: Sequence[Any] = db.session.scalars(newest.limit(limit + 1)).all()
    return found


def figures(there: ColumnElement[bool]) -> Figures:
    """What these stays add up to, in one statement."""
    kinds = (Stay.room_type, Stay.purpose_of_visit, extract("month", Stay.check_in_date))
    query = select(
        Stay.room_type.label("room"), Stay.purpose_of_visit.label("purpose"),
        kinds[2].label("month"), func.count().label("stays"), func.sum(Stay.nights).label("nights"),
        func.sum(Stay.total_amount).label("spent"), func.sum(Stay.satisfaction_score).label("said"),
        func.count(Stay.satisfaction_score).label("asked"),
        func.max(Stay.check_out_date).label("last"),
    )  # fmt: skip
    rows = db.session.execute(query.where(there).group_by(*kinds)).all()
    months: Counter[int] = Counter()
    for row in rows:
        months[int(row.month)] += row.stays
    asked = sum(row.asked for row in rows)
    said = Decimal(sum(int(row.said or 0) for row in rows))
    return Figures(
        total_stays=sum(row.stays for row in rows),
        total_nights=sum(int(row.nights) for row in rows),
        total_spent=sum((row.spent for row in rows), Decimal(0)),
        average_satisfaction=(said / asked).quantize(TENTH) if asked else None,
        favorite_room_type=_most(rows, "room"), most_common_purpose=_most(rows, "purpose"),
        months=tuple(months[month] for month in range(1, 13)),
    )  # fmt: skip


def _most(rows: Sequence[Any], kind: str) -> str | None:
    """What stands most often; of equals what was last."""
    found: dict[str, tuple[int, date]] = defaultdict(lambda: (0, date.min))
    for row in rows:
        if value := getattr(row, kind):
            count, last = found[value]
            found[value] = count + row.stays, max(last, row.last)
    return max(found, key=lambda value: (*found[value], value)) if found else None


def upcoming(guest_id: uuid.UUID) -> list[Booking]:
    """Bookings of the guest that are not over: in house, and to come; the next first."""
    query = select(Booking).where(Booking.customer_id == guest_id, Booking.status.in_(STAYING))
    soonest = query.order_by(Booking.check_in_date, Booking.id).limit(MOST_UPCOMING)
    return list(db.session.scalars(soonest))


def latest(guest_id: uuid.UUID, limit: int = RECENT) -> list[Stay]:
    """The guest's last stays, the newest first."""
    query = select(Stay).where(Stay.customer_id == guest_id)
    newest = query.order_by(Stay.check_in_date.desc(), Stay.id.desc())
    return list(db.session.scalars(newest.limit(limit)))


_COMPLAINED = (
    select(Stay.id, Stay.check_out_date, Stay.complaints)
    .where(Stay.customer_id == bindparam("guest_id"), Stay.has_open_complaint)
    .order_by(Stay.check_in_date.desc())
    .limit(RECENT)
    .execution_options(**PREPARED)
)


def open_complaints(guest_id: uuid.UUID) -> Sequence[Any]:
    """(id, check_out_date, complaints) of stays with an unresolved one, the latest first."""
    return db.session.connection().execute(_COMPLAINED, {"guest_id": guest_id}).all()


def noted(stay: Stay) -> dict[str, Any] | None:
    """What of the guest's wishes was done during the stay: {group: [options], "fulfilled": bool}.

    None where nothing was noted. Wishes for the kitchen are `dietary`, all others `room`.
    """
    ticks = stay.preferences_during_stay or []
    if not ticks:
        return None
    found: dict[str, Any] = {}
    for tick in ticks:
        group = "dietary" if tick.get("department") == "kitchen" else "room"
        found.setdefault(group, []).append(str(tick.get("task", "")).rpartition(":")[2])
    return found | {"fulfilled": all(tick.get("outcome") == "done" for tick in ticks)}


def requests(row: Row) -> list[dict[str, Any]]:
    """Special requests as [{"request", "fulfilled", "reason"}]; None where nobody noted it."""
    if isinstance(row, Booking):
        return [_request({"request": each}) for each in row.special_requests]
    return [_request(each) for each in row.special_requests_fulfilled or []]


def _request(said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "request": str(said.get("request", "")), "fulfilled": said.get("fulfilled"),
        "reason": said.get("reason"),
    }  # fmt: skip


def is_past(booking: Booking) -> bool:
    """True for a booking whose guest should have left by now."""
    return booking.check_out_date < today()
