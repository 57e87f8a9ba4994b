"""Figures of points: the daily run over a hundred thousand lots, whole and cut off; the tab.

What a run wrote is taken back again, since a base serves many measurements.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, select, text

from app.core.database import reading, writing
from app.loyalty import guards
from app.loyalty.models import Lot, Membership
from app.loyalty.runs import LoyaltyRun
from bench import days
from bench.bases import ROOT
from bench.frame import Bench, Measured, figure
from bench.ledger import DUE, EARLY
from bench.site import in_process, shared, surroundings

FEW, ALL = EARLY + timedelta(days=1), DUE + timedelta(days=1)
"""A run on the first takes a tenth of the lots that one on the other takes."""
_EXPIRED = "SELECT id FROM loyalty_transactions WHERE transaction_type = 'expire'"
_MINE = "SELECT membership_id FROM loyalty_transactions WHERE transaction_type = 'expire'"
TAKE_BACK = (
    (
        "UPDATE loyalty_lots SET remaining = used.points FROM loyalty_lot_uses AS used"
        " JOIN loyalty_transactions AS gone ON gone.id = used.transaction_id"
        " WHERE used.lot_id = loyalty_lots.id AND gone.transaction_type = 'expire'"
    ),
    (
        "UPDATE loyalty_memberships SET balance = first.balance, serial = first.serial FROM"
        " (SELECT membership_id, max(points_balance_before) AS balance, min(serial) - 1 AS serial"
        " FROM loyalty_transactions WHERE transaction_type = 'expire' GROUP BY membership_id)"
        " AS first WHERE first.membership_id = loyalty_memberships.id"
    ),
    (
        "UPDATE customers SET loyalty_points = now.balance, points_expiry_date = now.ends FROM"
        " (SELECT customer_id, balance, (SELECT min(expires_on) FROM loyalty_lots"
        " WHERE membership_id = loyalty_memberships.id AND remaining > 0) AS ends"
        f" FROM loyalty_memberships WHERE id IN ({_MINE})) AS now"
        " WHERE now.customer_id = customers.id"
    ),
    f"DELETE FROM loyalty_lot_uses WHERE transaction_id IN ({_EXPIRED})",
    "DELETE FROM loyalty_transactions WHERE transaction_type = 'expire'",
    "DELETE FROM guest_notices WHERE kind = 'points_expiring'",
    (
        "DELETE FROM audit_payloads WHERE entry_id IN"
        " (SELECT id FROM audit_entries WHERE action = 'points.expired')"
    ),
    "DELETE FROM audit_entries WHERE action = 'points.expired'",
    "DELETE FROM loyalty_runs",
)
AMISS = text(
    "SELECT count(*) FROM loyalty_memberships JOIN customers ON customers.id = customer_id"
    " WHERE loyalty_points <> balance OR balance <> (SELECT coalesce(sum(remaining), 0)"
    " FROM loyalty_lots WHERE membership_id = loyalty_memberships.id AND remaining > 0)"
    " OR balance <>"
    " (SELECT points_balance_after FROM loyalty_transactions WHERE serial ="
    " loyalty_memberships.serial AND membership_id = loyalty_memberships.id)"
)
"""Members whose balance is not what their lots, their last row or their profile say."""
TWICE = text(
    "SELECT count(*) FROM (SELECT 1 FROM loyalty_transactions WHERE transaction_type = 'expire'"
    " GROUP BY membership_id HAVING count(*) > 1) AS several"
)


def _where(bench: Bench) -> dict[str, str]:
    """The environment of those who work on the base, whose lots are as they were made."""
    if "where" not in bench.kept:
        folder = bench.open.enter_context(tempfile.TemporaryDirectory())
        with in_process(bench.base, folder):
            pass  # makes the key store
        bench.open.callback(_take_back, bench)
        bench.kept["where"] = os.environ | surroundings(bench.base, folder)
    _take_back(bench)
    return dict(bench.kept["where"])


def _take_back(bench: Bench) -> None:
    with writing(), bench.engine.begin() as connection:
        guards.drop(connection)
        for statement in TAKE_BACK:
            connection.execute(text(statement))
        guards.create(connection)
    if bench.base.engine == "postgresql":
        alone = bench.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        with alone as connection:
            connection.exec_driver_sql("VACUUM loyalty_lots, loyalty_memberships, customers")


def _start(where: dict[str, str], *steps: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bench.expiry", *steps]
    return subprocess.Popen(command, cwd=ROOT, env=where, stdout=subprocess.PIPE)


def _do(where: dict[str, str], *steps: str) -> dict[str, list[float]]:
    process = _start(where, *steps)
    told, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"the run ended with {process.returncode}")
    found: dict[str, list[float]] = json.loads(told)
    return found


def _ask(bench: Bench, query: Any) -> int:
    with reading(), bench.engine.connect() as connection:
        return int(connection.execute(query).scalar() or 0)


def _lots(bench: Bench, day: Any) -> int:
    over = select(func.count()).where(Lot.remaining > 0, Lot.expires_on < day)
    return _ask(bench, over)


def _measure(bench: Bench) -> dict[str, float]:
    """A run over few lots, the warning of all others, and a run over these; kept."""
    if "expiry" in bench.kept:
        return dict(bench.kept["expiry"])
    few, warn, rest = f"expire:{FEW}", f"warn:{FEW}", f"expire:{ALL}"
    where = _where(bench)
    first, every = _lots(bench, FEW), _lots(bench, ALL)
    took = _do(where, few, warn, rest)
    found = {
        "few": took[few][0] / first, "rest": took[rest][0] / (every - first),
        "grown": took[rest][1] - took[few][1],
    }  # fmt: skip
    bench.kept["expiry"] = found
    bench.details["daily run of points"] = {
        f"{first:,} lots": f"{took[few][0]:.1f} s, {found['few'] * 1000:.3f} ms a lot",
        f"{every - first:,} lots": f"{took[rest][0]:.1f} s, {found['rest'] * 1000:.3f} ms a lot",
        "notices of those before they end": f"{took[warn][0]:.1f} s",
        "most memory": f"{took[few][1]:.0f} MB after the first, {took[rest][1]:.0f} MB after all",
    }
    return found


@figure("90,000 lots end, time a lot beside 10,000", "x", 1.5, 1.2, floor="L")
def linear(bench: Bench) -> Measured:
    """With the ledger, balances, guests' columns and the log, committed by portions."""
    found = _measure(bench)
    return Measured(found["rest"], found["few"])


