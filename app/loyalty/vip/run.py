"""The run over all guests: SQL finds those whose level may change, and portions are written.

The search reads an index alone and locks nobody. Each portion is judged again under lock, so a
run that dies, or is run twice, changes nothing twice.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, select, update

from app.core import audit
from app.core.actor import HOUSE, Actor
from app.core.bulk import among, insert_many
from app.core.clock import now, today, zone
from app.core.crypto import vault
from app.core.database import reading, writing
from app.core.jobs import Claim, handles, progress
from app.customers import search
from app.customers.facts import EMAILS, PHONES, facts_of
from app.customers.models import Customer, VipChange
from app.extensions import db
from app.loyalty.vip import evaluation, notices, rules
from app.loyalty.vip.criteria import Verdict, in_sql, judge, reached_in_sql
from app.loyalty.vip.rules import FACTS, VipRules

KIND = "vip.evaluate"
PORTION = 200
"""So many are written in one transaction: on SQLite, other writers wait for it."""
_JUDGED = ("id", "number", "status", "is_blacklisted", *evaluation.COLUMNS, *FACTS)
_WRITTEN = (
    *_JUDGED, "version", "customer_code", "full_name", "display_name", "first_name",
    "middle_name", "last_name", "former_names", "company_name", "loyalty_number",
    "last_stay_date", "merged_into", *EMAILS, *PHONES,
)  # fmt: skip
_GUESTS = cast(Table, Customer.__table__)
_SET = (
    update(_GUESTS)
    .where(_GUESTS.c.id == bindparam("guest"))
    .values(
        vip_status=bindparam("level"), vip_source=bindparam("source"),
        vip_status_expiry=bindparam("until"), updated_at=bindparam("moment"),
        version=_GUESTS.c.version + 1,
    )
)  # fmt: skip
Decided = list[tuple[Any, Verdict]]


@dataclass
class Ran:
    """What a run did: how many levels it raised, lowered or ended, and renewed."""

    raised: int = 0
    lowered: int = 0
    renewed: int = 0

    def count(self, decided: Decided) -> None:
        """Add a portion."""
        for _guest, verdict in decided:
            name = {"upgrade": "raised", "renewed": "renewed"}.get(verdict.kind, "lowered")
            setattr(self, name, getattr(self, name) + 1)


@handles(KIND, every=timedelta(hours=1))
def daily(job: Claim) -> None:
    """One run for each day of the property's calendar, and one whenever the rules changed."""
    last = last_ran()
    if job.payload.get("now") or last is None or last.astimezone(zone()).date() != today():
        run(job)


def last_ran() -> datetime | None:
    """When a run last came to its end."""
    ends = select(audit.AuditEntry.at).where(audit.AuditEntry.action == "vip.ran")
    return db.session.scalar(ends.order_by(audit.AuditEntry.id.desc()).limit(1))


def run(job: Claim, *, by: Actor = HOUSE) -> Ran:
    """Bring every guest's level in step; commits portion by portion.

    What the very first run finds was reached long ago, so nobody is to be told of it as news.
    """
    own, day, ran, news = rules.current(), today(), Ran(), last_ran() is not None
    for portion in _portions(numbers(own, day), own, day):
        decided = hold(portion, own, day)
        write(decided, by, news=news)
        ran.count(decided)
        progress(job, job.done)
        db.session.commit()
    audit.record("vip.ran", ("vip", None), by=by, **vars(ran))
    db.session.commit()
    return ran


def due(own: VipRules, day: date) -> int:
    """How many levels a run would change or renew now; changes nothing."""
    return sum(len(portion) for portion in _portions(numbers(own, day), own, day))


def searches(own: VipRules, day: date) -> tuple[Select[int], Select[int]]:
    """Who may have to change, by number: those whose figures reach another level than they have,
    for which an index alone is read, and those whose level's last day is over.
    """
    everybody = select(Customer.number).where(*in_sql())
    differs = everybody.where(Customer.vip_status != reached_in_sql(own))
    return differs, everybody.where(Customer.vip_status_expiry < day)


def numbers(own: VipRules, day: date) -> "array[int]":
    """What the searches find, in few bytes each."""
    found = array("q")
    with reading():
        db.session.rollback()
        for query in searches(own, day):
            found.extend(db.session.scalars(query))
        db.session.rollback()
    return found


def _portions(found: Sequence[int], own: VipRules, day: date) -> Iterator[list[int]]:
    """Those about whom there is something to decide indeed, some at a time."""
    for start in range(0, len(found), PORTION):
        with reading():
            db.session.rollback()
            rows = _rows(_JUDGED, list(found[start : start + PORTION]))
            which = [row.number for row, _verdict in _judged(rows, own, day)]
            db.session.rollback()
        if which:
            yield which


def _rows(names: Sequence[str], which: list[int], *, hold: bool = False) -> list[Any]:
    query = select(*(getattr(Customer, name) for name in names))
    query = query.where(among(Customer.number, which)).order_by(Customer.id)
    return list(db.session.execute(query.with_for_update() if hold else query))


def _judged(rows: Sequence[Any], own: VipRules, day: date) -> Decided:
    having = [row.id for row in rows if row.vip_status != "none"]
    grants = evaluation.granted(having, day) if having else {}
    found = ((row, judge(row, own, day, partial(grants.get, row.id))) for row in rows)
    return [(row, verdict) for row, verdict in found if verdict]


def hold(which: list[int], own: VipRules, day: date) -> Decided:
    """What is decided now that nobody else changes these guests."""
    with writing():
        return _judged(_rows(_WRITTEN, which, hold=True), own, day)


def write(decided: Decided, by: Actor, *, news: bool) -> None:
    """Write what was decided of held guests; `news`: with notices."""
    if not decided:
        return
    rows = [evaluation.row_of(guest, verdict) for guest, verdict in decided]
    kept = [row for row in rows if row["kind"] != "renewed"]
    connection, moment = db.session.connection(), now()
    connection.execute(_SET, [
        {"guest": guest.id, "level": verdict.level, "source": verdict.source,
         "until": verdict.until, "moment": moment}
        for guest, verdict in decided
    ])  # fmt: skip
    insert_many(connection, cast(Table, VipChange.__table__), kept)
    if news:
        notices.tell(kept)
    search.index_many(connection, [_facts(*each) for each in decided])
    _record(decided, by)


def _facts(guest: Any, verdict: Verdict) -> search.GuestFacts:
    """What search needs of a guest with the level that was decided."""
    now_has = dict(guest._mapping) | {"vip_status": verdict.level}
    return facts_of(cast(Customer, SimpleNamespace(**now_has)))


def _record(decided: Decided, by: Actor) -> None:
    vault().keys([guest.id for guest, _verdict in decided])  # one errand for all
    audit.record_many(
        (
            (evaluation.ACTIONS[verdict.kind], ("customer", guest.id),
             evaluation.changed(guest, verdict), {"version": guest.version + 1})
            for guest, verdict in decided
        ),
        by=by,
    )  # fmt: skip
