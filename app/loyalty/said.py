"""Rows of the ledger in words: what each was, and how its points came about."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.core.clock import zone
from app.core.i18n import day, money, number
from app.loyalty.account import Part
from app.loyalty.corrections import Righted
from app.loyalty.models import Membership, Transaction
from app.loyalty.vocabulary import ALL_SOURCES, KINDS, REDEMPTIONS, TIERS

TIMES, OVER = "×", "÷"
PRECISE = Decimal("0.001")


def points(count: int) -> str:
    """`1,204 points`."""
    words = ngettext("%(num)s point", "%(num)s points", abs(count))
    return str(words).replace(str(abs(count)), number(count))


def signed(count: int) -> str:
    """A number with its sign, as a column of changes shows it."""
    return f"+{number(count)}" if count > 0 else number(count).replace("-", "−")


def standing(member: Membership, on: date) -> str:
    """`active`, `expired` or `closed`, as section 3.5 has it."""
    if member.status != "open":
        return "closed"
    return "expired" if member.is_over(on) else "active"


def what(row: Transaction) -> str:
    """The row in a few words, as the guest would call it."""
    if row.description and row.source != "stay":
        return row.description
    kind = row.transaction_type
    if kind == "redeem":
        return str(REDEMPTIONS.get(row.redemption_type or "", KINDS["redeem"]))
    if kind in ("expire", "reverse"):
        return str(KINDS[kind])
    source = str(ALL_SOURCES.get(row.source, row.source))
    if row.source == "stay" and row.description:
        return str(_("%(source)s · Booking %(reference)s", source=source,
                     reference=row.description))  # fmt: skip
    if row.source == "stay" and row.earned_date:
        return str(_("%(source)s · left %(day)s", source=source, day=day(row.earned_date)))
    return f"{source} · {row.source_reference}" if _is_told(row) else source


def _is_told(row: Transaction) -> bool:
    return bool(row.source_reference) and row.source not in ("stay", "transfer", "expiry")


def how(row: Transaction) -> str:
    """How the points came about, as a sum that a guest can check; '' where there is no sum."""
    if row.transaction_type == "redeem":
        return str(_("Worth %(amount)s.", amount=money(row.redemption_value)))
    working = row.working or {}
    if "points" in working:
        exact = Decimal(working["points"]) * Decimal(working["multiplier"])
        terms = f"{number(working['points'])} {TIMES} {_times(working['multiplier'])}"
        return sentence(terms, exact, 0)
    if "amount" not in working:
        return ""
    sum_ = of_working(working)
    if "before" in working:  # its stay was put right after it had earned
        given = points(working["before"])
        return f"{sum_}. " + str(_("%(points)s had been given before.", points=given))
    return sum_


def of_working(working: Mapping[str, Any]) -> str:
    """`5,000,000 ₫ ÷ 10,000 ₫ × 1.25 (Gold) = 625 points`, with what was rounded off."""
    amount, rate = Decimal(working["amount"]), Decimal(working["rate"])
    tier, by_tier = working["tier"], Decimal(working["tier_multiplier"])
    promotion, by_promotion = working.get("promotion"), Decimal(working["promotion_multiplier"])
    terms = f"{money(amount)} {OVER} {money(rate, fine=True)}"
    if by_tier != 1:
        terms += f" {TIMES} {_times(by_tier)} ({TIERS.get(tier, tier)})"
    if promotion and by_promotion != 1:
        terms += f" {TIMES} {_times(by_promotion)} ({promotion})"
    return sentence(terms, amount / rate * by_tier * by_promotion, working.get("bonus") or 0)


def sentence(terms: str, exact: Decimal, bonus: int) -> str:
    """The terms with what they come to: rounded down once, and then a promotion's gift."""
    whole = int(exact)
    told = f"{terms} = {points(whole)}"
    if exact != whole:
        nearly = number(exact.quantize(PRECISE, ROUND_DOWN).normalize())
        told = f"{terms} = {nearly}, " + _("rounded down to %(points)s", points=points(whole))
    return f"{told} + {points(bonus)}" if bonus else told


def on_day(at: datetime) -> str:
    """The day of an instant on the property's calendar."""
    return day(at.astimezone(zone()).date())


def _times(value: Any) -> str:
    return number(Decimal(value).normalize())


def lot(part: Part) -> str:
    """When a lot was earned and when it ends."""
    end = day(part.expires_on)
    if not end:
        return str(_("earned %(day)s, without an end", day=day(part.earned_on)))
    return str(_("earned %(day)s, until %(end)s", day=day(part.earned_on), end=end))


def righted(found: Righted) -> list[str]:
    """What followed from a stay put right, in sentences."""
    row, missing, tier = found
    told = []
    if row is not None and row.points > 0:
        told.append(_("Given in addition: %(points)s.", points=points(row.points)))
    elif row is not None:
        told.append(_("Taken back: %(points)s.", points=points(-row.points)))
    if missing:
        told.append(_("Spent already and not taken back: %(points)s.", points=points(missing)))
    if tier:
        told.append(_("The guest has reached the tier %(tier)s.", tier=TIERS[tier]))
    return [str(each) for each in told]
