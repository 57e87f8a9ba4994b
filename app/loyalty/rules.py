"""The programme as a manager types it: one field for each rule, and what must hold between them."""

from collections.abc import Iterator, Mapping
from dataclasses import fields as fields_of
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from marshmallow import fields

from app.core.actor import Actor
from app.core.errors import Invalid
from app.core.inputs import Amount, Choice, Input, Several, Text
from app.core.paging import Whole
from app.loyalty import programme
from app.loyalty.inputs import Times
from app.loyalty.models import MOST
from app.loyalty.programme import CHARGES, MEASURES, PERIODS, TIERS, Programme, Tier
from app.loyalty.vocabulary import TIERS as TIER_WORDS

MOST_MONTHS, MOST_DAYS, MOST_COUNTED = 600, 3650, 10_000
MOST_BENEFITS, LONGEST_BENEFIT = 30, 120
CHARGE_WORDS = dict(zip(CHARGES, (_l("The room"), _l("Extras")), strict=True))
PERIOD_WORDS = dict(
    zip(
        PERIODS,
        (_l("The last twelve months"), _l("The calendar year"), _l("Since the guest joined")),
        strict=True,
    )
)
MEASURE_WORDS = {"points": _l("Points"), "stays": _l("Stays"), "nights": _l("Nights")}


def _said(label: Any, hint: Any = "", mode: str = "numeric") -> dict[str, Any]:
    return {"label": label, "hint": hint, "render": {"inputmode": mode}}


def _count(high: int, label: Any, hint: Any = "") -> Whole:
    return Whole(0, high, required=True, metadata=_said(label, hint))


class RulesInput(Input):
    """All rules but those of each tier."""

    rate = Amount(
        required=True, allow_none=False,
        metadata=_said(_l("Amount for one point"), mode="decimal"),
    )  # fmt: skip
    charges = Several(
        Choice(CHARGE_WORDS), required=True, metadata={"label": _l("What of a stay earns points")}
    )
    point_value = Amount(
        required=True, allow_none=False,
        metadata=_said(_l("What a redeemed point is worth"), mode="decimal"),
    )  # fmt: skip
    least_redeemed = Whole(1, MOST, required=True, metadata=_said(_l("Redeemed at once, at least")))
    welcome_points = _count(
        MOST, _l("Welcome points"), _l("Given when a guest is enrolled, once. 0 for none.")
    )
    lot_months = _count(
        MOST_MONTHS, _l("Months until points end"), _l("0: they never end. Holds for new points.")
    )
    warn_days = _count(MOST_DAYS, _l("Days before that the guest is told"))
    returned_days = _count(
        MOST_DAYS, _l("Days that returned points last"),
        _l("At least, when an entry is reversed whose points are over by then."),
    )  # fmt: skip
    member_months = _count(
        MOST_MONTHS, _l("Months that a membership lasts"),
        _l("After points were last earned. 0: for ever."),
    )  # fmt: skip
    period = Choice(
        PERIOD_WORDS,
        required=True,
        allow_none=False,
        metadata={
            "label": _l("What counts for a tier"),
            "hint": _l("By calendar years, a tier that one year reached is kept through the next."),
        },
    )
    grace_days = _count(
        MOST_DAYS, _l("Days of grace"),
        _l("A tier that is no longer reached is kept so long before a lower one is proposed."),
    )  # fmt: skip


def _of_tiers() -> Iterator[tuple[str, fields.Field[Any]]]:
    for tier in TIERS:
        for name in MEASURES if tier != TIERS[0] else ():
            most = MOST if name == "points" else MOST_COUNTED
            metadata = _said(MEASURE_WORDS[name])
            yield f"{tier}_{name}", _Goal(1, most, load_default=None, metadata=metadata)
        multiplier = _said(_l("Multiplier"), mode="decimal")
        yield f"{tier}_multiplier", Times(required=True, metadata=multiplier)
        yield (
            f"{tier}_benefits",
            Text(load_default=None, metadata=_said(_l("Benefits"), _l("One a line."), "text")),
        )


