"""Companies: made, changed, archived; never deleted, since guests, bookings and stays name them."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.companies import renaming
from app.companies.inputs import PERMISSION_OF
from app.companies.models import SORT_LENGTH, Company
from app.core import audit
from app.core.actor import Actor
from app.core.clock import now
from app.core.database import alone
from app.core.errors import Conflict, NotAllowed, NotFound, Stale
from app.core.text import fold
from app.customers import edits
from app.extensions import db

Values = Mapping[str, Any]
Changes = dict[str, tuple[Any, Any]]
UNKNOWN = _l("This company is not known.")


def get(company_id: uuid.UUID) -> Company:
    """The company. Raises NotFound."""
    company = db.session.get(Company, company_id)
    if company is None:
        raise NotFound(str(company_id))
    return company


def hold(company_id: uuid.UUID) -> Company:
    """Like `get`, for a change: whoever else wants to change it, or to link a guest, waits."""
    company = db.session.get(
        Company, company_id, with_for_update={"of": Company}, populate_existing=True
    )
    if company is None:
        raise NotFound(str(company_id))
    return company


def called(name: str) -> list[Company]:
    """Companies whose name is the same but for case and accents; the first few."""
    alike = Company.sort_name == fold(name)[:SORT_LENGTH]
    found = db.session.scalars(select(Company).where(alike).order_by(Company.id).limit(50))
    return [each for each in found if fold(each.name) == fold(name)][:5]


def create(values: Values, *, by: Actor, despite_same_name: bool = False, **origin: Any) -> Company:
    """A new company. `values` as `CompanyInput` gives them.

    Raises Conflict with `candidates` when one has this name already, unless that was seen.
    """
    by.must("companies.update")
    _must_write(values, by)
    alone("companies.create")  # two people may just be making the same one
    same = [] if despite_same_name else called(values["name"])
    if same:
        candidates = [{"id": str(each.id), "name": each.name, "city": each.city} for each in same]
        sentence = _l("There is a company of this name already. Nothing was saved.")
        raise Conflict(sentence, candidates=candidates)
    given = {name: value for name, value in values.items() if value is not None}
    company = Company(**given, **origin)
    db.session.add(company)
    db.session.flush()
    news = {name: (None, value) for name, value in given.items()}
    record("company.created", company, news, by=by)
    return company


def save(
    company: Company, typed: Values, version: int, *, by: Actor
) -> tuple[Changes, edits.Meanwhile]:
    """Write what was typed into a form opened at `version`, field by field like a guest's.

    Raises Stale with the `clashes` when somebody else changed one of the same fields meanwhile.
    """
    meanwhile = edits.since(company, version, "company")
    mine, clashes = edits.compare(company, typed, meanwhile)
    if clashes:
        sentence = _l("Somebody else changed the same fields meanwhile.")
        raise Stale(sentence, clashes=clashes, mine=mine)
    return update(company, mine, by=by), meanwhile


def update(company: Company, values: Values, *, by: Actor) -> Changes:
    """Write the values into a held company; what changed, as {field: (old, new)}.

    A new name goes to the company's guests and their search rows: at once when they are few, else
    by a job. Raises NotAllowed for a field beyond one's rights.
    """
    by.must("companies.update")
    _must_write(values, by)
    changes = {n: (old, v) for n, v in values.items() if (old := getattr(company, n)) != v}
    for name in changes:
        setattr(company, name, values[name])
    if changes:
        db.session.flush()
        record("company.updated", company, changes, by=by)
    if "name" in changes:
        renaming.follow(company, by=by)
    return changes


def set_status(company: Company, status: str, *, by: Actor) -> bool:
    """Archive a held company or bring it back; False when it was so already.

    Its guests stay linked, and its figures stay; only new guests and bookings do without it.
    """
    by.must("companies.update")
    if company.status == status:
        return False
    before, company.status = company.status, status
    db.session.flush()
    action = "company.archived" if status == "archived" else "company.restored"
    record(action, company, {"status": (before, status)}, by=by)
    return True


def touch(company: Company) -> None:
    """Give a held company a new version, since what stands beside it changed."""
    company.updated_at = now()
    db.session.flush()


def record(action: str, company: Company, changes: audit.Changes, *, by: Actor) -> None:
    """Write down what happened, with the version that it made."""
    audit.record(action, ("company", company.id), by=by, changes=changes, version=company.version)


def _must_write(names: Iterable[str], by: Actor) -> None:
    refused = sorted(name for name in names if not by.may(PERMISSION_OF[name]))
    if refused:
        raise NotAllowed(", ".join(refused))
