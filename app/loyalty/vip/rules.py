"""What reaches which VIP level and brings what: a manager's to set, section 4.2 by default."""

from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core import house_settings
from app.core.actor import Actor
from app.customers.vip import EARNED, HAND
from app.loyalty.programme import local

NAME = "vip"
FACTS = ("total_spent", "total_stays", "loyalty_points")
"""The guest's figures that count, over the whole life with the house; any one is enough."""
MILLION = 1_000_000


@dataclass(frozen=True)
class Level:
    """What reaches one level, and what it brings in the house's words.

    None: not by this figure; of benefits: those that are usual, in the reader's language.
    """

    name: str
    total_spent: Decimal | None = None
    total_stays: int | None = None
    loyalty_points: int | None = None
    benefits: tuple[str, ...] | None = None

    def needs(self) -> dict[str, Any]:
        """Figure: the least of it that reaches this level."""
        return {name: least for name in FACTS if (least := getattr(self, name)) is not None}


@dataclass(frozen=True)
class VipRules:
    """All rules together; `levels` from the lowest.

    days: how long a level that figures reached lasts before it is looked at anew. keeps_earned:
    such a level is not lowered before then, even when figures fall; the specification lowers it at
    once, so that is the default.
    """

    levels: tuple[Level, ...]
    days: int = 365
    keeps_earned: bool = False
    version: int = field(default=0, compare=False)

    def level(self, name: str) -> Level:
        """The rules of one level; of `none` nothing is needed, and it brings nothing."""
        return next((each for each in self.levels if each.name == name), Level(name))

    @property
    def kept(self) -> tuple[str, ...]:
        """Sources of levels that no evaluation lowers before their last day."""
        return (HAND, EARNED) if self.keeps_earned else (HAND,)


BENEFITS = {
    "silver": (_l("Welcome drink"), _l("Early check-in when a room is ready")),
    "gold": (
        _l("Welcome amenity in the room"), _l("Early check-in when a room is ready"),
        _l("Late check-out until 2 PM"),
    ),
    "platinum": (
        _l("Welcome amenity in the room"), _l("Room upgrade when one is free"),
        _l("Late check-out until 4 PM"), _l("Airport transfer"),
    ),
    "diamond": (
        _l("The manager greets the guest"), _l("Suite when one is free"),
        _l("Late check-out until 6 PM"), _l("Airport transfer"), _l("Dinner on the house"),
    ),
}  # fmt: skip
"""What the house offers until a manager writes something else."""
_USUAL = (
    ("silver", 20, 5, 2_000), ("gold", 50, 10, 5_000), ("platinum", 100, 15, 10_000),
    ("diamond", 200, 20, 20_000),
)  # fmt: skip


def usual() -> VipRules:
    """What holds while nobody has set anything."""
    return VipRules(
        tuple(
            Level(name, local(spent * MILLION), stays, points)
            for name, spent, stays, points in _USUAL
        )
    )


def current() -> VipRules:
    """The rules in force: the defaults with what a manager set."""
    values, version = house_settings.stored(NAME)
    found = {name: values[name] for name in ("days", "keeps_earned") if name in values}
    levels = tuple(_level(each) for each in values.get("levels", ())) or usual().levels
    return VipRules(levels, **found, version=version)


def change(rules: VipRules, *, by: Actor) -> None:
    """Write rules that were read at `rules.version`. Raises Conflict when others did since."""
    by.must("loyalty.rules")
    standard = usual()
    values: dict[str, Any] = {
        name: getattr(rules, name) for name in ("days", "keeps_earned")
        if getattr(rules, name) != getattr(standard, name)
    }  # fmt: skip
    if rules.levels != standard.levels:
        values["levels"] = [_plain(each) for each in rules.levels]
    house_settings.store(NAME, values, version=rules.version, by=by)


def benefits(rules: VipRules, name: str) -> list[str]:
    """What a level brings: as the house wrote it, else what is usual."""
    own = rules.level(name).benefits
    return usual_benefits(name) if own is None else list(own)


def usual_benefits(name: str) -> list[str]:
    """What a level brings while the house wrote nothing, in the reader's language."""
    return [str(each) for each in BENEFITS.get(name, ())]


def _plain(level: Level) -> dict[str, Any]:
    spent = None if level.total_spent is None else str(level.total_spent)
    own = {each.name: getattr(level, each.name) for each in fields(Level)}
    said = None if level.benefits is None else list(level.benefits)
    return own | {"total_spent": spent, "benefits": said}


def _level(values: dict[str, Any]) -> Level:
    spent = values["total_spent"]
    exact = None if spent is None else Decimal(spent)
    said = values["benefits"] if values["benefits"] is None else tuple(values["benefits"])
    return Level(**values | {"total_spent": exact, "benefits": said})
