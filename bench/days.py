"""Figures of the desk's day and of a guest's life, beside the same pages without a query."""

import contextlib
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from sqlalchemy import delete, event, select

from app.core.actor import HOUSE
from app.core.clock import now, today
from app.core.database import writing
from app.core.types import new_id
from app.customers.models import Customer
from app.desk import services as desk
from app.extensions import db
from app.preferences.models import Preferences, PreferenceSource
from app.stays import arrivals, bookings
from app.stays.models import Booking, Stay
from bench.frame import Bench, Measured, figure, percentile, timed
from bench.site import Site, in_process, shared

SOURCE, ARRIVALS = "bench", 300
WARM, ROUNDS, FEW = 10, 150, 20
LIKES: dict[str, Any] = {
    "bed_type": "king", "pillow_type": "firm", "room_location": ["high_floor", "quiet"],
    "food_allergies": ["peanuts"], "bathroom_amenities": ["slippers", "extra_towels"],
    "housekeeping_time": "morning", "beverage_preferences": ["tea"], "view_preference": "sea",
}  # fmt: skip
REQUESTS = ["Early check-in", "Baby cot"]


@contextlib.contextmanager
def _busy_day(bench: Bench) -> Iterator[list[uuid.UUID]]:
    """The base with 300 arrivals today, each guest with preferences; the guests' ids."""
    with tempfile.TemporaryDirectory() as folder, in_process(bench.base, folder), writing():
        _sweep()
        ids = _guests(bench)
        db.session.execute(Booking.__table__.insert(), [_booking(n, g) for n, g in enumerate(ids)])  # type: ignore[attr-defined]
        liked = [_preferences(guest) for guest in ids]
        db.session.execute(Preferences.__table__.insert(), liked)  # type: ignore[attr-defined]
        told = [row for guest in ids for row in _sources(guest)]
        db.session.execute(PreferenceSource.__table__.insert(), told)  # type: ignore[attr-defined]
        db.session.commit()
    try:
        yield ids
    finally:
        with tempfile.TemporaryDirectory() as folder, in_process(bench.base, folder), writing():
            _sweep()


