"""What every figure shares: its limits, the bench it runs on, and how it is judged.

A figure is a function of a Bench that answers seconds (or megabytes), registered by `@figure`;
`bench/run.py` names the modules that hold figures.
"""

import math
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Engine

from bench.bases import Base

Kind = Literal["S/", "x", "MB", "s", "count"]
FULL_SIZE = 1_000_000


@dataclass
class Bench:
    """One base under measurement; floors are measured beside their subjects.

    kept: what several figures share. open: what of it ends with the bench.
    """

    base: Base
    engine: Engine
    details: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    open: ExitStack = field(default_factory=ExitStack)

    @property
    def is_full(self) -> bool:
        """Limits that compare with a scan of the base hold at full size only."""
        return self.base.size >= FULL_SIZE

    def many(self, full: int, quick: int) -> int:
        """How often something is done: `quick` serves a look that takes three minutes in all."""
        return full if self.is_full else quick


@dataclass(frozen=True)
class Measured:
    """What a figure answers: the subject, and the floor of the same minutes where it has one.

    Both in seconds, but for MB and counts.
    """

    subject: float
    floor: float = 0.0


@dataclass(frozen=True)
class Figure:
    """A figure of the table. kind: `S/` floor over subject, more is better; `x` subject over
    floor; `MB`, `s` and `count` as they stand; less is better for all of these.

    engines: those it is measured on. scales: its limits hold at full size only.
    """

    name: str
    kind: Kind
    must: dict[str, float]
    aim: dict[str, float]
    measure: Callable[[Bench], Measured]
    floor: str = ""
    scales: bool = False

    def value(self, measured: Measured) -> float:
        """The measured value in the figure's own terms."""
        if self.kind == "S/":
            return measured.floor / measured.subject if measured.subject else math.inf
        return measured.subject / measured.floor if self.kind == "x" else measured.subject

    def verdict(self, value: float, engine: str, *, full: bool) -> str:
        """`aim`, `must` or `MISS`; a dash where the limit is for another size."""
        if self.scales and not full:
            return "-"
        for word, limits in (("aim", self.aim), ("must", self.must)):
            limit = limits[engine]
            if value >= limit if self.kind == "S/" else value <= limit:
                return word
        return "MISS"

    def shown(self, value: float) -> str:
        """A value or limit as the table shows it."""
        number = f"{value:,.0f}" if value >= 20 or value == int(value) else f"{value:.2f}"
        if self.kind in ("S/", "x"):
            return f"S/{number}" if self.kind == "S/" else f"{number} {self.floor}"
        return {"MB": f"{number} MB", "s": f"{value:.2f} s"}.get(self.kind, number)


FIGURES: list[Figure] = []
Limit = float | tuple[float, float]


def figure(
    name: str, kind: Kind, must: Limit, aim: Limit, *, floor: str = "", scales: bool = False
) -> Callable[[Callable[[Bench], Measured]], Callable[[Bench], Measured]]:
    """Register a figure. A pair of limits is for SQLite and PostgreSQL."""

    def keep(measure: Callable[[Bench], Measured]) -> Callable[[Bench], Measured]:
        FIGURES.append(Figure(name, kind, _both(must), _both(aim), measure, floor, scales))
        return measure

    return keep


def _both(limit: Limit) -> dict[str, float]:
    pair = limit if isinstance(limit, tuple) else (limit, limit)
    return {"sqlite": pair[0], "postgresql": pair[1]}


def timed(work: Callable[[], Any]) -> float:
    """Seconds that one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def steady(work: Callable[[], Any], repeats: int = 3) -> float:
    """The median of a few calls: what the work costs, not what a neighbour did meanwhile."""
    return statistics.median(timed(work) for _ in range(repeats))


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


def interleaved(floor: Callable[[], Any], subject: Callable[[], Any], rounds: int = 8) -> Measured:
    """Floor, subject, floor, subject: medians of both, so that a slow minute hits both."""
    pairs = [(timed(floor), timed(subject)) for _ in range(rounds)]
    return Measured(
        subject=statistics.median(pair[1] for pair in pairs),
        floor=statistics.median(pair[0] for pair in pairs),
    )
