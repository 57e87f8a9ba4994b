"""The frame of a profile: head, alerts, tabs and summary, the same on every tab."""

import uuid
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.auth.guard import actor
from app.core.actor import Actor
from app.core.clock import current_settings, today, zone
from app.core.countries import language_name
from app.core.database import apart
from app.core.i18n import ago, day, locale, money, number
from app.core.phones import show_phone
from app.core.text import initials
from app.customers import marks as marking
from app.customers import parts, services, vocabulary
from app.customers.completeness import missing
from app.customers.inputs import GROUPS
from app.customers.models import Customer, Mark
from app.customers.views.addresses import guest_url
from app.customers.words import stored
from app.extensions import db

MENU = (
    ("note", "sticky-note"), ("attention", "star"), ("tag", "tag"), ("warning", "flag"),
    ("blacklist", "ban"),
)  # fmt: skip
MENU_WORDS = {
    "note": lambda: _("Write a note"),
    "attention": lambda: _("Ask for special attention"),
    "tag": lambda: _("Add a tag"),
    "warning": lambda: _("Warn about this guest"),
    "blacklist": lambda: _("Put on the blacklist"),
}
FIELD_OF_GAP = {
    "name": "full_name", "identity": "id_number", "address": "city",
    "language": "preferred_language",
}  # fmt: skip
GRAVE = 3
"""Warnings from this level on are shown like a danger."""


def opened(customer_id: uuid.UUID, part: str) -> tuple[Customer, list[Mark]]:
    """A guest and the marks, with the view audited and committed before anybody sees them.

    Both are detached, so that nothing is queried while a page is made.
    """
    guest = services.get(customer_id)
    marks = marking.of(guest.id)
    db.session.expunge_all()
    if guest.id == customer_id:
        with apart(single=True):
            services.record_view(guest.id, part, by=actor())
    return guest, marks


def frame(guest: Customer, marks: list[Mark], tab: str = "overview") -> dict[str, Any]:
    """The context of everything around a tab's panel."""
    by = actor()
    return {
        "head": head(guest, marks, by),
        "alerts": alerts(guest, marks, by),
        "tabs": tabs(guest, tab, by),
        "summary": summary(guest, by),
    }


def head(guest: Customer, marks: list[Mark], by: Actor) -> dict[str, Any]:
    """Who this is, in what standing, how to reach, and what may be done."""
    language, region = locale(), current_settings().country
    full = guest.full_name if guest.full_name != guest.called else ""
    return {
        "id": guest.id, "called": guest.called, "full_name": full, "code": guest.customer_code,
        "initials": initials(guest.full_name), "badges": badges(guest, marks),
        "vip": guest.vip_status, "vip_word": str(vocabulary.VIP_LEVELS[guest.vip_status]),
        "phone": guest.phone and show_phone(guest.phone, region), "phone_href": guest.phone,
        "email": guest.email, "language": language_name(guest.preferred_language, language),
        "edit": by.may("guests.update") and guest_url("customers.edit", guest.id),
        "actions": actions(guest, by),
        "menu": menu(guest, by), "stats": stats(guest),
    }  # fmt: skip


def badges(guest: Customer, marks: list[Mark]) -> list[tuple[str, str, str]]:
    """(words, tone, icon) beside the VIP level."""
    found = []
    if marking.in_force(marks, "blacklist"):
        found.append((_("Blacklisted"), "danger", "ban"))
    if guest.loyalty_member:
        tier = vocabulary.LOYALTY_TIERS.get(guest.loyalty_tier or "")
        points = ngettext("%(num)s point", "%(num)s points", guest.loyalty_points)
        points = points.replace(str(guest.loyalty_points), number(guest.loyalty_points))
        found.append((" · ".join([str(tier or _("Member")), points]), "accent", "award"))
        if guest.loyalty_expiry_date and guest.loyalty_expiry_date < today():
            found.append((_("Membership run out"), "attention", "clock"))
    if guest.customer_type != "individual":
        kind = vocabulary.CUSTOMER_TYPES[guest.customer_type]
        found.append((str(kind), "neutral", "briefcase"))
    if guest.profile_verified:
        found.append((_("Verified"), "good", "shield-check"))
    return found


def stats(guest: Customer) -> list[tuple[str, str, str]]:
    """(value, label, remark): four figures."""
    last = (day(guest.last_stay_date), ago(guest.last_stay_date)) if guest.last_stay_date else None
    average = guest.average_spent_per_stay
    return [
        (number(guest.total_stays), _("Stays"), ""),
        (number(guest.total_nights), _("Nights"), ""),
        (money(guest.total_spent), _("Spent in all"),
         _("%(amount)s a stay", amount=money(average)) if average else ""),
        (last[0], _("Last stay"), last[1]) if last else (_("none yet"), _("Last stay"), ""),
    ]  # fmt: skip


def menu(guest: Customer, by: Actor) -> list[dict[str, str]]:
    """The marks that this person may place."""
    return [
        {"label": MENU_WORDS[kind](), "icon": icon,
         "href": guest_url("customers.new_mark", guest.id, kind=kind)}
        for kind, icon in MENU if by.may(marking.PERMISSIONS[kind])
    ]  # fmt: skip


def actions(guest: Customer, by: Actor) -> list[dict[str, str]]:
    """What other features let this person do for the guest."""
    return [
        {"label": str(each.label), "icon": each.icon,
         "href": guest_url(each.endpoint, guest.id)}
        for each in parts.actions if by.may(each.permission)
    ]  # fmt: skip


