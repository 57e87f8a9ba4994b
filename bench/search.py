"""Figures of search: as typed, the worst class and query, and the same ten as brute force."""

import random
import statistics
import uuid
from typing import Any

from sqlalchemy import select

from app.core.database import reading
from app.customers.search import find
from app.customers.search.models import SearchRow
from bench.floors import scan
from bench.frame import Bench, Measured, figure, percentile, steady, timed
from bench.people import some_guests
from bench.queries import queries, typed
from bench.reference import BruteForce

EACH, NAMES, ROUNDS = 30, 40, 8
SOME, COMPARED = 4000, 500
Row = dict[str, Any]


def _measure(bench: Bench) -> dict[str, Any]:
    """Every class and the typing, in rounds with the scan between; kept for the three figures."""
    if "search" in bench.kept:
        return dict(bench.kept["search"])
    some = some_guests(bench.base.size, SOME)
    asked = [(name, q) for name, several in queries(some, EACH).items() for q in several]
    asked += [("as typed", query) for query in typed(some, NAMES)]
    random.Random(3).shuffle(asked)
    taken: dict[str, list[tuple[float, str]]] = {}
    floors = []
    with reading(), bench.engine.connect() as connection:
        for query in ("nguyen", "van anh", "0912", "guye", "x") * 6:
            find(connection, query)  # statements are prepared and pages read as in a warm worker
        for part in range(bench.many(ROUNDS, 4)):
            floors.append(timed(lambda: scan(bench.engine)))
            for name, query in asked[part::ROUNDS]:
                seconds = steady(lambda q=query: find(connection, q))  # type: ignore[misc]
                taken.setdefault(name, []).append((seconds, query))
    bench.kept["search"] = {"floor": statistics.median(floors), "taken": taken}
    bench.details["search, milliseconds"] = _told(taken, statistics.median(floors))
    return dict(bench.kept["search"])


def _told(taken: dict[str, list[tuple[float, str]]], floor: float) -> dict[str, str]:
    told = {"S": f"{floor * 1000:.0f}"}
    for name, pairs in sorted(taken.items()):
        times = [seconds * 1000 for seconds, _ in pairs]
        worst = max(pairs)[1]
        told[name] = (
            f"p50 {percentile(times, 0.5):.2f}  p95 {percentile(times, 0.95):.2f}"
            f"  max {max(times):.2f}  ({worst})"
        )
    return told


@figure("search SQL as typed, p95", "S/", (100, 25), (200, 50), scales=True)
def as_typed(bench: Bench) -> Measured:
    """The whole of `find`, letter by letter."""
    found = _measure(bench)
    times = [seconds for seconds, _ in found["taken"]["as typed"]]
    return Measured(percentile(times, 0.95), found["floor"])


@figure("search SQL, worst class p95", "S/", 15, 25, scales=True)
def worst_class(bench: Bench) -> Measured:
    """The p95 of the class with the largest."""
    found = _measure(bench)
    classes = [[seconds for seconds, _ in pairs] for pairs in found["taken"].values()]
    return Measured(max(percentile(times, 0.95) for times in classes), found["floor"])


@figure("search SQL, worst single query", "S/", 8, 15, scales=True)
def worst_query(bench: Bench) -> Measured:
    """The slowest of all queries."""
    found = _measure(bench)
    worst = max(seconds for pairs in found["taken"].values() for seconds, _ in pairs)
    return Measured(worst, found["floor"])


@figure("top ten unlike brute force", "count", 0, 0)
def unlike(bench: Bench) -> Measured:
    """How many queries of all classes answer other guests, or in another order."""
    some = some_guests(bench.base.size, SOME)
    asked = [q for several in queries(some, 25, seed=17).values() for q in several]
    asked = (asked + typed(some, NAMES))[:COMPARED]
    asked = asked[:: bench.many(1, 28)]
    columns = (SearchRow.key, SearchRow.leads_to, SearchRow.words, SearchRow.names)
    with reading(), bench.engine.connect() as connection:
        brute = BruteForce(row.tuple() for row in connection.execute(select(*columns)))
        wrong = [q for q in asked if _found(connection, q) != [g for g, _ in brute.best(q)]]
    bench.details["queries compared with brute force"] = {
        "compared": str(len(asked)), "unlike": ", ".join(wrong) or "none",
    }  # fmt: skip
    return Measured(len(wrong))


def _found(connection: Any, query: str) -> list[uuid.UUID]:
    return [hit.customer_id for hit in find(connection, query)]
