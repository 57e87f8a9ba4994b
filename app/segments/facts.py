"""The facts that segments are made of: read for one guest, or named as columns for all."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Subquery, bindparam, case, func, null, select
from sqlalchemy import text as sql

from app.core.database import PREPARED
from app.customers.models import Customer
from app.extensions import db
from app.segments.definition import Facts
from app.stays.models import Stay
from app.stays.vocabulary import PURPOSES

OPEN = sql("customer_stay_history.has_open_complaint")
"""The very text of the index's own condition: a bound value would keep both engines off it."""
KEPT = Facts._fields[:-2]
"""Facts that stand on the guest's own row."""


class Purpose(NamedTuple):
    """In how many stays it was the purpose, and when the latest of them began."""

    purpose: str
    stays: int
    latest: date


class Known(NamedTuple):
    """One guest's facts, and what the purpose was chosen from."""

    facts: Facts
    purposes: list[Purpose]


_OF_ONE = (
    select(
        Stay.purpose_of_visit.label("purpose"), func.count().label("stays"),
        func.max(Stay.check_in_date).label("latest"), func.count().filter(OPEN).label("open"),
    )
    .where(Stay.customer_id == bindparam("guest_id"))
    .group_by(Stay.purpose_of_visit)
    .execution_options(**PREPARED)
)  # fmt: skip


def of_guest(guest: Customer) -> Known:
    """What is known of one guest, by one statement more; by none for who never stayed."""
    found = _rows(guest) if guest.total_stays else []
    purposes = [Purpose(row.purpose, row.stays, row.latest) for row in found if row.purpose]
    own = {name: getattr(guest, name) for name in KEPT}
    complaint = any(row.open for row in found)
    facts = Facts(**own, purpose=main_purpose(purposes), open_complaint=complaint)
    return Known(facts, purposes)


def _rows(guest: Customer) -> Sequence[Any]:
    db.session.flush()
    return db.session.connection().execute(_OF_ONE, {"guest_id": guest.id}).all()


def main_purpose(purposes: Iterable[Purpose]) -> str | None:
    """The most frequent one; of equally frequent ones that of the latest stay, then by the order of
    the vocabulary.
    """
    known = {each.purpose: each for each in purposes}
    listed = [known[name] for name in PURPOSES if name in known]
    best = max(listed, key=lambda each: (each.stays, each.latest), default=None)
    return best.purpose if best else None


def columns(purposes: Subquery, *where: ColumnElement[bool]) -> Facts:
    """The same facts as columns of guests joined with what `purposes_of` selects; `where` are those
    guests' stays.
    """
    complaint = Customer.id.in_(select(Stay.customer_id).where(OPEN, *where))
    own = {name: getattr(Customer, name) for name in KEPT}
    return Facts(**own, purpose=purposes.c.purpose, open_complaint=complaint)


def purposes_of(*where: ColumnElement[bool]) -> Subquery:
    """(customer_id, purpose) of the guests of these stays; without a purpose, none or no row."""
    counted: FromClause = _counted(where).subquery("counted")
    names = list(PURPOSES)
    whens = [(_beats(counted, name, names), name) for name in names]
    chosen = case(*whens, else_=null()).label("purpose")
    return select(counted.c.customer_id, chosen).subquery("purposes")


def _counted(where: Iterable[ColumnElement[bool]]) -> Any:
    """By guest: how many stays were for each purpose, and when the latest of these began."""
    aggregates: list[ColumnElement[Any]] = []
    for name in PURPOSES:
        is_it = Stay.purpose_of_visit == name
        aggregates.append(func.count().filter(is_it).label(f"count_{name}"))
        aggregates.append(func.max(Stay.check_in_date).filter(is_it).label(f"latest_{name}"))
    query = select(Stay.customer_id, *aggregates).where(Stay.purpose_of_visit.is_not(None), *where)
    return query.group_by(Stay.customer_id)


def _beats(counted: FromClause, name: str, names: list[str]) -> ColumnElement[bool]:
    """True where no other purpose counts more; as `main_purpose` has it."""
    mine, latest = counted.c[f"count_{name}"], counted.c[f"latest_{name}"]
    found = mine > 0
    for other in names[names.index(name) + 1 :]:
        theirs = counted.c[f"count_{other}"]
        found &= (mine > theirs) | ((mine == theirs) & (latest >= counted.c[f"latest_{other}"]))
    return found
