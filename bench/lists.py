"""Figures of the guest list: its SQL under all filters and orders, deep pages, and its export."""

import os
import random
import tempfile
import time
from pathlib import Path
from typing import Any

from app.core.database import reading
from app.core.tabular_out import csv_chunks
from app.customers.exports.columns import LISTED
from app.customers.exports.rows import batches, snapshot
from app.customers.listing import ListInput, find_page
from app.customers.listing.figures import kept
from app.customers.listing.sorts import SORTS
from app.customers.listing.tags import tags_in_use
from app.extensions import db
from bench.floors import resident_megabytes, scan
from bench.frame import Bench, Measured, figure, percentile, steady, timed
from bench.site import in_process

ASKED, EACH_SCAN = 200, 20
FILTERS: dict[str, tuple[Any, ...]] = {
    "customer_type": ("individual", "corporate"),
    "vip_status": ("any", "none", "silver", "gold", "diamond"),
    "loyalty_tier": ("silver", "gold"),
    "customer_segment": ("leisure", "group"),
    "customer_source": ("ota", "walk_in"),
    "has_stayed": ("true", "false"),
    "last_stay_from": ("2018-01-01", "2025-01-01", "2026-06-01"),
    "last_stay_to": ("2020-01-01", "2024-01-01"),
    "min_spent": ("1000000", "50000000", "200000000"),
    "include_blacklisted": ("true",),
}


def _asked(count: int, tags: list[str]) -> list[dict[str, Any]]:
    """Random lists: an order and none to three filters each."""
    dice, choices = random.Random(5), FILTERS | {"tags": tuple([tag] for tag in tags)}
    found: list[dict[str, Any]] = []
    while len(found) < count:
        names = dice.sample(sorted(choices), dice.choice((0, 1, 1, 2, 2, 3)))
        said = {"sort_by": dice.choice(list(SORTS)), "order": dice.choice(("asc", "desc"))}
        said |= {name: dice.choice(choices[name]) for name in names}
        if said.get("last_stay_from", "") <= said.get("last_stay_to", "9"):
            found.append(ListInput.read(said))
    return found


def _afresh(filters: dict[str, Any]) -> None:
    """Count and page 1, with nothing remembered of the list."""
    kept.clear()
    find_page(filters, tags=False)


@figure("list SQL, count and page 1, p95", "S/", 2, 4, scales=True)
def count_and_page(bench: Bench) -> Measured:
    """200 random filters and orders."""
    floors, times = [], []
    with tempfile.TemporaryDirectory() as folder, in_process(bench.base, folder), reading():
        for number, filters in enumerate(_asked(bench.many(ASKED, 40), tags_in_use())):
            if number % EACH_SCAN == 0:
                floors.append(timed(lambda: scan(bench.engine)))
            times.append(steady(lambda f=filters: _afresh(f)))  # type: ignore[misc]
            db.session.rollback()
    floor = percentile(floors, 0.5)
    shares = {"p50": 0.5, "p95": 0.95, "max": 1.0}
    told = {name: f"{percentile(times, share) * 1000:.1f}" for name, share in shares.items()}
    bench.details["list, milliseconds"] = told | {"S": f"{floor * 1000:.0f}"}
    return Measured(percentile(times, 0.95), floor)


@figure("list SQL, next page at any depth", "S/", 100, 300, scales=True)
def next_page(bench: Bench) -> Measured:
    """The slowest order's median, from a tenth to nine tenths of the list."""
    slowest, told = 0.0, {}
    with tempfile.TemporaryDirectory() as folder, in_process(bench.base, folder), reading():
        floor = steady(lambda: scan(bench.engine))
        for name in SORTS:
            depths = [bench.base.size * tenth // 10 for tenth in (1, 5, 9)]
            taken = percentile([_following(name, depth) for depth in depths], 0.5)
            told[name] = f"{taken * 1000:.2f}"
            slowest = max(slowest, taken)
            db.session.rollback()
    bench.details["next page, milliseconds"] = told
    return Measured(slowest, floor)


def _following(sort_by: str, depth: int) -> float:
    """What the page after the one at a depth costs."""
    sent: dict[str, Any] = {"sort_by": sort_by, "page": depth // 20 or 1}
    here = find_page(ListInput.read(sent), tags=False)
    if here.after is None:
        return 0.0
    filters = ListInput.read(sent | {"page": sent["page"] + 1, "after": here.after})
    return steady(lambda: find_page(filters, tags=False), 5)


@figure("export of all rows as CSV, growth", "MB", 100, 30)
def export_growth(bench: Bench) -> Measured:
    """How much the process grows while every guest is written, after the first two thousand."""
    with tempfile.TemporaryDirectory() as folder, in_process(bench.base, folder), reading():
        start = time.perf_counter()
        count, grown = _written()
    seconds = time.perf_counter() - start
    bench.details["export"] = {"rows": f"{count:,}", "rows/s": f"{count / seconds:,.0f}"}
    return Measured(grown)


def _written() -> tuple[int, float]:
    """Write the list to nowhere: how many rows, and the growth in megabytes."""
    count, first, most = 0, 0.0, 0.0
    with snapshot() as connection, Path(os.devnull).open("wb") as nowhere:
        for number, batch in enumerate(batches(connection, ListInput.read({}), LISTED)):
            for chunk in csv_chunks([], [batch]):
                nowhere.write(chunk)
            count += len(batch)
            most = max(most, resident_megabytes(os.getpid())) if number % 20 == 1 else most
            first = first or most
    return count, most - first