def alerts(guest: Customer, marks: list[Mark], by: Actor) -> list[dict[str, Any]]:
    """What staff must know on every tab: blacklist, warnings, special attention; gravest first."""
    live = marking.in_force(marks)
    grave = [m for m in live if m.kind == "blacklist"]
    grave += sorted((m for m in live if m.kind == "warning"), key=lambda m: -(m.level or 0))
    shown = [alert(guest, m, by) for m in [*grave, *(m for m in live if m.kind == "attention")]]
    return shown + medical(guest, by) + [each for part in parts.alerts for each in part(guest, by)]


def medical(guest: Customer, by: Actor) -> list[dict[str, Any]]:
    """That there are medical notes, for who may read them; reading them is logged."""
    if not by.may("guests.medical") or not stored(guest, "medical_notes"):
        return []
    where = url_for("customers.show", customer_id=guest.id, _anchor="group-medical")
    return [
        {"tone": "attention", "icon": "heart-pulse", "title": _("Medical notes are on file."),
         "text": "", "placed": "", "lift": "", "act": (_("Overview"), where)}
    ]  # fmt: skip


def alert(guest: Customer, mark: Mark, by: Actor) -> dict[str, Any]:
    """One banner; the reason only for those who may read notes."""
    titles = {
        "blacklist": _("On the blacklist."),
        "warning": _("Warning, level %(level)s of 5.", level=mark.level),
        "attention": _("Special attention."),
    }
    grave = mark.kind == "blacklist" or (mark.kind == "warning" and (mark.level or 0) >= GRAVE)
    text = [mark.body] if mark.kind == "attention" else []
    if mark.kind != "attention" and by.may("guests.notes"):
        text = [mark.reason, mark.body]
    sub = with_reason(mark, by) if mark.kind == "attention" else placed(mark, by)
    return {
        "tone": "danger" if grave else "attention", "title": titles[mark.kind],
        "icon": {"blacklist": "ban", "warning": "triangle-alert", "attention": "star"}[mark.kind],
        "text": "\n".join(part for part in text if part), "placed": sub,
        "lift": lift_address(guest, mark, by),
    }  # fmt: skip


def placed(mark: Mark, by: Actor) -> str:
    """Who placed a mark, when, and until when."""
    when = on_day(mark.placed_at)
    words = f"{mark.placed_name}, {when}" if by.may("guests.notes") else when
    if mark.expires_on:
        words += " · " + _("until %(day)s", day=day(mark.expires_on))
    return words


def with_reason(mark: Mark, by: Actor) -> str:
    """Who placed a mark, when, and for those who may read notes why."""
    why = mark.reason if by.may("guests.notes") else None
    return " · ".join(filter(None, [placed(mark, by), why]))


def on_day(at: datetime | None) -> str:
    """The day of an instant on the property's calendar, in the reader's language; '' for none."""
    return day(at.astimezone(zone()).date()) if at else ""


def lift_address(guest: Customer, mark: Mark, by: Actor) -> str:
    """Where this person may lift the mark; '' where that is not allowed."""
    if not by.may(marking.PERMISSIONS[mark.kind]):
        return ""
    return str(url_for("customers.lift_mark", customer_id=guest.id, mark_id=mark.id))


OVERVIEW = parts.Tab(0, "overview", _l("Overview"), "customers.show", "guests.read")
HISTORY = parts.Tab(90, "history", _l("History"), "customers.history", "guests.history")
parts.add_tab(OVERVIEW)
parts.add_tab(HISTORY)


def tabs(guest: Customer, current: str, by: Actor) -> list[dict[str, Any]]:
    """The tabs that exist and that this person may open."""
    found = [
        (tab.name, str(tab.label), guest_url(tab.endpoint, guest.id))
        for tab in parts.tabs if by.may(tab.permission)
    ]  # fmt: skip
    return [
        {"label": label, "href": href, "current": name == current, "attrs": {
            "id": f"tab-{name}", "hx-get": href, "hx-target": "#panel", "hx-swap": "outerHTML",
            "hx-push-url": "true"}}
        for name, label, href in found
    ]  # fmt: skip


def summary(guest: Customer, by: Actor) -> dict[str, Any]:
    """The column beside the panel: completeness, stays in short, and the record itself."""
    gaps = [
        {"label": words, "group": group, "href": guest_url(
            "customers.edit_group", guest.id, group=group, field=FIELD_OF_GAP.get(key, key))}
        for key, group, words in missing(guest) if by.may(GROUPS[group][1])
    ]  # fmt: skip
    record = [(_("Code"), guest.customer_code), (_("Created"), on_day(guest.created_at)),
              (_("Last change"), on_day(guest.updated_at))]  # fmt: skip
    if guest.source_system:
        record.append((_("Imported from"), guest.source_system))
    stays = [
        (_("First stay"), day(guest.first_stay_date)),
        (_("Nights a stay"), number(guest.average_stay_length) if guest.total_stays else ""),
        (_("Cancelled"), number(guest.total_cancellations) if guest.total_cancellations else ""),
        (_("Did not come"), number(guest.no_show_count) if guest.no_show_count else ""),
    ]
    return {"percent": guest.profile_completeness, "missing": gaps, "record": record,
            "stays": [row for row in stays if row[1]]}  # fmt: skip
