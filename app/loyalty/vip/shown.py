"""A guest's VIP level ready for pages: the card of the overview, and the page with its history."""

from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.actor import Actor
from app.core.clock import today, zone
from app.core.i18n import day, moment, money, number
from app.customers import parts
from app.customers.models import Customer, VipChange
from app.customers.vip import HAND, rank
from app.loyalty.vip import criteria, listing, rules, words
from app.loyalty.vip.rules import FACTS, Level, VipRules

parts.card_actions.setdefault("vip", []).append(
    parts.Action(_l("Give a level"), "vip.new_grant", "guests.vip", "crown")
)
parts.in_dialogs.add("vip")


def facts(guest: Customer, by: Actor) -> list[tuple[str, str, str]]:
    """(label, value, address) of what the overview's card says besides level and last day."""
    found = []
    if guest.vip_status != "none":
        found = [(_("Why"), _why(guest, listing.last(guest.id), by), "")]
        brings = rules.benefits(rules.current(), guest.vip_status)
        found.append((_("Brings"), " · ".join(brings), ""))
    history = url_for("vip.show", customer_id=guest.id)
    return [*found, (_("More"), _("How it came, and what is next"), history)]


def _why(guest: Customer, last: VipChange | None, by: Actor) -> str:
    given = _("Given by hand") if guest.vip_source == HAND else ""
    if last is None or last.to_level != guest.vip_status:
        return given
    said = words.why(last, by)
    return ": ".join(part for part in (given, said) if part) or given


parts.card_facts["vip"] = facts


def panel(guest: Customer, by: Actor) -> dict[str, Any]:
    """The page: the level, what the figures reach, what it brings, and how it came. 2 statements,
    and one more where something may have been given by hand."""
    own, changes = rules.current(), listing.of(guest.id)
    may = by.may("guests.vip")
    here: dict[str, Any] = {"customer_id": guest.id}
    return {
        "panel": "loyalty/vip/_panel.html", "title": _("VIP: %(name)s", name=guest.full_name),
        "level": guest.vip_status, "level_word": words.level(guest.vip_status),
        "until": _until(guest), "why": _why(guest, changes[0] if changes else None, by),
        "stays_put": _stays_put(guest), "brings": rules.benefits(own, guest.vip_status),
        "reaches": _reaches(guest, own), "figures": _figures(guest, own),
        "changes": [_line(each, by) for each in changes],
        "grant": may and url_for("vip.new_grant", **here),
        "lift": may and _given(guest, changes) and url_for("vip.new_lifting", **here),
        "evaluate": may and url_for("vip.create_evaluation", **here),
    }  # fmt: skip


def _given(guest: Customer, changes: list[VipChange]) -> bool:
    """Whether there is something to lift: given now, or given before figures raised it further."""
    by_hand = [each for each in changes if each.kind in ("granted", "lifted")]
    return guest.vip_source == HAND or bool(by_hand and _in_force(by_hand[0]))


def _in_force(change: VipChange) -> bool:
    ends = change.expires_on
    return change.kind == "granted" and (ends is None or ends >= today())


def _until(guest: Customer) -> str:
    if guest.vip_status == "none":
        return ""
    if guest.vip_status_expiry is None:
        return str(_("until it is lifted")) if guest.vip_source == HAND else ""
    said = _("until %(day)s") if guest.vip_source == HAND else _("looked at anew after %(day)s")
    return str(said % {"day": day(guest.vip_status_expiry)})


def _stays_put(guest: Customer) -> str:
    """Why no figure changes this guest's level, where none does."""
    if guest.is_blacklisted:
        return str(_("On the blacklist: the level stays as it is, whatever the figures reach."))
    return ""


def _reaches(guest: Customer, own: VipRules) -> str:
    """What the figures reach by themselves, where that is not what the guest has."""
    there, met = criteria.reached(guest, own)
    if there == guest.vip_status:
        return ""
    figures = {name: getattr(guest, name) for name in FACTS} | {"met": met}
    return words.reached(there, figures) or str(_("By figures alone this guest has no level."))


def _figures(guest: Customer, own: VipRules) -> list[dict[str, Any]]:
    """Each figure on its way to the next level that it may reach: (value, goal, words)."""
    return [found for name in FACTS if (found := _figure(guest, name, own))]


def _figure(guest: Customer, name: str, own: VipRules) -> dict[str, Any] | None:
    value = getattr(guest, name)
    ahead = [each for each in own.levels if rank(each.name) > rank(guest.vip_status)]
    goal = next((each for each in ahead if (getattr(each, name) or 0) > value), None)
    if goal is None:
        return None
    least = getattr(goal, name)
    return {
        "label": str(words.FIGURES[name]), "value": float(value), "goal": float(least),
        "said": _("%(value)s of %(goal)s for %(level)s", value=_short(name, value),
                  goal=_short(name, least), level=words.level(goal.name)),
        "percent": min(100, int(Decimal(value) * 100 / Decimal(least))),
    }  # fmt: skip


def _short(name: str, value: Any) -> str:
    return money(Decimal(value)) if name == "total_spent" else number(value)


def _line(change: VipChange, by: Actor) -> dict[str, Any]:
    """A change as the timeline shows it."""
    icon, tone = words.ICONS[change.kind]
    at, ends = change.changed_at.astimezone(zone()), change.expires_on
    notes = [words.why(change, by)]
    if ends and change.kind == "granted":
        notes.append(_("until %(day)s", day=day(ends)))
    return {
        "who": words.what(change), "what": _who(change, by), "when": moment(change.changed_at),
        "iso": at.isoformat(timespec="seconds"), "icon": icon, "tone": tone,
        "note": " · ".join(part for part in notes if part),
    }  # fmt: skip


def _who(change: VipChange, by: Actor) -> str:
    return f"· {change.changed_name}" if by.may("guests.notes") else ""


def ladder(own: VipRules) -> list[tuple[str, str, list[str]]]:
    """(level, what reaches it, what it brings), from the highest."""
    return [(each.name, _needs(each), rules.benefits(own, each.name))
            for each in reversed(own.levels)]  # fmt: skip


def _needs(level: Level) -> str:
    found = [words.figure(name, least) for name, least in level.needs().items()]
    either = str(_("or"))
    return f" {either} ".join(found) if found else str(_("by hand alone"))
