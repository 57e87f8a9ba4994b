"""Measures every figure on both engines and prints one table: `python -m bench [--quick]`.

The table is kept in bench/results/ as Markdown and JSON.
"""

import argparse
import importlib
import json
import os
import platform
import sqlite3
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import cluster, frame
from bench.bases import Name, bases
from bench.frame import FULL_SIZE, Bench, Figure
from tools.postgres import find_programs

QUICK_SIZE = 50_000
MODULES = ("bench.search", "bench.lists", "bench.pages", "bench.writes", "bench.imports",
           "bench.days", "bench.documents", "bench.loyalty", "bench.levels",
           "bench.segments")  # fmt: skip
RESULTS = Path(__file__).resolve().parent / "results"
HEADS = ("figure", "engine", "measured", "must", "aim", "reached")
Line = dict[str, Any]


def main() -> int:
    """0 when nothing missed a limit, else 1."""
    options = _options()
    for module in MODULES:
        importlib.import_module(module)
    names: tuple[Name, ...] = tuple(options.engine or _engines())
    size = options.size or (QUICK_SIZE if options.quick else FULL_SIZE)
    lines: list[Line] = []
    details: dict[str, Any] = {}
    with bases(size, names, as_is=options.as_is) as found:
        for base in found:
            bench = Bench(base, base.open())
            wanted = [figure for figure in frame.FIGURES if _wanted(figure, options)]
            with bench.open:
                lines += [_line(figure, bench) for figure in wanted]
            details[base.engine] = bench.details
            bench.engine.dispose()
    _keep(size, lines, details)
    return int(any(line["reached"] == "MISS" for line in lines))


def _engines() -> tuple[Name, ...]:
    if find_programs() or os.environ.get(cluster.GIVEN):
        return ("sqlite", "postgresql")
    print("no PostgreSQL 15 or newer was found, so only SQLite is measured")
    return ("sqlite",)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SIZE:,} guests")
    parser.add_argument("--size", type=int, help="so many guests")
    parser.add_argument("--as-is", action="store_true", help="measure the bases as they stand")
    parser.add_argument("--engine", action="append", choices=("sqlite", "postgresql"))
    parser.add_argument("--only", default="", help="figures whose name contains this")
    parser.add_argument("--without", help="no figures whose name contains this")
    return parser.parse_args()


def _wanted(figure: Figure, options: argparse.Namespace) -> bool:
    left_out = options.without is not None and options.without in figure.name
    return str(options.only) in figure.name and not left_out


def _line(figure: Figure, bench: Bench) -> Line:
    engine, begin = bench.base.engine, time.monotonic()
    print(f"measuring on {engine}: {figure.name}", end=" ", flush=True)
    measured = figure.measure(bench)
    print(f"({time.monotonic() - begin:.0f} s)", flush=True)
    value = figure.value(measured)
    return {
        "figure": figure.name,
        "engine": engine,
        "measured": figure.shown(value),
        "must": figure.shown(figure.must[engine]),
        "aim": figure.shown(figure.aim[engine]),
        "reached": figure.verdict(value, engine, full=bench.is_full),
        "subject": measured.subject,
        "floor": measured.floor,
    }


def _table(lines: list[Line]) -> str:
    rows = [HEADS, *(tuple(line[head] for head in HEADS) for line in lines)]
    widths = [max(len(str(row[place])) for row in rows) for place in range(len(HEADS))]
    told = ["| " + " | ".join(str(v).ljust(w) for v, w in zip(row, widths, strict=True)) + " |"
            for row in rows]  # fmt: skip
    told.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(told)


def _machine() -> str:
    return (
        f"{os.cpu_count()} processors, {platform.system()} {platform.machine()},"
        f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def _keep(size: int, lines: list[Line], details: dict[str, Any]) -> None:
    now = datetime.now(UTC)
    table = _table(lines)
    print(f"\n{table}\n")
    if size < FULL_SIZE:
        print(f"- limits that compare with S hold at {FULL_SIZE:,} guests only")
    RESULTS.mkdir(exist_ok=True)
    kept = RESULTS / f"{now:%Y-%m-%d}-{size}"
    told = f"# {size:,} guests, {now:%Y-%m-%d %H:%M} UTC\n\n{_machine()}\n\n{table}\n"
    for engine, parts in details.items():
        for title, values in parts.items():
            told += f"\n## {engine}: {title}\n\n"
            told += "".join(f"- {name}: {value}\n" for name, value in values.items())
    kept.with_suffix(".md").write_text(told)
    document = {"size": size, "at": now.isoformat(), "machine": _machine(), "figures": lines}
    kept.with_suffix(".json").write_text(json.dumps(document | {"details": details}, indent=1))
    print(f"kept in {kept}.md")


if __name__ == "__main__":
    sys.exit(main())
