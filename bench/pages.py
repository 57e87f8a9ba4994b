"""Figures of pages over HTTP, signed in and in Vietnamese, beside a bare Flask answer."""

import contextlib
import random
import statistics
import tempfile
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from sqlalchemy import select

from app.customers.models import Customer
from bench.floors import fetch, resident_megabytes, serving
from bench.frame import Bench, Measured, figure, timed
from bench.people import some_guests
from bench.queries import typed
from bench.site import Site, asking, in_process, running, shared

ROUNDS, WARM = 60, 40
LISTS = (
    "?page=1", "?sort_by=full_name&order=asc", "?vip_status=gold", "?has_stayed=true",
    "?sort_by=total_spent&order=desc", "?customer_type=corporate", "?min_spent=20000000",
)  # fmt: skip


@contextlib.contextmanager
def _both(bench: Bench) -> Iterator[tuple[Callable[[], Any], Site]]:
    """The floor H and the site, side by side."""
    with serving("bench.floors:bare", {}, threads=8) as bare:
        yield (lambda: fetch(bare.port, "/")), shared(bench)


def _beside(bench: Bench, paths: list[str], *, fragment: bool = False) -> Measured:
    dice = random.Random(7)
    with _both(bench) as (floor, site):
        for path in dice.choices(paths, k=bench.many(WARM, 25)):
            floor()
            site.get(path, fragment=fragment)
        pairs = [
            (timed(floor), timed(lambda p=path: site.get(p, fragment=fragment)))  # type: ignore[misc]
            for path in dice.choices(paths, k=bench.many(ROUNDS, 40))
        ]
    return Measured(
        statistics.median(pair[1] for pair in pairs), statistics.median(pair[0] for pair in pairs)
    )


def _some_ids(bench: Bench, count: int = 200) -> list[str]:
    step = max(1, bench.base.size // count)
    serials = select(Customer.id).where(Customer.status == "active").order_by(Customer.number)
    with bench.engine.connect() as connection:
        found = connection.scalars(serials.limit(count * 5)).all()
    return [str(found) for found in found[:: max(1, min(5, step))]]


@figure("search fragment over HTTP", "x", 8, 5, floor="H")
def search_fragment(bench: Bench) -> Measured:
    """What a person types, letter by letter."""
    some = some_guests(bench.base.size, 4000)[::10]
    paths = [f"/customers/search?q={quote(q)}" for q in typed(some, 40) if len(q) > 1]
    return _beside(bench, paths, fragment=True)


@figure("list page of 20 rows over HTTP", "x", 10, 7, floor="H")
def list_page(bench: Bench) -> Measured:
    """The whole page, translated, in common orders and filters."""
    return _beside(bench, [f"/customers{query}" for query in LISTS])


@figure("profile overview over HTTP", "x", 10, 7, floor="H")
def profile_page(bench: Bench) -> Measured:
    """The whole page, its view audited before it is shown."""
    return _beside(bench, [f"/customers/{guest}" for guest in _some_ids(bench)])


@figure("profile overview, SQL statements", "count", 12, 8)
def profile_statements(bench: Bench) -> Measured:
    """All that a signed-in request for a profile sends, but for the words BEGIN."""
    with tempfile.TemporaryDirectory() as folder, in_process(bench.base, folder) as app:
        ask = asking(app)
        return Measured(len(ask(f"/customers/{_some_ids(bench, 1)[0]}")))


@figure("worker PSS after warm-up", "MB", 110, 80)
def worker_memory(bench: Bench) -> Measured:
    """The memory of the process that answers, after lists, searches and profiles."""
    paths = [f"/customers{query}" for query in LISTS] + ["/customers/search?q=nguyen"]
    paths += [f"/customers/{guest}" for guest in _some_ids(bench, 50)]
    site = shared(bench)
    for path in paths * bench.many(3, 1):
        site.get(path)
    return Measured(sum(resident_megabytes(worker) for worker in site.server.workers))


@figure("cold start to first page", "s", 2, 1)
def cold_start(bench: Bench) -> Measured:
    """From the command to the sign-in page; the median."""
    times = [shared(bench).started_in]
    for _ in range(bench.many(4, 0)):
        with running(bench.base) as site:
            times.append(site.started_in)
    return Measured(statistics.median(times))
