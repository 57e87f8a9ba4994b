"""What the loyalty tab shows, prepared for one reader."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.core.actor import Actor
from app.core.clock import today
from app.core.errors import NotFound
from app.core.i18n import day, money, number
from app.customers.models import Customer
from app.loyalty import account, programme, said, tiers
from app.loyalty.member import rows
from app.loyalty.models import Membership
from app.loyalty.programme import Programme
from app.loyalty.vocabulary import STANDINGS, TIERS

STANDING_LOOKS = {
    "active": ("good", "circle-check"), "expired": ("attention", "clock"),
    "closed": ("neutral", "circle-x"),
}  # fmt: skip
MEASURES = {
    "points": lambda count: ngettext("%(num)s point to go", "%(num)s points to go", count),
    "stays": lambda count: ngettext("%(num)s stay to go", "%(num)s stays to go", count),
    "nights": lambda count: ngettext("%(num)s night to go", "%(num)s nights to go", count),
}
MOST_DAYS = 12
"""So many days on which points end are told one by one."""


def panel(
    guest: Customer, *, by: Actor, membership: uuid.UUID | None = None, before: int | None = None,
    explain: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """The context of the tab's panel; its statements are few, however long the account is.

    Raises NotFound for a membership that is not this guest's.
    """
    known, rules = account.of_guest(guest.id), programme.current()
    shown = _chosen(known, membership)
    context = {
        "panel": "loyalty/member/_loyalty.html",
        "title": _("Loyalty of %(name)s", name=guest.full_name), "called": guest.called,
        "card": None, "offer": None, "acts": acts(guest, known, by),
        "others": [_other(guest, each) for each in known if each is not shown],
        "explain": explain, "made_of": [],
    }  # fmt: skip
    if not known or known[0].status != "open":
        context["offer"] = offer(guest, rules, by)
    if shown is None:
        return context | {"ledger": None}
    return context | _of_account(guest, shown, rules, explain) | {
        "ledger": rows.ledger(guest, shown, before, explain, by)
    }  # fmt: skip


def _chosen(known: list[Membership], wanted: uuid.UUID | None) -> Membership | None:
    if wanted is None:
        return known[0] if known else None
    found = next((each for each in known if each.id == wanted), None)
    if found is None:
        raise NotFound(str(wanted))
    return found


def _of_account(
    guest: Customer, member: Membership, rules: Programme, explain: bool
) -> dict[str, Any]:
    """The card, what ends soon, and how far the next tier is."""
    endings = account.endings(member.id)
    soon, ended = account.soon(endings, rules.warn_days)
    return {
        "card": card(guest, member, rules, ended), "soon": [_ending(each) for each in soon],
        "made_of": _made_of(endings) if explain else [],
        "progress": progress(member, rules) if member.status == "open" else None,
        "benefits": rules.tier(member.tier).brings if member.status == "open" else [],
    }  # fmt: skip


def card(guest: Customer, member: Membership, rules: Programme, ended: int) -> dict[str, Any]:
    """The membership as it would be printed on a card, with the balance."""
    standing = said.standing(member, today())
    left = member.balance - ended
    return {
        "tier": member.tier, "tier_word": str(TIERS.get(member.tier, member.tier)),
        "name": guest.full_name, "number": member.number or "",
        "standing": (str(STANDINGS[standing]), *STANDING_LOOKS[standing]),
        "since": day(member.joined_on), "tier_since": day(member.tier_since),
        "kept": day(member.tier_kept_until), "until": day(member.expires_on),
        "over": standing == "expired", "balance": number(left),
        "unit": ngettext("point", "points", left), "worth": money(rules.worth(left)),
        "ended": said.points(ended) if ended else "",
        "earned": number(member.lifetime_earned), "redeemed": number(member.lifetime_redeemed),
    }  # fmt: skip


def progress(member: Membership, rules: Programme) -> dict[str, Any]:
    """How far the next tier is, by each of the measures that reach it."""
    found = tiers.progress(member, today(), rules)
    if found.next is None:
        return {"next": "", "measures": []}
    measures = [
        {
            "label": label, "have": have, "goal": goal, "left": _left(name, goal - have),
            "told": f"{number(have)} / {number(goal)}",
        }
        for name, label in (("points", _("Points")), ("stays", _("Stays")), ("nights", _("Nights")))
        if (goal := getattr(found.next, name)) is not None
        and (have := getattr(found, name)) is not None
    ]  # fmt: skip
    return {
        "next": str(TIERS.get(found.next.name, found.next.name)), "measures": measures,
        "counted": _("Counted from %(first)s to %(last)s; any one of them is enough.",
                     first=day(found.first), last=day(found.last)),
    }  # fmt: skip


def _left(name: str, count: int) -> str:
    if count <= 0:
        return str(_("reached"))
    return str(MEASURES[name](count)).replace(str(count), number(count))


def _ending(each: account.Ending) -> dict[str, str]:
    assert each.day is not None
    days = (each.day - today()).days
    when = _("today") if days == 0 else ngettext("in %(num)d day", "in %(num)d days", days)
    return {"points": said.points(each.points), "day": day(each.day), "when": str(when)}


def _made_of(endings: list[account.Ending]) -> list[tuple[str, str]]:
    """What the balance consists of, by the days on which it ends; many days are put together."""
    now = today()
    first = [(said.points(each.points), _until(each.day, now)) for each in endings[:MOST_DAYS]]
    rest = sum(each.points for each in endings[MOST_DAYS:])
    return [*first, (said.points(rest), str(_("later")))] if rest else first


def _until(end: date | None, now: date) -> str:
    if end is None:
        return str(_("without an end"))
    if end < now:
        return str(_("ended %(day)s; taken off at night", day=day(end)))
    return str(_("until %(day)s", day=day(end)))


def offer(guest: Customer, rules: Programme, by: Actor) -> dict[str, Any]:
    """What somebody would get who is no member yet."""
    lowest = rules.tiers[0]
    terms = [
        _("1 point for every %(amount)s spent", amount=money(rules.rate, fine=True)),
        _("each point is worth %(amount)s", amount=money(rules.point_value, fine=True)),
    ]
    if rules.welcome_points:
        terms.insert(0, _("%(points)s to begin with", points=said.points(rules.welcome_points)))
    if rules.lot_months:
        terms.append(
            ngettext("points live %(num)d month", "points live %(num)d months", rules.lot_months)
        )
    may = by.may("loyalty.enrol") and not guest.is_blacklisted
    return {
        "terms": [str(each) for each in terms], "benefits": lowest.brings,
        "tier": str(TIERS.get(lowest.name, lowest.name)),
        "enrol": url_for("memberships.new_enrolment", customer_id=guest.id) if may else "",
        "banned": guest.is_blacklisted,
    }  # fmt: skip


def acts(guest: Customer, known: list[Membership], by: Actor) -> list[dict[str, Any]]:
    """What this person may do with the open membership; one that has run out is renewed first."""
    if not known or known[0].status != "open":
        return []
    over = known[0].is_over(today())
    listed = (
        ("renewal", _("Renew"), "refresh-cw", "loyalty.enrol", over),
        ("redemption", _("Redeem"), "wallet", "loyalty.redeem", not over),
        ("earning", _("Give points"), "plus", "loyalty.earn", not over),
        ("transfer", _("Hand on"), "users-round", "loyalty.redeem", not over),
        ("renewal", _("Renew"), "refresh-cw", "loyalty.enrol", not over),
        ("adjustment", _("Adjust"), "sliders-horizontal", "loyalty.adjust", True),
        ("closing", _("Close the membership"), "circle-x", "loyalty.adjust", True),
    )
    dialogs = [
        {"label": str(label), "icon": icon, "id": f"act-{noun}",
         "href": url_for(f"memberships.new_{noun}", customer_id=guest.id)}
        for noun, label, icon, needs, fits in listed if fits and by.may(needs)
    ]  # fmt: skip
    return [*dialogs, *_tier_act(guest)] if by.may("loyalty.tiers") else dialogs


def _tier_act(guest: Customer) -> list[dict[str, Any]]:
    """What leads to a page of its own."""
    href = url_for("loyalty.new_grant", customer_id=guest.id)
    label = str(_("Give a tier by hand"))
    return [{"label": label, "icon": "award", "id": "act-tier", "href": href, "page": True}]


def _other(guest: Customer, member: Membership) -> Mapping[str, str]:
    standing = said.standing(member, today())
    return {
        "number": member.number or _("without a number"), "standing": str(STANDINGS[standing]),
        "since": day(member.joined_on),
        "href": url_for("memberships.index", customer_id=guest.id, membership=member.id),
    }  # fmt: skip
