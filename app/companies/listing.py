"""The list of companies: found by pieces of the name, sorted, in bounded pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from app.companies import travellers
from app.companies.inputs import CREDIT
from app.companies.models import Company
from app.companies.vocabulary import TYPES
from app.core.actor import Actor
from app.core.paging import Numbered
from app.core.text import fold
from app.extensions import db

COLUMNS = {
    "name": Company.sort_name, "city": Company.city, "created_at": Company.created_at,
    "current_balance": Company.current_balance,
}  # fmt: skip
FALLING = ("created_at", "current_balance")
"""Orders that staff want from the top."""
FEW = 10


@dataclass(frozen=True)
class Listed:
    """A company and how many guests travel for it."""

    company: Company
    travellers: int


@dataclass(frozen=True)
class CompanyPage(Numbered):
    """A page of the list. `total` counts all pages."""

    rows: list[Listed]
    total: int
    page: int
    limit: int


def find_page(filters: Mapping[str, Any], *, by: Actor) -> CompanyPage:
    """The page that the filters, as `ListInput` gives them, ask for; three statements.

    Raises NotAllowed for the order of balances without the right to see them.
    """
    by.must("companies.read")
    if filters["sort_by"] == "current_balance":
        by.must(CREDIT)
    asked = _conditions(filters["search"], filters["status"])
    total = db.session.scalar(select(func.count()).select_from(Company).where(*asked)) or 0
    skip = (filters["page"] - 1) * filters["limit"]
    query = select(Company).where(*asked).order_by(*_order(filters))
    found = list(db.session.scalars(query.offset(skip).limit(filters["limit"]))) if total else []
    known = travellers.counts([each.id for each in found]) if found else {}
    rows = [Listed(each, known.get(each.id, 0)) for each in found]
    return CompanyPage(rows, total, filters["page"], filters["limit"])


def look(typed: str, limit: int = FEW) -> list[Company]:
    """The best active companies for what was typed: those first whose name begins so."""
    text = fold(typed[:200])
    if not text:
        return []
    begins = case((Company.sort_name.startswith(text, autoescape=True), 0), else_=1)
    query = select(Company).where(*_conditions(typed, "active"))
    return list(db.session.scalars(query.order_by(begins, Company.sort_name).limit(limit)))


def place_of(company: Company) -> str:
    """Kind and city in one line."""
    return " · ".join(filter(None, (str(TYPES[company.company_type]), company.city)))


def _conditions(search: str | None, status: str) -> list[ColumnElement[bool]]:
    """Every piece of what was typed must be in the folded name; an apostrophe may be missing."""
    bare = func.replace(Company.sort_name, "'", "")
    pieces = fold((search or "")[:200]).replace("'", "").split()[:8]
    found: list[ColumnElement[bool]] = [bare.contains(piece, autoescape=True) for piece in pieces]
    return found if status == "all" else [*found, Company.status == status]


def _order(filters: Mapping[str, Any]) -> list[Any]:
    name = filters["sort_by"]
    usual = "desc" if name in FALLING else "asc"
    falling = (filters["order"] or usual) == "desc"
    column = COLUMNS[name]
    keys = [column.desc() if falling else column.asc(), Company.sort_name, Company.id]
    return [column.is_(None), *keys] if name == "city" else keys