@figure("90,000 lots end, growth of memory", "MB", 16, 8)
def memory(bench: Bench) -> Measured:
    """What the process takes more than for 10,000."""
    return Measured(max(0.0, _measure(bench)["grown"]))


@figure("points amiss after a run was killed and resumed", "count", 0, 0)
def resumed(bench: Bench) -> Measured:
    """Killed by signal 9 after a fifth; accounts whose sums do not hold, and lots left or twice."""
    where = _where(bench)
    every = _lots(bench, ALL)
    process = _start(where, f"expire:{ALL}")
    reached = _kill_after(bench, process, every // 5)
    halfway = _ask(bench, AMISS)
    took = _do(where, f"expire:{ALL}")[f"expire:{ALL}"][0]
    ended = _ask(bench, select(func.sum(LoyaltyRun.lots)))
    amiss = halfway + _ask(bench, AMISS) + _ask(bench, TWICE) + _lots(bench, ALL)
    bench.details["daily run of points, killed"] = {
        "lots before": f"{reached:,}", "lots after": f"{ended - reached:,} in {took:.1f} s",
    }  # fmt: skip
    return Measured(float(amiss + abs(every - ended)))


def _kill_after(bench: Bench, process: subprocess.Popen[bytes], lots: int) -> int:
    ended = select(func.sum(LoyaltyRun.lots))
    while process.poll() is None and _ask(bench, ended) < lots:
        time.sleep(0.01)
    if process.poll() is not None:
        raise RuntimeError("the run was over before it was killed")
    process.send_signal(signal.SIGKILL)
    process.wait()
    return _ask(bench, ended)


def _long_one(connection: Connection) -> Any:
    longest = select(Membership.customer_id).order_by(Membership.serial.desc()).limit(1)
    return connection.execute(longest).scalar_one()


@figure("loyalty tab of 10,000 transactions, p95", "x", 3, 2, floor="P")
def tab(bench: Bench) -> Measured:
    """The whole page."""
    with reading(), bench.engine.connect() as connection:
        guest = _long_one(connection)
    rounds = days.WARM + bench.many(days.ROUNDS, days.FEW)
    site = shared(bench, "bench.still:app")
    return days.beside_still(bench, "loyalty", site, [guest] * rounds)
