"""Promotions: days on which points come more easily, made and retired by a manager."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, validates_schema
from sqlalchemy import select

from app.core import audit
from app.core.actor import Actor
from app.core.database import alone
from app.core.errors import Conflict, Invalid, NotFound
from app.core.inputs import Choice, Day, Input, Line, Several
from app.core.paging import Whole
from app.extensions import db
from app.loyalty.inputs import Times
from app.loyalty.models import Promotion
from app.loyalty.vocabulary import SOURCES, TIERS

FIELDS = (
    "code", "name", "starts_on", "ends_on", "multiplier", "bonus", "sources", "tiers",
)  # fmt: skip
MOST_BONUS = 10_000_000
LONGEST = timedelta(days=3660)
SHOWN = 200
"""So many of the newest are listed."""


class PromotionInput(Input):
    """A promotion. An empty list of sources or tiers means all."""

    code = Line(
        max_length=30, required=True, allow_none=False,
        metadata={"label": _l("Short name"), "hint": _l("Stands in the account: SUMMER26.")},
    )  # fmt: skip
    name = Line(max_length=100, required=True, allow_none=False, metadata={"label": _l("Name")})
    starts_on = Day(
        required=True, allow_none=False,
        metadata={"label": _l("First day"), "hint": _l("Of a stay, the day of departure counts.")},
    )  # fmt: skip
    ends_on = Day(required=True, allow_none=False, metadata={"label": _l("Last day")})
    multiplier = Times(
        load_default=Decimal(1),
        metadata={
            "label": _l("Multiplier"), "render": {"inputmode": "decimal"},
            "hint": _l("2 doubles the points, after the tier’s multiplier."),
        },
    )  # fmt: skip
    bonus = Whole(
        0, MOST_BONUS, load_default=0,
        metadata={
            "label": _l("Points on top"), "render": {"inputmode": "numeric"},
            "hint": _l("As many for each stay or amount, after rounding."),
        },
    )  # fmt: skip
    sources = Several(
        Choice(SOURCES), load_default=list,
        metadata={"label": _l("For what"), "hint": _l("None chosen: for everything.")},
    )  # fmt: skip
    tiers = Several(
        Choice(TIERS), load_default=list,
        metadata={"label": _l("For which tiers"), "hint": _l("None chosen: for all.")},
    )  # fmt: skip

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_more: Any) -> None:
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            raise ValidationError([_l("This day lies before the first day.")], "ends_on")
        if starts and ends and ends - starts > LONGEST:
            raise ValidationError([_l("This lies too far in the future.")], "ends_on")


def find() -> list[Promotion]:
    """The promotions, those that begin last first."""
    query = select(Promotion).order_by(Promotion.starts_on.desc(), Promotion.id.desc())
    return list(db.session.scalars(query.limit(SHOWN)))


def get(promotion_id: uuid.UUID) -> Promotion:
    """The promotion. Raises NotFound."""
    found = db.session.get(Promotion, promotion_id)
    if found is None:
        raise NotFound(str(promotion_id))
    return found


def save(
    promotion_id: uuid.UUID, values: Mapping[str, Any], version: int | None, *, by: Actor
) -> Promotion:
    """Write a promotion as `PromotionInput` gives it; the id came with the form, so that one sent
    twice is one.

    Entries made so far stay as they were. Raises Conflict for one that was changed meanwhile or
    is retired, Invalid for a short name that another one has.
    """
    by.must("loyalty.rules")
    alone("loyalty.promotions")  # of two that are new at once, the second finds the first
    row = db.session.get(Promotion, promotion_id, with_for_update=True, populate_existing=True)
    if row is None and version:
        raise NotFound(str(promotion_id))
    wanted = {name: values[name] for name in FIELDS}
    wanted |= {"multiplier": values["multiplier"] or Decimal(1)}
    if wanted["multiplier"] == 1 and not wanted["bonus"]:
        raise Invalid({"multiplier": _l("A multiplier or points on top: one of them is needed.")})
    if row is not None:
        if not row.retired and all(getattr(row, n) == v for n, v in wanted.items()):
            return row
        _refuse_stale(row, version)
    _refuse_taken(promotion_id, wanted["code"])
    return _write(row, promotion_id, wanted, by)


def _refuse_stale(row: Promotion, version: int | None) -> None:
    if row.retired:
        raise Conflict(_l("This promotion is retired. Make a new one."))
    if row.version != version:
        raise Conflict(_l("Somebody changed this promotion meanwhile. Look at it again."))


def _refuse_taken(promotion_id: uuid.UUID, code: str) -> None:
    others = select(Promotion.code).where(Promotion.id != promotion_id)
    if code.casefold() in {other.casefold() for other in db.session.scalars(others)}:
        raise Invalid({"code": _l("Another promotion has this short name.")})


def _write(
    row: Promotion | None, promotion_id: uuid.UUID, wanted: dict[str, Any], by: Actor
) -> Promotion:
    before = {name: getattr(row, name) if row else None for name in FIELDS}
    made = row or Promotion(id=promotion_id, retired=False, version=1)
    for name, value in wanted.items():
        setattr(made, name, value)
    db.session.add(made)
    db.session.flush()
    changes = {n: (before[n], v) for n, v in wanted.items() if before[n] != v}
    if changes:
        action = "promotion.changed" if row else "promotion.created"
        audit.record(action, ("promotion", made.id), by=by, changes=changes)
    return made


def retire(promotion_id: uuid.UUID, *, by: Actor) -> None:
    """End a promotion for good; what it brought stays. Again is no change."""
    by.must("loyalty.rules")
    row = db.session.get(Promotion, promotion_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(str(promotion_id))
    if not row.retired:
        row.retired = True
        audit.record("promotion.retired", ("promotion", row.id), by=by)
        db.session.flush()


def beside(one: Promotion, others: list[Promotion]) -> list[str]:
    """The names of those that run on some of the same days; of these the best counts."""
    return [
        other.name for other in others
        if other.id != one.id and not other.retired
        and other.starts_on <= one.ends_on and other.ends_on >= one.starts_on
    ]  # fmt: skip
