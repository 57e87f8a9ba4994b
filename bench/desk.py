"""Figures of the desk: 300 arrivals on the day, beside the same page drawn with no query."""

import contextlib
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import Flask, render_template
from sqlalchemy import delete, event, insert, select, update

from app.auth.guard import actor, requires
from app.core.actor import HOUSE
from app.core.clock import now, today
from app.core.database import writing
from app.core.types import new_id
from app.customers.models import Customer
from app.desk import services
from app.desk.views import board
from app.desk.views.frame import Board, asked
from app.extensions import db
from app.preferences.models import Preferences
from app.stays import bookings
from app.stays.models import Booking, Stay
from bench.bases import Base
from bench.frame import Bench, Measured, figure, percentile, timed
from bench.site import in_process, running

ARRIVALS, ROUNDS, WARM = 300, 40, 10
SOURCE = "bench"


def site() -> Flask:
    """The application as it is served, with one more page: the floor. Called by gunicorn."""
    from wsgi import app

    app.add_url_rule("/bench/desk", "bench_desk", _drawn)
    return app


@contextlib.contextmanager
def _arrivals(base: Base) -> Iterator[None]:
    """A day's arrivals in the base: wishes, requests and three earlier stays each."""
    with tempfile.TemporaryDirectory() as folder, in_process(base, folder), writing():
        _sweep()
        query = select(Customer.id).where(Customer.status == "active")
        for number, guest in enumerate(db.session.scalars(query.limit(ARRIVALS)).all()):
            _arrive(guest, number)
        db.session.commit()
        try:
            yield
        finally:
            db.session.rollback()
            _sweep()


def _arrive(guest: Any, number: int) -> None:
    day = today()
    db.session.execute(insert(Booking), {
        "id": new_id(), "customer_id": guest, "source": SOURCE, "reference": f"B{number}",
        "status": "confirmed", "check_in_date": day, "check_out_date": day + timedelta(days=2),
        "room_type": "Deluxe", "adults": 2, "children": 0,
        "special_requests": ["Baby cot", "Vegetarian breakfast"],
    })  # fmt: skip
    db.session.execute(delete(Preferences).where(Preferences.customer_id == guest))
    db.session.execute(insert(Preferences), {
        "id": new_id(), "customer_id": guest, "pillow_type": "firm", "bed_type": "king",
        "food_allergies": ["peanuts"], "room_location": ["quiet", "high_floor"],
    })  # fmt: skip
    db.session.execute(insert(Stay), [
        {"id": new_id(), "customer_id": guest, "source_system": SOURCE, "nights": 2,
         "check_in_date": day - timedelta(days=past + 2), "total_amount": 0,
         "check_out_date": day - timedelta(days=past), "satisfaction_score": 9}
        for past in (30, 90, 150)
    ])  # fmt: skip


def _sweep() -> None:
    """Take all of it away again."""
    guests = select(Booking.customer_id).where(Booking.source == SOURCE)
    db.session.execute(delete(Preferences).where(Preferences.customer_id.in_(guests)))
    db.session.execute(delete(Stay).where(Stay.source_system == SOURCE))
    db.session.execute(delete(Booking).where(Booking.source == SOURCE))
    db.session.commit()


@requires("desk.use")
def _drawn() -> str:
    """The floor: the desk's page of a moment ago, drawn anew from what is known."""
    if not _kept:
        _kept.update(board.page(asked()[0], actor()))
    return render_template("desk/index.html", **_kept)


_kept: dict[str, Any] = {}


@figure("desk page, 300 arrivals, p95", "x", 3, 2.5, floor="D")
def desk_page(bench: Bench) -> Measured:
    """The whole page over HTTP; D is the same page drawn with no query, its p95 too."""
    with _arrivals(bench.base), running(bench.base, "bench.desk:site()") as served:
        for _ in range(WARM):
            served.get("/bench/desk")
            served.get("/desk")
        pairs = [
            (timed(lambda: served.get("/bench/desk")), timed(lambda: served.get("/desk")))
            for _ in range(ROUNDS)
        ]
    return Measured(
        percentile([pair[1] for pair in pairs], 0.95), percentile([pair[0] for pair in pairs], 0.95)
    )


@contextlib.contextmanager
def _counted() -> Iterator[list[str]]:
    """The statements sent inside, but for the words BEGIN."""
    said: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):
            said.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@figure("desk page, SQL statements", "count", 8, 7)
def desk_statements(bench: Bench) -> Measured:
    """What the page itself asks; the session and its user are one more."""
    with _arrivals(bench.base):
        db.session.remove()
        with _counted() as said:
            board.page(Board(today(), "arriving", None, now()), HOUSE)
    return Measured(len(said))


@figure("check-out, SQL statements", "count", 40, 30)
def check_out_statements(bench: Bench) -> Measured:
    """Everything that follows from a departure, in its one transaction, which is taken back."""
    with _arrivals(bench.base), writing():
        one = db.session.scalars(select(Booking.id).where(Booking.source == SOURCE)).first()
        assert one is not None
        here = update(Booking).where(Booking.id == one).values(status="checked_in")
        db.session.execute(here)
        db.session.commit()
        db.session.remove()
        with _counted() as said:
            services.check_out(bookings.hold(one), {"satisfaction_score": 9}, by=HOUSE)
        db.session.rollback()
    return Measured(len(said))