class _Goal(Whole):
    """A number, or nothing."""

    def __init__(self, low: int, high: int, **options: Any) -> None:
        super().__init__(low, high, allow_none=True, **options)

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **more: Any
    ) -> Any:
        """None for an empty text."""
        return super().deserialize(None if value == "" else value, attr, data, **more)


ProgrammeInput = cast(type[Input], RulesInput.from_dict(dict(_of_tiers()), name="ProgrammeInput"))
PLAIN = tuple(RulesInput().fields)


def typed(programme: Programme) -> dict[str, Any]:
    """Rules as the form shows them."""
    values = {name: getattr(programme, name) for name in PLAIN}
    for tier in programme.tiers:
        goals = MEASURES if tier.name != TIERS[0] else ()
        values |= {f"{tier.name}_{name}": getattr(tier, name) for name in goals}
        values[f"{tier.name}_multiplier"] = tier.multiplier.normalize() + Decimal(0)
        values[f"{tier.name}_benefits"] = "\n".join(tier.brings)
    return values


def made_of(values: Mapping[str, Any], base: Programme) -> Programme:
    """What a `ProgrammeInput` says, checked. Raises Invalid with a sentence at each field."""
    known = {each.name for each in fields_of(Programme)}
    plain = {name: values[name] for name in PLAIN if name in known}
    plain["charges"] = tuple(name for name in CHARGES if name in values["charges"])
    made = replace(base, **plain, tiers=tuple(_tier(name, values) for name in TIERS))
    check(made)
    return made


def _tier(name: str, values: Mapping[str, Any]) -> Tier:
    goals = {measure: values.get(f"{name}_{measure}") for measure in MEASURES}
    lines = [line.strip() for line in (values.get(f"{name}_benefits") or "").splitlines()]
    said = list(dict.fromkeys(line for line in lines if line))
    own = None if said == programme.usual_benefits(name) else tuple(said)
    return Tier(name, **goals, multiplier=values[f"{name}_multiplier"], benefits=own)


def save(values: Mapping[str, Any], version: int, *, by: Actor) -> None:
    """Write rules that were shown at a version. Raises Invalid, or Conflict for an older one."""
    by.must("loyalty.rules")
    base = replace(programme.current(), version=version)
    programme.change(made_of(values, base), by=by)


def check(made: Programme) -> None:
    """Raise Invalid where rules do not fit each other."""
    faults: dict[str, Any] = {
        name: _l("Above 0.") for name in ("rate", "point_value") if getattr(made, name) <= 0
    }
    if not made.charges:
        faults["charges"] = _l("Choose at least one.")
    for lower, tier in zip(made.tiers, made.tiers[1:], strict=False):
        faults |= dict(_falls(lower, tier, made))
    for tier in made.tiers:
        said = tier.benefits or ()
        if len(said) > MOST_BENEFITS or any(len(each) > LONGEST_BENEFIT for each in said):
            faults[f"{tier.name}_benefits"] = _l(
                "At most %(lines)s lines of %(signs)s characters.",
                lines=MOST_BENEFITS, signs=LONGEST_BENEFIT,
            )  # fmt: skip
    if faults:
        raise Invalid(faults)


def _falls(lower: Tier, tier: Tier, made: Programme) -> Iterator[tuple[str, Any]]:
    """Where a tier asks for no more than the one below, or gives less."""
    below = made.tiers[: made.rank(tier.name)]
    for name in MEASURES:
        goals = [goal for each in below if (goal := getattr(each, name)) is not None]
        goal = getattr(tier, name)
        if goal is not None and goals and goal <= max(goals):
            yield f"{tier.name}_{name}", _l("More than the tier below: above %(n)s.", n=max(goals))
    if tier.multiplier < lower.multiplier:
        yield (
            f"{tier.name}_multiplier",
            _l("Not less than %(tier)s has.", tier=TIER_WORDS[lower.name]),
        )
