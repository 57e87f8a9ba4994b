"""The rules of the programme: what a manager may set, with the defaults of ruling 16.

Amounts are in the property's currency. The specification's are in VND; elsewhere they begin at
what that buys, roughly, and wait for a manager to set them.
"""

from dataclasses import dataclass, field, fields, replace
from decimal import ROUND_DOWN, Decimal
from typing import Any

from babel.numbers import get_currency_precision
from flask_babel import lazy_gettext as _l

from app.core import house_settings
from app.core.actor import Actor
from app.core.clock import current_settings

NAME = "loyalty"
TIERS = ("bronze", "silver", "gold", "platinum")
"""From the lowest; everybody begins with the first."""
MEASURES = ("points", "stays", "nights")
"""What reaches a tier: any one of them."""
PERIODS = ("rolling_year", "calendar_year", "membership")
CHARGES = ("room", "extras")
REDEMPTIONS = ("room_discount", "free_night", "upgrade", "amenity")
PARITY: dict[str, Decimal] = {
    "VND": Decimal(1), "IDR": Decimal("0.6"), "KRW": Decimal("0.055"), "JPY": Decimal("0.006"),
    "THB": Decimal("0.0014"), "INR": Decimal("0.0034"), "PHP": Decimal("0.0023"),
    "CNY": Decimal("0.0003"), "TWD": Decimal("0.0013"), "LAK": Decimal("0.86"),
    "KHR": Decimal("0.16"), "MMK": Decimal("0.083"),
}  # fmt: skip
"""About what one VND is in other currencies; all that are not named count like the euro."""
EURO = Decimal("0.00004")


@dataclass(frozen=True)
class Tier:
    """One tier: any of three figures within the period reaches it. None: it cannot be reached so.

    `multiplier` is on earned points; `benefits` are what the desk offers, in the house's words;
    None: those that are usual, in the reader's language.
    """

    name: str
    points: int | None = None
    stays: int | None = None
    nights: int | None = None
    multiplier: Decimal = Decimal(1)
    benefits: tuple[str, ...] | None = None

    @property
    def can_be_reached(self) -> bool:
        """False for a tier that is given by hand only, and for the lowest."""
        return any(getattr(self, name) is not None for name in MEASURES)

    @property
    def brings(self) -> list[str]:
        """What a member of it is offered: as the house wrote it, else what is usual."""
        return usual_benefits(self.name) if self.benefits is None else list(self.benefits)


BENEFITS = {
    "bronze": (_l("Member rate"),),
    "silver": (_l("5% discount on room rates"), _l("Welcome drink")),
    "gold": (
        _l("10% discount on room rates"), _l("Free breakfast"), _l("Late checkout until 2 PM"),
        _l("Room upgrade (subject to availability)"), _l("Welcome amenity"),
    ),
    "platinum": (
        _l("15% discount on room rates"), _l("Free breakfast"), _l("Late checkout until 4 PM"),
        _l("Guaranteed room upgrade"), _l("Welcome amenity"), _l("Airport transfer"),
    ),
}  # fmt: skip
"""What the house offers until a manager writes something else."""
USUAL_TIERS = (
    Tier("bronze"),
    Tier("silver", 2_000, 5, 15, Decimal("1.1")),
    Tier("gold", 4_000, 10, 30, Decimal("1.25")),
    Tier("platinum", 8_000, 20, 60, Decimal("1.5")),
)


@dataclass(frozen=True)
class Programme:
    """All rules together.

    rate: money for one point. charges: which of a stay's charges earn. point_value: money that a
    redeemed point is worth. lot_months: how long points live; 0 for ever. returned_days: how long
    points live at least that a reversal gives back. member_months: how long a membership lasts
    after its last earning; 0 for ever. warn_days: how long before points end the guest is told.
    period: within which figures count for tiers. grace_days: how long a tier is kept after the
    figures no longer reach it, before a downgrade is proposed.
    """

    rate: Decimal
    point_value: Decimal
    charges: tuple[str, ...] = CHARGES
    lot_months: int = 24
    returned_days: int = 30
    member_months: int = 36
    welcome_points: int = 0
    warn_days: int = 30
    period: str = "rolling_year"
    grace_days: int = 60
    least_redeemed: int = 1
    tiers: tuple[Tier, ...] = USUAL_TIERS
    version: int = field(default=0, compare=False)

    def tier(self, name: str) -> Tier:
        """The tier's rules; those of the lowest for a name that is no longer one."""
        return next((tier for tier in self.tiers if tier.name == name), self.tiers[0])

    def above(self, name: str) -> Tier | None:
        """The lowest tier above this one that figures can reach; None where there is none."""
        higher = [tier for tier in self.tiers if self.rank(tier.name) > self.rank(name)]
        return next((tier for tier in higher if tier.can_be_reached), None)

    def reached(self, points: int, stays: int, nights: int) -> str:
        """The highest tier that such figures reach."""
        there = {"points": points, "stays": stays, "nights": nights}
        met = [
            tier.name for tier in self.tiers
            if any((goal := getattr(tier, n)) is not None and there[n] >= goal for n in MEASURES)
        ]  # fmt: skip
        return max(met, key=self.rank, default=TIERS[0])

    def rank(self, name: str) -> int:
        """0 for the lowest tier."""
        return TIERS.index(name) if name in TIERS else 0

    def worth(self, points: int) -> Decimal:
        """What so many points pay: down to the smallest amount that the currency has."""
        return (points * self.point_value).quantize(Decimal(1).scaleb(-decimals()), ROUND_DOWN)


def decimals() -> int:
    """How many the property's currency has."""
    return get_currency_precision(current_settings().currency)


def usual_benefits(tier: str) -> list[str]:
    """What a tier brings while the house wrote nothing, in the reader's language."""
    return [str(each) for each in BENEFITS.get(tier, ())]


def local(amount: Decimal | int) -> Decimal:
    """An amount of the specification, in VND, as a round one of the property's currency."""
    currency = current_settings().currency
    if currency == "VND":
        return Decimal(amount)
    rough = Decimal(amount) * PARITY.get(currency, EURO)
    return Decimal(f"{rough:.1g}").quantize(Decimal("0.001")).normalize() + Decimal(0)


def usual() -> Programme:
    """What holds while nobody has set anything."""
    return Programme(rate=local(10_000), point_value=local(100))


def current() -> Programme:
    """The rules in force: the defaults with what a manager set."""
    values, version = house_settings.stored(NAME)
    return replace(usual(), **_read(values), version=version)


def change(programme: Programme, *, by: Actor) -> None:
    """Write rules that were read at `programme.version`. Raises Conflict when others did since."""
    by.must("loyalty.rules")
    standard = usual()
    names = [each.name for each in fields(Programme) if each.name != "version"]
    values = {
        name: _plain(value)
        for name in names
        if (value := getattr(programme, name)) != getattr(standard, name)
    }
    house_settings.store(NAME, values, version=programme.version, by=by)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Tier):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(Tier)}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def _read(values: dict[str, Any]) -> dict[str, Any]:
    found = dict(values)
    for name in {"rate", "point_value"} & found.keys():
        found[name] = Decimal(found[name])
    if "charges" in found:
        found["charges"] = tuple(found["charges"])
    if "tiers" in found:
        found["tiers"] = tuple(_tier(each) for each in found["tiers"])
    return found


def _tier(values: dict[str, Any]) -> Tier:
    return Tier(
        **values | {
            "multiplier": Decimal(values["multiplier"]),
            "benefits": None if values["benefits"] is None else tuple(values["benefits"]),
        }
    )  # fmt: skip