def _guests(bench: Bench) -> list[uuid.UUID]:
    stayed = select(Customer.id).where(Customer.status == "active", Customer.total_stays > 1)
    free = stayed.where(Customer.is_blacklisted.is_(False), Customer.warning_level == 0)
    found = db.session.scalars(free.order_by(Customer.number).limit(bench.base.size // 4)).all()
    return list(found[:: max(1, len(found) // ARRIVALS)][:ARRIVALS])


def _booking(place: int, guest: uuid.UUID) -> dict[str, Any]:
    start, moment = today(), now()
    return {
        "id": new_id(), "customer_id": guest, "source": SOURCE, "reference": f"B{place:05d}",
        "status": "confirmed", "check_in_date": start, "check_out_date": start + timedelta(days=2),
        "room_type": "Superior King", "room_number": f"{1000 + place}", "adults": 2, "children": 0,
        "room_rate": Decimal(1_500_000), "special_requests": REQUESTS, "version": 1,
        "created_at": moment, "updated_at": moment,
    }  # fmt: skip


def _preferences(guest: uuid.UUID) -> dict[str, Any]:
    return {
        "id": new_id(), "customer_id": guest, "version": 1, "last_updated": now(),
        "notes": SOURCE, **LIKES,
    }  # fmt: skip


def _sources(guest: uuid.UUID) -> Iterator[dict[str, Any]]:
    for field, value in LIKES.items():
        for option in value if isinstance(value, list) else [""]:
            yield {
                "id": new_id(), "customer_id": guest, "field": field, "option": option,
                "source": "guest", "noted_at": now(), "noted_name": SOURCE,
            }  # fmt: skip


def _sweep() -> None:
    """Remove what this or a run that was cut off has left."""
    mine = select(Booking.id).where(Booking.source == SOURCE)
    whose = select(Preferences.customer_id).where(Preferences.notes == SOURCE).scalar_subquery()
    db.session.execute(delete(Stay).where(Stay.booking_id.in_(mine)))
    db.session.execute(delete(Booking).where(Booking.source == SOURCE))
    db.session.execute(delete(PreferenceSource).where(PreferenceSource.customer_id.in_(whose)))
    db.session.execute(delete(Preferences).where(Preferences.notes == SOURCE))
    db.session.commit()


Ask = Callable[[Site, uuid.UUID], Any]


@dataclass(frozen=True)
class Asked:
    """What is asked of guest after guest: how, where its templates are kept, and what comes before.

    `before` is done for each guest first, and not measured.
    """

    ask: Ask
    of: Callable[[uuid.UUID], str]
    before: Ask | None = None


def page(path: str) -> Asked:
    """A page of a guest, whose id stands for the braces."""
    return Asked(lambda site, g: site.get(path.format(g)), lambda g: f"GET {path.format(g)}")


def _touch(path: str, field: str, first: str, then: str) -> Asked:
    """A chip; every guest on file has a key, and those of the bench get theirs by another chip."""

    def send(site: Site, guest: uuid.UUID, option: str) -> bytes:
        return site.post(path.format(guest), {"field": field, "on": option})

    return Asked(
        lambda site, g: send(site, g, then), lambda g: f"POST {path.format(g)}",
        lambda site, g: send(site, g, first),
    )  # fmt: skip


ASKED = {
    "desk": page("/desk"),
    "stays": page("/customers/{}/stays"),
    "preferences": page("/customers/{}/preferences/room"),
    "loyalty": page("/customers/{}/loyalty"),
    "toggle": _touch("/customers/{}/preferences/room", "room_location", "near_exit", "corner_room"),
}


DAYS = ("desk", "stays", "preferences", "toggle")


def _measure(bench: Bench) -> dict[str, Measured]:
    """All of them on one day: the p95, beside that of the same templates alone; kept."""
    if "days" not in bench.kept:
        site = shared(bench, "bench.still:app")
        with _busy_day(bench) as ids:
            bench.kept["days"] = {n: beside_still(bench, n, site, ids) for n in DAYS}
    return dict(bench.kept["days"])


def beside_still(bench: Bench, name: str, site: Site, ids: list[uuid.UUID]) -> Measured:
    """The p95 of what is asked of guest after guest, beside the same templates alone."""
    asked, taken, floors = ASKED[name], [], []
    few = FEW if name == "desk" else 3 * FEW  # the desk's page takes as long as three others
    for number, guest in enumerate(ids[: WARM + bench.many(ROUNDS, few)]):
        if asked.before:
            asked.before(site, guest)
        page = timed(lambda g=guest: asked.ask(site, g))  # type: ignore[misc]
        still = timed(lambda g=guest: site.get(f"/still?of={quote(asked.of(g))}"))  # type: ignore[misc]
        if number >= WARM:
            taken.append(page)
            floors.append(still)
    told = bench.details.setdefault("days, milliseconds", {})
    told[name] = f"{_told(taken)}; the same templates without a query: {_told(floors)}"
    return Measured(percentile(taken, 0.95), percentile(floors, 0.95))


def _told(times: list[float]) -> str:
    return f"p50 {percentile(times, 0.5) * 1000:.1f}  p95 {percentile(times, 0.95) * 1000:.1f}"


@figure("desk, 300 arrivals, p95", "x", 3, 2, floor="P")
def desk_page(bench: Bench) -> Measured:
    """The board of today."""
    return _measure(bench)["desk"]


@figure("stays tab, p95", "x", 3, 2, floor="P")
def stays_tab(bench: Bench) -> Measured:
    """The whole page."""
    return _measure(bench)["stays"]


@figure("preferences tab, p95", "x", 3, 2, floor="P")
def preferences_tab(bench: Bench) -> Measured:
    """The whole page."""
    return _measure(bench)["preferences"]


@figure("preference toggled, p95", "x", 3, 2, floor="P")
def toggled(bench: Bench) -> Measured:
    """A chip touched: checked, written with its source and audit, committed, the tab drawn anew."""
    return _measure(bench)["toggle"]


@figure("check-out, SQL statements", "count", 40, 30)
def check_out_statements(bench: Bench) -> Measured:
    """All that a departure sends, with what follows from it."""
    said: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        said.append(statement)

    with (
        _busy_day(bench) as ids, tempfile.TemporaryDirectory() as folder,
        in_process(bench.base, folder), writing(),
    ):  # fmt: skip
        mine = Booking.customer_id == ids[0], Booking.source == SOURCE
        known = db.session.scalars(select(Booking.id).where(*mine)).one()
        arrivals.check_in(bookings.hold(known), by=HOUSE)
        db.session.flush()
        event.listen(db.engine, "before_cursor_execute", note)
        desk.check_out(bookings.hold(known), {"satisfaction_score": 9}, by=HOUSE)
        db.session.flush()
        event.remove(db.engine, "before_cursor_execute", note)
        db.session.rollback()
    return Measured(len([s for s in said if not s.startswith("BEGIN")]))
